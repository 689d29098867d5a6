import { Parser } from 'pickleparser'
import { UserError } from '../errors.ts'
import { arrayElements, type ElementType, numberType } from './npy.ts'
import { malformed, readWholeFile } from './read-file.ts'

/** Strings and byte strings longer than this are handed over whole, as `Payload`: nothing walks through them. */
const LONGEST_TEXT = 4_096

/** A long text or byte string inside a pickle, a view into the file. */
class Payload {
  readonly bytes: Uint8Array
  /** Whether the bytes are a text in UTF-8. */
  readonly isText: boolean

  constructor(bytes: Uint8Array, isText: boolean) {
    this.bytes = bytes
    this.isText = isText
  }
}

/** A NumPy array of numbers as a pickle holds it: its shape, and its elements row-major. */
export interface PickledArray {
  readonly shape: readonly number[]
  /** The bytes themselves of an array of bytes. */
  readonly values: Uint8Array | Float32Array | Float64Array
}

type Reader = Parameters<Parser['read']>[0]

/**
 * Reads a Python pickle, protocols 0 to 5, of dictionaries, lists, strings, numbers, and NumPy arrays and scalars;
 * dictionaries become Maps. No code is run: a pickle that names anything but how NumPy writes these is refused.
 * Byte strings become strings of one character a byte (latin-1), as keys and as values, unless they are long.
 */
export function readPickle(file: string): unknown {
  const reader = new PickleReader(readWholeFile(file))
  const parser = new Parser({
    unpicklingTypeOfDictionary: 'Map',
    nameResolver: { resolve: (module: unknown, name: unknown) => resolveName(file, module, name) },
  })
  try {
    return plainStrings(parser.read(reader))
  } catch (error) {
    if (error instanceof UserError) throw error
    // The parser's own words where it ran into what no pickle has: of use to nobody who reads files.
    const isOwnWord = error instanceof TypeError || error instanceof RangeError
    const words = isOwnWord ? 'its parts are inconsistent' : (error as Error).message
    const reason = words.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 120)
    throw malformed(file, `is not a readable pickle: ${reason} (byte ${reader.position})`)
  }
}

/** The array in `value`; null if it is not an array. */
export function pickledArray(value: unknown): PickledArray | null {
  return value instanceof ArrayParts && value.array !== null ? value.array : null
}

/** Byte strings of dictionaries and lists as strings, so that `b'data'` and `'data'` are one key. */
function plainStrings(value: unknown, depth = 0): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (depth > 100) throw new Error('it is nested too deeply')
  if (value instanceof Map) {
    return new Map(
      [...value].map(([key, item]) => [plainStrings(key, depth + 1), plainStrings(item, depth + 1)]),
    )
  }
  return Array.isArray(value) ? value.map((item) => plainStrings(item, depth + 1)) : value
}

/** The few names that NumPy writes for arrays and scalars, bound to what they mean here; module and name exactly. */
const KNOWN_NAMES: ReadonlyMap<string, (...args: unknown[]) => unknown> = new Map([
  ...['numpy.core.multiarray', 'numpy._core.multiarray'].flatMap(
    (module): [string, (...args: unknown[]) => unknown][] => [
      [`${module}\n_reconstruct`, () => new ArrayParts()],
      [`${module}\nscalar`, (type, data) => scalar(type, data)],
    ],
  ),
  ['numpy.core.numeric\n_frombuffer', (...parts) => arrayFromBuffer(parts)],
  ['numpy._core.numeric\n_frombuffer', (...parts) => arrayFromBuffer(parts)],
  ['numpy\nndarray', () => null],
  ['numpy\ndtype', (type) => new ElementParts(type)],
  ['_codecs\nencode', (text, encoding) => encodeText(text, encoding)],
])

function resolveName(file: string, module: unknown, name: unknown): (...args: unknown[]) => unknown {
  // Damaged pickles name anything: only a plain name is worth a message.
  if (!isName(module) || !isName(name)) throw new Error('its parts are inconsistent')
  const known = KNOWN_NAMES.get(`${module}\n${name}`)
  if (known !== undefined) return known
  throw malformed(
    file,
    `refers to ${module}.${name}; code in a pickle is never run, only NumPy arrays are read`,
    'Do not load this file with Python unless you trust where it came from.',
  )
}

function isName(text: unknown): text is string {
  return typeof text === 'string' && /^[\w.]{1,200}$/.test(text)
}

/** What Python 3 writes for bytes where the protocol has none: a text whose characters are the bytes. */
function encodeText(text: unknown, encoding: unknown): Uint8Array {
  if (encoding !== 'latin1' && encoding !== 'latin-1') throw new Error('bytes must be written as latin1')
  const characters =
    text instanceof Payload ? Buffer.from(text.bytes).toString(text.isText ? 'utf8' : 'latin1') : text
  if (typeof characters !== 'string') throw new Error('bytes must be written as a string')
  return Buffer.from(characters, 'latin1')
}

/** A dtype: its name, and in its state the order of the bytes. */
class ElementParts {
  readonly name: unknown
  little = true

  constructor(name: unknown) {
    this.name = name instanceof Uint8Array ? Buffer.from(name).toString('latin1') : name
  }

  __setstate__(state: unknown): void {
    this.little = !(Array.isArray(state) && state[1] === '>')
  }

  type(): ElementType {
    const name = typeof this.name === 'string' ? this.name.replace(/^[|<=>]/, '') : ''
    const type = numberType(name, this.little)
    if (type === null) throw new Error('arrays must be of numbers')
    return type
  }
}

function makeArray(shape: unknown, type: unknown, data: unknown, columnMajor: boolean): PickledArray {
  if (!(type instanceof ElementParts)) throw new Error('an array must have a dtype')
  if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new Error('the shape of an array must be whole numbers')
  }
  const element = type.type()
  const bytes = bytesIn(data)
  const size = shape.reduce((product: number, n: number) => product * n, element.size)
  if (bytes === null || bytes.length !== size) {
    throw new Error(
      `an array of shape (${shape.join(', ')}) needs ${size} bytes, got ${bytes?.length ?? 'none'}`,
    )
  }
  return { shape, values: arrayElements(element, shape, bytes, columnMajor) }
}

function arrayFromBuffer([data, type, shape, order]: unknown[]): ArrayParts {
  const parts = new ArrayParts()
  parts.array = makeArray(shape, type, data, order === 'F')
  return parts
}

function scalar(type: unknown, data: unknown): number {
  return makeArray([1], type, data, false).values[0]!
}

/** What `_reconstruct` makes: empty until the state (version, shape, type, column-major, data) arrives. */
class ArrayParts {
  array: PickledArray | null = null

  __setstate__(state: unknown): void {
    if (!Array.isArray(state) || state.length !== 5)
      throw new Error('the state of an array must have five parts')
    const [, shape, type, columnMajor, data] = state as unknown[]
    this.array = makeArray(shape, type, data, columnMajor === true)
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
    return length > LONGEST_TEXT ? (new Payload(bytes, false) as unknown as Uint8Array) : bytes
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
    return new Payload(this.#bytes.subarray(start, this.position), encoding === 'utf-8') as unknown as string
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
