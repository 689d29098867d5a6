import { type StreamName, seedWords } from './stream.ts'

/** A small generator for hot loops; its draws are a function of the name it was made from. */
export interface FastGenerator {
  /** The next whole number, uniform in [0, 2^32). */
  nextUint32(): number
  /** The next number, uniform in [0, 1), 32 bits. */
  next(): number
  /** The next whole number, uniform in [0, bound), without bias; 1 <= bound <= 2^32. */
  below(bound: number): number
  /** Fills `target` with the next draws of `nextUint32`, many times faster than one by one. */
  fill(target: Uint32Array): void
}

/** sfc32 (Chris Doty-Humphrey, PractRand), keyed by the stream's name; 2 ns a draw. */
export function fastGenerator(name: StreamName): FastGenerator {
  let [a, b, c] = seedWords(name)
  let counter = 1
  const nextUint32 = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) nextUint32()
  return {
    nextUint32,
    next: () => nextUint32() / 2 ** 32,
    below(bound) {
      const limit = 2 ** 32 - (2 ** 32 % bound)
      let draw = nextUint32()
      while (draw >= limit) draw = nextUint32()
      return draw % bound
    },
    fill(target) {
      // Local copies: V8 keeps these in registers, but captured variables in memory.
      let [w, x, y, n] = [a, b, c, counter]
      for (let i = 0; i < target.length; i++) {
        const sum = (w + x + n) | 0
        n = (n + 1) | 0
        w = x ^ (x >>> 9)
        x = (y + (y << 3)) | 0
        y = ((y << 21) | (y >>> 11)) + sum
        target[i] = sum
      }
      ;[a, b, c, counter] = [w, x, y, n]
    },
  }
}
