import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { UserError } from '../../src/errors.ts'

/** A new folder, gone when the test file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-data-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The UserError that `run` throws; fails if it throws none, or another error. */
export function userErrorOf(run: () => unknown): UserError {
  let result: unknown
  try {
    result = run()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error(`expected a UserError, got ${JSON.stringify(result)?.slice(0, 200)}`)
}

/** The UserError that a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<UserError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('expected a UserError')
}

export const CIFAR_NAMES = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ')

export interface TinyBatch {
  readonly labels: readonly number[]
  /** 3,072 bytes for each label, as planes. */
  readonly pixels: Uint8Array
}

/** A batch whose labels and pixels are told by `seed`: quick, and different everywhere. */
export function tinyBatch(images: number, seed: number): TinyBatch {
  return {
    labels: Array.from({ length: images }, (_, i) => (i + seed) % 10),
    pixels: Uint8Array.from({ length: images * 3072 }, (_, i) => (i * 31 + (i >> 5) * 7 + seed * 113) & 255),
  }
}

export function binaryBatch({ labels, pixels }: TinyBatch): Buffer {
  return Buffer.concat(
    labels.flatMap((label, i) => [
      Buffer.from([label]),
      Buffer.from(pixels.subarray(i * 3072, (i + 1) * 3072)),
    ]),
  )
}

/** Writes CIFAR-10's binary layout: training batches 1 .. n, and the test batch. */
export function writeBinaryCifar(folder: string, train: readonly TinyBatch[], test: TinyBatch): string {
  mkdirSync(folder, { recursive: true })
  for (const [i, batch] of train.entries()) {
    writeFileSync(path.join(folder, `data_batch_${i + 1}.bin`), binaryBatch(batch))
  }
  writeFileSync(path.join(folder, 'test_batch.bin'), binaryBatch(test))
  writeFileSync(path.join(folder, 'batches.meta.txt'), `${CIFAR_NAMES.join('\n')}\n\n`)
  return folder
}

/** Writes CIFAR-10's Python layout, as Python 2 pickled it. */
export function writePythonCifar(folder: string, train: readonly TinyBatch[], test: TinyBatch): string {
  mkdirSync(folder, { recursive: true })
  for (const [i, batch] of train.entries()) {
    writeFileSync(path.join(folder, `data_batch_${i + 1}`), pickledBatch(batch))
  }
  writeFileSync(path.join(folder, 'test_batch'), pickledBatch(test))
  writeFileSync(path.join(folder, 'batches.meta'), pickledNames(CIFAR_NAMES))
  return folder
}

const bytes = (...values: number[]): Buffer => Buffer.from(values)
const word = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}
const shortString = (text: string): Buffer =>
  Buffer.concat([bytes(0x55, text.length), Buffer.from(text, 'latin1')])
const longString = (data: Uint8Array): Buffer => Buffer.concat([bytes(0x54), word(data.length), data])
const integer = (value: number): Buffer => Buffer.concat([bytes(0x4a), word(value)])
const global = (name: string): Buffer => Buffer.from(`c${name.replace(/\.(?=[^.]*$)/, '\n')}\n`, 'latin1')

/** The pickle of an array of bytes, by the steps that NumPy writes; `reconstruct` names the function to be called. */
export function pickledArrayBytes(
  shape: readonly number[],
  data: Uint8Array,
  reconstruct = 'numpy.core.multiarray._reconstruct',
  type = 'u1',
): Buffer {
  return Buffer.concat([
    global(reconstruct),
    global('numpy.ndarray'),
    Buffer.concat([bytes(0x4b, 0, 0x85), shortString('b'), bytes(0x87, 0x52)]),
    Buffer.concat([bytes(0x28, 0x4b, 1, 0x28), ...shape.map(integer), bytes(0x74)]),
    global('numpy.dtype'),
    Buffer.concat([shortString(type), bytes(0x4b, 0, 0x4b, 1, 0x87, 0x52)]),
    Buffer.concat([bytes(0x28, 0x4b, 3), shortString('|'), bytes(0x4e, 0x4e, 0x4e)]),
    Buffer.concat([integer(0xffffffff), integer(0xffffffff), bytes(0x4b, 0, 0x74, 0x62)]),
    Buffer.concat([bytes(0x89), longString(data), bytes(0x74, 0x62)]),
  ])
}

/** A pickle of one dictionary. */
export function pickledDictionary(entries: Readonly<Record<string, Buffer>>): Buffer {
  const items = Object.entries(entries).flatMap(([key, value]) => [shortString(key), value])
  return Buffer.concat([bytes(0x80, 2, 0x7d, 0x28), ...items, bytes(0x75, 0x2e)])
}

export function pickledList(items: readonly Buffer[]): Buffer {
  return Buffer.concat([bytes(0x5d, 0x28), ...items, bytes(0x65)])
}

export function pickledBatch({ labels, pixels }: TinyBatch): Buffer {
  return pickledDictionary({
    batch_label: shortString('training batch'),
    labels: pickledList(labels.map(integer)),
    data: pickledArrayBytes([labels.length, 3072], pixels),
    filenames: pickledList(labels.map((label, i) => shortString(`${CIFAR_NAMES[label] ?? 'x'}_s_${i}.png`))),
  })
}

export function pickledNames(names: readonly string[]): Buffer {
  return pickledDictionary({
    num_cases_per_batch: integer(10000),
    label_names: pickledList(names.map(shortString)),
  })
}

export interface NpyHeader {
  readonly descr: string
  readonly shape: readonly number[]
  readonly version?: 1 | 2 | 3
  readonly fortranOrder?: boolean
}

/** An .npy file; `descr` with its quotes, e.g. `'<f4'`. */
export function npyBytes(
  { descr, shape, version = 1, fortranOrder = false }: NpyHeader,
  data: Uint8Array,
): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const order = fortranOrder ? 'True' : 'False'
  const text = Buffer.from(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${tuple}, }\n`, 'utf8')
  const length = version === 1 ? bytes(text.length & 255, text.length >> 8) : word(text.length)
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), bytes(version, 0), length, text, data])
}

/** An IDX file; `code` is the element type, 8 for bytes. */
export function idxBytes(shape: readonly number[], data: Uint8Array, code = 8): Buffer {
  const sizes = shape.map((n) => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(n)
    return size
  })
  return Buffer.concat([bytes(0, 0, code, shape.length), ...sizes, data])
}

/** The memory of numbers as bytes. */
export function memoryOf(
  numbers: Float32Array | Float64Array | Int32Array | BigInt64Array | Int16Array,
): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

/** Writes a file into a folder; returns its path. */
export function writeIn(folder: string, name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}
