import { fastGenerator } from '../random/fast-generator.ts'
import { shuffle } from '../random/permutation.ts'
import type { StreamName } from '../random/stream.ts'

const PERMUTATIONS = 2000

/**
 * How likely the best trials would lie as unevenly among all of them if the parameter had no influence:
 * a permutation test of Kuiper's statistic (the largest excess plus the largest deficit of the elite's distribution
 * over that of the others), which sees a shift to a side and a crowding in the middle alike.
 * `places` has each trial's place on the axis, `isElite` says which are the best. In (0, 1]; the same for the same input and stream.
 * Source: N. H. Kuiper, Tests concerning random points on a circle (1960).
 */
export function evidence(
  places: readonly number[],
  isElite: readonly boolean[],
  streamName: StreamName,
): number {
  const order = places.map((_, index) => index).sort((a, b) => places[a]! - places[b]! || a - b)
  const labels = Uint32Array.from(order, (index) => (isElite[index] ? 1 : 0))
  // Trials at the same place are one step of both distributions.
  const endsGroup = order.map((index, i) => places[index] !== places[order[i + 1] ?? -1])
  const observed = kuiper(labels, endsGroup)
  const generator = fastGenerator([...streamName, 'evidence'])
  const shuffled = labels.slice()
  let asUneven = 0
  for (let i = 0; i < PERMUTATIONS; i++) {
    if (kuiper(shuffle(shuffled, generator), endsGroup) >= observed - 1e-12) asUneven++
  }
  return (asUneven + 1) / (PERMUTATIONS + 1)
}

function kuiper(labels: Uint32Array, endsGroup: readonly boolean[]): number {
  let elite = 0
  for (const label of labels) elite += label
  const others = labels.length - elite
  if (elite === 0 || others === 0) return 0
  let difference = 0
  let above = 0
  let below = 0
  for (let i = 0; i < labels.length; i++) {
    difference += labels[i] === 1 ? 1 / elite : -1 / others
    if (!endsGroup[i]) continue
    if (difference > above) above = difference
    if (-difference > below) below = -difference
  }
  return above + below
}

/**
 * How likely at most `hits` of the `elite` best of `all` trials would have had a choice that `tried` of them had,
 * if the choice made no difference: the lower tail of the hypergeometric distribution.
 */
export function chanceOfSoFew(hits: number, tried: number, elite: number, all: number): number {
  let sum = 0
  for (let k = 0; k <= hits; k++) {
    sum += binomial(tried, k) * binomial(all - tried, elite - k)
  }
  return Math.min(1, sum / binomial(all, elite))
}

function binomial(n: number, k: number): number {
  if (k < 0 || k > n) return 0
  let product = 1
  for (let i = 1; i <= Math.min(k, n - k); i++) product = (product * (n - Math.min(k, n - k) + i)) / i
  return product
}
