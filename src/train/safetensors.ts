import { UserError } from '../errors.ts'
import type { Floats } from './kernels/kernels.ts'

/** A tensor by its shape; `data` row-major, as long as the product of the shape. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Floats
}

export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>
  /** Free text by name, `__metadata__` in the file. */
  readonly metadata: Readonly<Record<string, string>>
}

/** An entry of the header, as the format has it; offsets count from the end of the header. */
interface TensorEntry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

const LENGTH_BYTES = 8
const ELEMENT_BYTES: Readonly<Record<string, number>> = { F32: 4, F64: 8 }

/**
 * Writes tensors as a safetensors file: a little-endian 64-bit header length, a JSON header padded with spaces to a
 * multiple of 8, then the values, little-endian, without gaps, float64 tensors first so that all are aligned.
 * Source: https://github.com/huggingface/safetensors, README, "Format".
 */
export function encodeSafetensors(file: TensorFile): Uint8Array {
  const entries: Record<string, TensorEntry> = {}
  const sorted = Object.entries(file.tensors).sort(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  )
  let end = 0
  for (const [name, { shape, data }] of sorted) {
    const begin = end
    end += data.byteLength
    const dtype = data instanceof Float32Array ? 'F32' : 'F64'
    entries[name] = { dtype, shape, data_offsets: [begin, end] }
  }
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: file.metadata, ...entries }))
  const headerLength = Math.ceil(header.length / 8) * 8
  const start = LENGTH_BYTES + headerLength
  const bytes = new Uint8Array(start + end).fill(0x20, LENGTH_BYTES, start)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true)
  bytes.set(header, LENGTH_BYTES)
  for (const [name, { data }] of sorted) {
    const at = start + entries[name]!.data_offsets[0]
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
  }
  return bytes
}

/**
 * Reads a safetensors file of float32 and float64 tensors. The tensors are copies of the bytes.
 * @param name what the file is called, for errors.
 * @throws UserError('usage') if the bytes are not such a file, are truncated, or contain other kinds of numbers.
 */
export function decodeSafetensors(bytes: Uint8Array, name = 'weights'): TensorFile {
  const fail = (rule: string): never => {
    throw new UserError('usage', `${name}: not a readable safetensors file: ${rule}`)
  }
  if (bytes.length < LENGTH_BYTES)
    fail(`it must begin with 8 bytes of header length, got ${bytes.length} bytes`)
  const headerLength = Number(
    new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true),
  )
  const start = LENGTH_BYTES + headerLength
  if (start > bytes.length) fail(`the header must end within the file, got ${start} of ${bytes.length} bytes`)
  const { __metadata__: metadata, ...entries } = parseHeader(bytes.subarray(LENGTH_BYTES, start), fail)
  const tensors: Record<string, Tensor> = {}
  for (const [key, entry] of Object.entries(entries)) {
    tensors[key] = readTensor(key, entry, bytes.subarray(start), fail)
  }
  return { tensors, metadata: (metadata ?? {}) as Record<string, string> }
}

function parseHeader(bytes: Uint8Array, fail: (rule: string) => never): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>
  } catch {
    // The same sentence for broken text and for other JSON.
  }
  return fail('the header must be a JSON object')
}

function readTensor(key: string, entry: unknown, values: Uint8Array, fail: (rule: string) => never): Tensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<TensorEntry>
  const size = ELEMENT_BYTES[dtype ?? '']
  if (size === undefined) return fail(`tensor "${key}" must be of F32 or F64, got ${dtype}`)
  if (!isWholeNumbers(shape) || !isWholeNumbers(offsets) || offsets.length !== 2) {
    return fail(`tensor "${key}" must have a shape and two offsets of whole numbers`)
  }
  const [begin, end] = offsets as [number, number]
  const count = shape.reduce((product, length) => product * length, 1)
  if (end - begin !== count * size || end > values.length) {
    return fail(
      `tensor "${key}" needs ${count * size} bytes of ${values.length}, got offsets ${begin} to ${end}`,
    )
  }
  // A copy, so that the numbers are aligned wherever the file lies; slice() would not copy a Node Buffer.
  const { buffer } = new Uint8Array(values.subarray(begin, end))
  return { shape, data: size === 4 ? new Float32Array(buffer) : new Float64Array(buffer) }
}

function isWholeNumbers(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.every((item) => Number.isSafeInteger(item) && item >= 0)
}
