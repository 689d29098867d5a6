import { simulate } from '../../bench/search/simulate.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { normalFromUniform } from '../../src/random/normal.ts'
import { importance, type ParameterImportance } from '../../src/search/importance.ts'
import { planStages } from '../../src/search/plan.ts'
import { standardScores } from '../../src/search/standard-scores.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { pastTrial } from '../../src/testing/requests.ts'

/** Six parameters, of which e and f do nothing. */
export const SPACE = searchSpace({
  a: float(0, 1),
  b: float(1e-4, 1, { log: true }),
  c: float(0, 1),
  d: float(0, 1),
  e: float(0, 1),
  f: float(1e-4, 1, { log: true }),
})
const NAMES = Object.keys(SPACE.parameters)

/** Each parameter's place in its range, in [0, 1]. */
export const places = (params: Params): number[] =>
  NAMES.map((name) =>
    name === 'b' || name === 'f' ? Math.log10(params[name] as number) / 4 + 1 : (params[name] as number),
  )

const sq = (x: number): number => x * x

export const FUNCTIONS: Readonly<Record<string, (x: readonly number[]) => number>> = {
  additive: ([a, b, c, d]) => 4 * sq(a! - 0.4) + 2.5 * sq(b! - 0.6) + 1.2 * sq(c! - 0.3) + 0.4 * d!,
  interacting: ([a, b, c, d]) => 3 * a! * b! + sq(c! - 0.5) * 2 + 0.4 * d! * a!,
  diverging: ([a, b, c, d]) =>
    b! > 0.75 ? Number.NaN : 2 * sq(a! - 0.4) + sq(b! - 0.5) + 0.8 * c! + 0.2 * sq(d!),
  peak: ([a, b, c, d]) => -1 / (1 + 20 * sq(a! - 0.6) + 8 * sq(b! - 0.4) + 3 * sq(c! - 0.5) + sq(d! - 0.5)),
  ruled: ([a, b, c, d]) =>
    3 * Math.max(0, Math.abs(a! - 0.5) - 0.15) + 1.2 * sq(b! - 0.3) + 0.4 * c! + 0.15 * d!,
}

/** Each parameter's share of the main effects over the whole ranges, from 20,000 points without noise. */
export function trueShares(measure: (x: readonly number[]) => number): number[] {
  const draws = fastGenerator(['truth'])
  const points = Array.from({ length: 20_000 }, () => NAMES.map(() => draws.next()))
  const trials = points.map((x, number) => pastTrial(number, {}, measure(x)))
  const scores = standardScores(trials, 'minimize')
  const variances = NAMES.map((_, axis) => {
    const sums = new Float64Array(20)
    const counts = new Float64Array(20)
    for (const [i, x] of points.entries()) {
      const bin = Math.floor(x[axis]! * 20)
      sums[bin]! += scores[i]!
      counts[bin]!++
    }
    return [...sums].reduce((sum, total, bin) => sum + sq(total / counts[bin]!) / 20, 0) - 20 / 20_000
  })
  const all = variances.reduce((sum, v) => sum + Math.max(0, v), 0)
  return variances.map((v) => Math.max(0, v) / all)
}

/** The importances of a study of 96 trials, coarse to fine, with a noise of 0.05. */
export function studied(name: string, seed: number): ParameterImportance[] {
  const measure = FUNCTIONS[name]!
  const { stages } = planStages({
    stages: [
      { trials: 24, epochs: 1 },
      { trials: 72, epochs: 1 },
    ],
  })
  const { trials, stages: boxes } = simulate(
    {
      space: SPACE,
      direction: 'minimize',
      measure: (params, trial) =>
        measure(places(params)) +
        0.05 * normalFromUniform(fastGenerator(['noise', name, seed, trial]).next()),
    },
    stages,
    seed,
    8,
  )
  return importance({
    root: SPACE,
    box: boxes[1]!.space,
    trials,
    stages,
    direction: 'minimize',
  })!
}

/** Spearman's rank correlation; ties share their rank. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (values: readonly number[]): number[] =>
    values.map(
      (value) => values.filter((v) => v < value).length + (values.filter((v) => v === value).length - 1) / 2,
    )
  const [x, y] = [ranks(a), ranks(b)]
  const middle = (a.length - 1) / 2
  const product = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + (value - middle) * (q[i]! - middle), 0)
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y))
}
