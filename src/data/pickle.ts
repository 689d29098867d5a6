import { Parser } from 'pickleparser'
import { UserError } from '../errors.ts'
import { malformed, readWholeFile } from './read-file.ts'

/** Strings and byte strings longer than this are handed over whole, as `Payload`: nothing walks through them. */
const LONGEST_TEXT = 4_096

/** A long byte string inside a pickle, a view into the file. */
class Payload {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** A NumPy array of bytes as a pickle holds it: shape and row-major data. */
export interface PickledArray {
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

type Reader = Parameters<Parser['read']>[0]

/**
 * Reads a Python pickle of dictionaries, lists, strings, numbers and NumPy arrays of bytes; dictionaries become Maps.
 * No code is run: a pickle that names anything but NumPy's array reconstruction is refused.
 * Byte strings of Python 2 become strings of one character a byte (latin-1).
 */
export function readPickle(file: string): unknown {
  const reader = new PickleReader(readWholeFile(file))
  const parser = new Parser({
    unpicklingTypeOfDictionary: 'Map',
    nameResolver: { resolve: (module, name) => resolveName(file, module, name) },
  })
  try {
    return parser.read(reader)
  } catch (error) {
    if (error instanceof UserError) throw error
    // The parser's own words where it ran into what no pickle has: of use to nobody who reads files.
    const isOwnWord = error instanceof TypeError || error instanceof RangeError
    const reason = isOwnWord ? 'its parts do not fit together' : (error as Error).message
    throw malformed(file, `is no readable pickle: ${reason} (byte ${reader.position})`)
  }
}

/** The array in `value`; null if it is none. */
export function pickledArray(value: unknown): PickledArray | null {
  return value instanceof ArrayParts && value.array !== null ? value.array : null
}

/** The few names that NumPy writes for an array, bound to what they mean here. */
function resolveName(file: string, module: string, name: string): (...args: unknown[]) => unknown {
  switch (`${module}.${name}`) {
    case 'numpy.core.multiarray._reconstruct':
    case 'numpy._core.multiarray._reconstruct':
      return () => new ArrayParts()
    case 'numpy.ndarray':
      return () => null
    case 'numpy.dtype':
      return (type) => new ElementType(type)
    default:
      throw malformed(
        file,
        `names ${module}.${name}; code in a pickle is never run, only arrays of NumPy are read`,
        'Do not load this file with Python unless you trust where it came from.',
      )
  }
}

class ElementType {
  readonly name: unknown

  constructor(name: unknown) {
    this.name = name
  }

  /** Byte order and the like: nothing that bytes need. */
  __setstate__(): void {}
}

/** What `_reconstruct` makes: empty until the state (version, shape, type, column-major, data) arrives. */
class ArrayParts {
  array: PickledArray | null = null

  __setstate__(state: unknown): void {
    if (!Array.isArray(state) || state.length !== 5) throw new Error('an array has a state of five parts')
    const [, shape, type, columnMajor, data] = state as unknown[]
    if (!(type instanceof ElementType) || (type.name !== 'u1' && type.name !== '|u1')) {
      throw new Error('arrays must be of bytes (u1)')
    }
    if (columnMajor !== false) throw new Error('arrays must be row-major')
    if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
      throw new Error('an array has a shape of whole numbers')
    }
    const bytes = bytesIn(data)
    const size = shape.reduce((product: number, n: number) => product * n, 1)
    if (bytes === null || bytes.length !== size) {
      throw new Error(
        `an array of shape (${shape.join(', ')}) needs ${size} bytes, got ${bytes?.length ?? 'none'}`,
      )
    }
    this.array = { shape, bytes }
  }
}

function bytesIn(data: unknown): Uint8Array | null {
  if (data instanceof Payload) return data.bytes
  if (data instanceof Uint8Array) return data
  return typeof data === 'string' ? Buffer.from(data, 'latin1') : null
}

/** Takes a pickle's pieces from memory, checking each against the end of the file. */
class PickleReader implements Reader {
  readonly #bytes: Buffer
  position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Moves on by `length` bytes; returns where they begin. */
  #take(length: number): number {
    const start = this.position
    if (!(length >= 0 && length <= this.#bytes.length - start)) {
      throw new Error(`it ends ${start + length - this.#bytes.length} bytes too soon`)
    }
    this.position += length
    return start
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length)
    const bytes = this.#bytes.subarray(start, this.position)
    return length > LONGEST_TEXT ? (new Payload(bytes) as unknown as Uint8Array) : bytes
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#take(2))
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#take(4))
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4))
  }

  uint64(): number {
    const value = Number(this.#bytes.readBigUInt64LE(this.#take(8)))
    if (!Number.isSafeInteger(value)) throw new Error('a number is too large')
    return value
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8))
  }

  skip(length: number): void {
    this.#take(length)
  }

  string(length: number, encoding: string): string {
    const start = this.#take(length)
    if (length <= LONGEST_TEXT) {
      return this.#bytes.toString(encoding === 'utf-8' ? 'utf8' : 'latin1', start, this.position)
    }
    return new Payload(this.#bytes.subarray(start, this.position)) as unknown as string
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position)
    if (end < 0 || end - this.position > LONGEST_TEXT) throw new Error('a line has no end')
    const start = this.#take(end + 1 - this.position)
    return this.#bytes.toString('latin1', start, end)
  }

  hasNext(): boolean {
    return this.position < this.#bytes.length
  }
}
