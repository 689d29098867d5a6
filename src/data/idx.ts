import type { FileArray } from './array-data.ts'
import { malformed, readWholeFile } from './read-file.ts'

interface ElementType {
  readonly size: number
  read(view: DataView, at: number): number
}

/** Element types by the code in a file's third byte, big-endian. */
const TYPES: ReadonlyMap<number, ElementType> = new Map([
  [0x08, { size: 1, read: (view, at) => view.getUint8(at) }],
  [0x09, { size: 1, read: (view, at) => view.getInt8(at) }],
  [0x0b, { size: 2, read: (view, at) => view.getInt16(at) }],
  [0x0c, { size: 4, read: (view, at) => view.getInt32(at) }],
  [0x0d, { size: 4, read: (view, at) => view.getFloat32(at) }],
  [0x0e, { size: 8, read: (view, at) => view.getFloat64(at) }],
])

/**
 * Reads an IDX file, the format of MNIST, also gzipped.
 * Source: Y. LeCun, C. Cortes, C. Burges, the MNIST database (file formats).
 */
export function readIdx(file: string): FileArray {
  const bytes = readWholeFile(file)
  const type = TYPES.get(bytes[2] ?? 0)
  const dimensions = bytes[3] ?? 0
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || dimensions < 1) {
    throw malformed(
      file,
      `is not an IDX file: it must begin with two zero bytes, a type and a number of dimensions, got ${bytes.toString('hex', 0, 4)}`,
    )
  }
  const start = 4 + 4 * dimensions
  if (bytes.length < start)
    throw malformed(file, `ends within its header, after ${bytes.length} of ${start} bytes`)
  const shape = Array.from({ length: dimensions }, (_, i) => bytes.readUInt32BE(4 + 4 * i))
  const length = shape.reduce((product, n) => product * n, 1)
  const there = bytes.length - start
  if (length * type.size !== there) {
    throw malformed(
      file,
      `must contain ${length} elements of ${type.size} bytes for its shape (${shape.join(', ')}), got ${there} bytes`,
    )
  }
  if (bytes[2] === 0x08) return { file, shape, values: bytes.subarray(start) }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, there)
  return { file, shape, values: Float64Array.from({ length }, (_, i) => type.read(view, i * type.size)) }
}
