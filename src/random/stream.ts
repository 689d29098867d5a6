import { createHash } from 'node:crypto'
import seedrandom from 'seedrandom'

/** What a stream is for, from the study's seed inwards: `[seed, stage, trial, 'dropout']`. */
export type StreamName = readonly (string | number)[]

/** A source of uniform numbers; every draw comes from one of these, handed over as an argument. */
export interface Stream {
  /** The next number, uniform in [0, 1), 53 bits. */
  next(): number
  /** The next whole number, uniform in [0, bound) to within bound / 2^53; 1 <= bound <= 2^32. */
  below(bound: number): number
}

/**
 * Makes the stream of that name: the same name gives the same numbers, other names independent ones.
 * The generator is seedrandom's ARC4, keyed by the SHA-256 of the name, because seedrandom itself uses only the
 * low byte of each character of a key. Making one costs about 10 µs, a draw 30 ns; hot loops use `fastGenerator`.
 */
export function stream(name: StreamName): Stream {
  const generator = seedrandom(hashName(name).toString('hex'))
  return {
    next: () => generator.double(),
    below: (bound) => Math.floor(generator.double() * bound),
  }
}

/** A seed for something that takes a whole number: the first 48 bits of the name's hash, in [0, 2^48). */
export function seedFrom(name: StreamName): number {
  return hashName(name).readUIntBE(0, 6)
}

/** Four 32-bit words from the name's hash, to seed a small generator. */
export function seedWords(name: StreamName): readonly [number, number, number, number] {
  const hash = hashName(name)
  return [hash.readUInt32LE(0), hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12)]
}

function hashName(name: StreamName): Buffer {
  return createHash('sha256').update(JSON.stringify(name)).digest()
}
