import type { SeedWords } from './kernels.ts'

/**
 * The random words of a dropout mask: word i is a hash of i under three keys, which come from the seed and the step.
 * Counting instead of stepping a generator lets any number of lanes be filled at once.
 * Source of the constants: Chris Wellons, hash-prospector, triple32.
 */
export function dropoutWord(i: number, keys: readonly [number, number, number]): number {
  return hash(i + keys[0], keys[1], keys[2])
}

/** The keys of a step, from the seed of a network's layer. */
export function dropoutKeys(seed: SeedWords, step: number): readonly [number, number, number] {
  const spread = Math.imul(step, 0x9e3779b9)
  return [
    hash(spread + seed[0], seed[1], seed[2]),
    hash(spread + seed[1], seed[2], seed[3]),
    hash(spread + seed[2], seed[3], seed[0]),
  ]
}

/** How many of 65536 draws drop the unit; at least one keeps it. */
export function dropoutThreshold(probability: number): number {
  return Math.min(65535, Math.round(probability * 65536))
}

/** What a kept unit is multiplied by, so that the mean stays what it was. */
export function dropoutScale(threshold: number): number {
  return 65536 / (65536 - threshold)
}

function hash(word: number, key1: number, key2: number): number {
  let x = word | 0
  x ^= x >>> 17
  x = Math.imul(x, 0xed5ad4bb) ^ key1
  x ^= x >>> 11
  x = Math.imul(x, 0xac4c1b51) ^ key2
  x ^= x >>> 15
  x = Math.imul(x, 0x31848bab)
  return (x ^ (x >>> 14)) >>> 0
}
