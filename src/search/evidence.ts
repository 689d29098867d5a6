import { exp, log } from '../numerics/elementary.ts'
import { shuffle } from '../random/permutation.ts'
import { type StreamName, stream } from '../random/stream.ts'

/** Permutations of a few trials, and of very many, where each takes longer and chance is smaller. */
const MOST_PERMUTATIONS = 2000
const LEAST_PERMUTATIONS = 200
/** Up to this many labels are shuffled MOST_PERMUTATIONS times. */
const SHUFFLED_LABELS = 2_000_000

/** How likely the best trials would lie as they do among all if the parameter had no influence; each in (0, 1]. */
export interface Evidence {
  /** As unevenly as they do, whatever the shape. */
  readonly anywhere: number
  /** As much towards the low end. */
  readonly below: number
  /** As much towards the high end. */
  readonly above: number
}

/**
 * Tests by permutation whether the best trials lie among all of them as chance would have it: by Kuiper's statistic
 * (the largest excess plus the largest deficit of their distribution over that of the others), which sees a shift to
 * a side and a crowding in the middle alike, and by the sum of their ranks for the sides.
 * `places` has each trial's place on the axis, `isElite` says which are the best. The same for the same input and stream.
 * Source: N. H. Kuiper, Tests concerning random points on a circle (1960); F. Wilcoxon (1945).
 */
export function evidence(
  places: readonly number[],
  isElite: readonly boolean[],
  streamName: StreamName,
): Evidence {
  const order = places.map((_, index) => index).sort((a, b) => places[a]! - places[b]!)
  const labels = Uint32Array.from(order, (index) => (isElite[index] ? 1 : 0))
  // Trials at the same place are one step of both distributions, and share their rank.
  const endsGroup = order.map((index, i) => places[index] !== places[order[i + 1]!])
  const ranks = sharedRanks(endsGroup)
  const observed = { kuiper: kuiper(labels, endsGroup), rankSum: rankSum(labels, ranks) }
  const generator = stream([...streamName, 'evidence'])
  const shuffled = labels.slice()
  const counts = { anywhere: 1, below: 1, above: 1 }
  const affordable = Math.floor(SHUFFLED_LABELS / labels.length)
  const permutations = Math.max(LEAST_PERMUTATIONS, Math.min(MOST_PERMUTATIONS, affordable))
  for (let i = 0; i < permutations; i++) {
    shuffle(shuffled, generator)
    if (kuiper(shuffled, endsGroup) >= observed.kuiper - 1e-12) counts.anywhere++
    const sum = rankSum(shuffled, ranks)
    if (sum <= observed.rankSum) counts.below++
    if (sum >= observed.rankSum) counts.above++
  }
  const all = permutations + 1
  return { anywhere: counts.anywhere / all, below: counts.below / all, above: counts.above / all }
}

/** The ranks of sorted trials, twice the middle of its group for each. */
function sharedRanks(endsGroup: readonly boolean[]): Float64Array {
  const ranks = new Float64Array(endsGroup.length)
  let first = 0
  for (const [last, ends] of endsGroup.entries()) {
    if (!ends) continue
    ranks.fill(first + last, first, last + 1)
    first = last + 1
  }
  return ranks
}

function rankSum(labels: Uint32Array, ranks: Float64Array): number {
  let sum = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1) sum += ranks[i]!
  return sum
}

function kuiper(labels: Uint32Array, endsGroup: readonly boolean[]): number {
  let eliteSize = 0
  for (const label of labels) eliteSize += label
  const others = labels.length - eliteSize
  let difference = 0
  let most = 0
  let least = 0
  for (let i = 0; i < labels.length; i++) {
    difference += labels[i] === 1 ? 1 / eliteSize : -1 / others
    if (!endsGroup[i]) continue
    most = Math.max(most, difference)
    least = Math.min(least, difference)
  }
  return most - least
}

/**
 * How likely at most `hits` of the `eliteSize` best of `all` trials would have had a choice that `tried` of them had,
 * if the choice made no difference: the lower tail of the hypergeometric distribution.
 */
export function chanceOfSoFew(hits: number, tried: number, eliteSize: number, all: number): number {
  const whole = logChoose(all, eliteSize)
  let sum = 0
  for (let k = 0; k <= hits; k++)
    sum += exp(logChoose(tried, k) + logChoose(all - tried, eliteSize - k) - whole)
  return Math.min(1, sum)
}

/** The logarithm of the number of ways to choose k of n; -Infinity if there is none. */
function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity
  let sum = 0
  for (let i = 1; i <= Math.min(k, n - k); i++) sum += log((n - Math.min(k, n - k) + i) / i)
  return sum
}
