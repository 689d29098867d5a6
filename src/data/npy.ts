import type { FileArray } from './array-data.ts'
import { malformed, readWholeFile } from './read-file.ts'

/** How each element type is read, little-endian; the numbers of bytes are the digits of the names. */
const READERS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at) => view.getUint16(at, true),
  i2: (view, at) => view.getInt16(at, true),
  u4: (view, at) => view.getUint32(at, true),
  i4: (view, at) => view.getInt32(at, true),
  i8: (view, at) => Number(view.getBigInt64(at, true)),
  u8: (view, at) => Number(view.getBigUint64(at, true)),
  f4: (view, at) => view.getFloat32(at, true),
  f8: (view, at) => view.getFloat64(at, true),
}

/**
 * Reads a NumPy array: versions 1 to 3, row-major, of whole numbers or floats. Object arrays hold a pickle and are refused.
 * Source: NumPy, numpy.lib.format (the .npy format).
 */
export function readNpy(file: string): FileArray {
  const bytes = readWholeFile(file)
  const header = readHeader(file, bytes)
  const type = elementType(file, field(file, header.text, /'descr'\s*:\s*('[^']*'|\[.*\])/, 'descr'))
  const order = field(file, header.text, /'fortran_order'\s*:\s*(True|False)/, 'fortran_order')
  if (order === 'True') {
    throw malformed(file, 'is column-major; arrays must be row-major', 'Save numpy.ascontiguousarray(x).')
  }
  const shape = field(file, header.text, /'shape'\s*:\s*\(([\d\s,]*)\)/, 'shape')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number)
  const length = shape.reduce((product, n) => product * n, 1)
  const size = Number(type[1])
  const there = bytes.length - header.end
  if (length * size !== there) {
    throw malformed(
      file,
      `must hold ${length} elements of ${size} bytes for its shape (${shape.join(', ')}), got ${there} bytes`,
    )
  }
  if (type === 'u1') return { file, shape, values: bytes.subarray(header.end) }
  const read = READERS[type]!
  const view = new DataView(bytes.buffer, bytes.byteOffset + header.end, there)
  return { file, shape, values: Float64Array.from({ length }, (_, i) => read(view, i * size)) }
}

function readHeader(file: string, bytes: Buffer): { readonly text: string; readonly end: number } {
  if (bytes.length < 8 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY') {
    throw malformed(file, 'is no .npy file: it must begin with \\x93NUMPY')
  }
  const version = bytes[6]!
  if (version < 1 || version > 3) throw malformed(file, `is of .npy version ${version}; 1 to 3 are read`)
  const start = version === 1 ? 10 : 12
  if (bytes.length < start) throw malformed(file, 'ends in its header')
  const end = start + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8))
  if (bytes.length < end) throw malformed(file, `ends in its header, after ${bytes.length} of ${end} bytes`)
  return { text: bytes.toString('utf8', start, end), end }
}

function field(file: string, header: string, pattern: RegExp, name: string): string {
  const value = pattern.exec(header)?.[1]
  if (value === undefined) throw malformed(file, `has no readable "${name}" in its header`)
  return value
}

/** `u1`, `f8` and so on from `'|u1'`, `'<f8'`. */
function elementType(file: string, descr: string): string {
  const [, order, type] = /^'([<|=])?([a-z]\d)'$/.exec(descr) ?? []
  if (type !== undefined && Object.hasOwn(READERS, type) && (type[1] === '1' || order === '<')) return type
  if (/O/.test(descr)) {
    throw malformed(
      file,
      'holds Python objects, a pickle; only arrays of numbers are read',
      'Save x.astype("float32").',
    )
  }
  throw malformed(
    file,
    `has elements of type ${descr}; little-endian whole numbers and floats of 4 or 8 bytes are read`,
    'Save x.astype("<f4").',
  )
}
