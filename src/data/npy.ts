import type { FileArray } from './array-data.ts'
import { malformed, readWholeFile } from './read-file.ts'

/** How a number is read; the second argument tells the byte order. */
interface NumberType {
  readonly size: number
  read(view: DataView, at: number, little: boolean): number
}

/** Element types by kind and number of bytes. */
const NUMBERS: Readonly<Record<string, NumberType>> = {
  b1: { size: 1, read: (view, at) => view.getUint8(at) },
  u1: { size: 1, read: (view, at) => view.getUint8(at) },
  i1: { size: 1, read: (view, at) => view.getInt8(at) },
  u2: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
  i2: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  u4: { size: 4, read: (view, at, little) => view.getUint32(at, little) },
  i4: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  u8: { size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i8: { size: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f2: { size: 2, read: (view, at, little) => halfFloat(view.getUint16(at, little)) },
  f4: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
}

/**
 * Reads a NumPy array: versions 1 to 3, in either order of bytes and of axes, of booleans, whole numbers, floats or
 * texts. Object arrays hold a pickle and are refused.
 * Source: NumPy, numpy.lib.format (the .npy format).
 */
export function readNpy(file: string): FileArray {
  return parseNpy(file, readWholeFile(file))
}

/** The array in an .npy file's bytes. @param file what it is called, for errors */
export function parseNpy(file: string, bytes: Buffer): FileArray {
  const header = readHeader(file, bytes)
  const type = elementType(file, field(file, header.text, /'descr'\s*:\s*('[^']*'|\[.*\])/, 'descr'))
  const columnMajor =
    field(file, header.text, /'fortran_order'\s*:\s*(True|False)/, 'fortran_order') === 'True'
  const shape = field(file, header.text, /'shape'\s*:\s*\(([\d\s,]*)\)/, 'shape')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number)
  const length = shape.reduce((product, n) => product * n, 1)
  const data = bytes.subarray(header.end)
  if (length * type.size !== data.length) {
    throw malformed(
      file,
      `must contain ${length} elements of ${type.size} bytes for its shape (${shape.join(', ')}), got ${data.length} bytes`,
    )
  }
  if (type.kind === 'S' || type.kind === 'U') {
    const places = columnMajor && shape.length > 1 ? columnMajorPlaces(shape) : null
    const view = new DataView(data.buffer, data.byteOffset, data.length)
    const texts = Array.from({ length }, (_, i) => textAt(data, view, (places?.[i] ?? i) * type.size, type))
    return { file, shape, values: new Uint8Array(0), texts }
  }
  return { file, shape, values: arrayElements(type, shape, data, columnMajor) }
}

/**
 * The numbers of an array in row-major order: the very bytes where they are bytes, float32 for floats that fit, else
 * float64. @param data as long as shape and type say
 */
export function arrayElements(
  { kind, size, little }: ElementType,
  shape: readonly number[],
  data: Uint8Array,
  columnMajor: boolean,
): Uint8Array | Float32Array | Float64Array {
  const places = columnMajor && shape.length > 1 ? columnMajorPlaces(shape) : null
  if (size === 1 && kind !== 'i' && places === null) return data
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const length = data.length / size
  const { read } = NUMBERS[`${kind}${size}`]!
  const values = kind === 'f' && size <= 4 ? new Float32Array(length) : new Float64Array(length)
  for (let i = 0; i < length; i++) values[i] = read(view, (places === null ? i : places[i]!) * size, little)
  return values
}

/** The type of numbers that `u1`, `f8` or `i4` names; null if unknown. */
export function numberType(name: string, little: boolean): ElementType | null {
  if (!Object.hasOwn(NUMBERS, name)) return null
  return { kind: name[0]!, size: Number(name.slice(1)), little }
}

function readHeader(file: string, bytes: Buffer): { readonly text: string; readonly end: number } {
  if (bytes.length < 8 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY') {
    throw malformed(file, 'is not a .npy file: it must begin with \\x93NUMPY')
  }
  const version = bytes[6]!
  if (version < 1 || version > 3)
    throw malformed(file, `is .npy version ${version}; versions 1 to 3 are supported`)
  const start = version === 1 ? 10 : 12
  if (bytes.length < start) throw malformed(file, 'ends within its header')
  const end = start + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8))
  if (bytes.length < end)
    throw malformed(file, `ends within its header, after ${bytes.length} of ${end} bytes`)
  return { text: bytes.toString('utf8', start, end), end }
}

function field(file: string, header: string, pattern: RegExp, name: string): string {
  const value = pattern.exec(header)?.[1]
  if (value === undefined) throw malformed(file, `has no readable "${name}" in its header`)
  return value
}

/** What an array's elements are. */
export interface ElementType {
  /** b, u, i, f, S (bytes as text) or U (UCS-4). */
  readonly kind: string
  readonly size: number
  readonly little: boolean
}

/** From `'|u1'`, `'<f8'`, `'>i4'`, `'<U12'`. */
function elementType(file: string, descr: string): ElementType {
  const [, order, kind, digits] = /^'([<>|=]?)([a-zA-Z])(\d*)'$/.exec(descr) ?? []
  const count = Number(digits)
  const little = order !== '>'
  if ((kind === 'S' || kind === 'U') && count > 0 && count < 2 ** 24) {
    return { kind, size: kind === 'U' ? 4 * count : count, little }
  }
  const isNumber = kind !== undefined && Object.hasOwn(NUMBERS, `${kind}${digits}`)
  // A number of several bytes must say its order; = is that of the machine that wrote it.
  if (isNumber && (count === 1 || order === '<' || order === '>')) return { kind, size: count, little }
  if (/O/.test(descr)) {
    throw malformed(
      file,
      'contains pickled Python objects; only arrays of numbers and strings are supported',
      'Save x.astype("float32"), or labels as x.astype(str).',
    )
  }
  throw malformed(
    file,
    `has elements of type ${descr}; booleans, integers, floats of 2, 4 or 8 bytes and strings are supported`,
    'Save x.astype("<f4").',
  )
}

/** An IEEE 754 half-precision number. */
function halfFloat(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Where each element of a row-major array lies in a column-major one. */
function columnMajorPlaces(shape: readonly number[]): Uint32Array {
  const length = shape.reduce((product, n) => product * n, 1)
  const places = new Uint32Array(length)
  for (let i = 0; i < length; i++) {
    let [rest, stride, place] = [i, length, 0]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      stride /= shape[axis]!
      place += (rest % shape[axis]!) * stride
      rest = Math.floor(rest / shape[axis]!)
    }
    places[i] = place
  }
  return places
}

/** A text without the zeros that fill it up. */
function textAt(data: Buffer, view: DataView, at: number, { kind, size, little }: ElementType): string {
  if (kind === 'S') return data.toString('utf8', at, at + size).replace(/\0+$/, '')
  let text = ''
  for (let i = 0; i < size; i += 4) {
    const code = view.getUint32(at + i, little)
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD'
  }
  return text.replace(/\0+$/, '')
}
