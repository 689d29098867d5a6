import { log } from '../../src/numerics/elementary.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { normalFromUniform } from '../../src/random/normal.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import type { Problem } from './simulate.ts'

/** A function of which the best point is known. */
export interface KnownProblem extends Problem {
  readonly name: string
  readonly optimum: Params
  /** Parameters without influence. */
  readonly idle: readonly string[]
}

/** Three log ranges of four decades; a place in decades above 1e-4. */
const DECADES = 4
const SPACE: SearchSpace = searchSpace({
  learningRate: float(1e-4, 1, { log: true, soft: true }),
  reg: float(1e-4, 1, { log: true, soft: true }),
  scale: float(1e-4, 1, { log: true, soft: true }),
})
const NAMES = ['learningRate', 'reg', 'scale'] as const

interface Shape {
  readonly name: string
  /** The optimum in decades above the low end, for each parameter; NaN: drawn for each seed, well inside. */
  readonly optimum: readonly [number, number, number]
  /** How much each parameter matters. */
  readonly weights: readonly [number, number, number]
  /** The standard deviation of a measurement; the function rises by 1 a squared decade. */
  readonly noise: number
  /** A trial diverges from this many decades above the optimum's learning rate on; Infinity for never. */
  readonly diverges: number
}

const SHAPES: readonly Shape[] = [
  { name: 'inside', optimum: [NaN, NaN, NaN], weights: [1, 1, 1], noise: 0, diverges: Infinity },
  { name: 'noisy', optimum: [NaN, NaN, NaN], weights: [1, 1, 1], noise: 0.5, diverges: Infinity },
  { name: 'very noisy', optimum: [NaN, NaN, NaN], weights: [1, 1, 1], noise: 2, diverges: Infinity },
  { name: 'unequal, noisy', optimum: [NaN, NaN, NaN], weights: [3, 1, 0.3], noise: 0.5, diverges: Infinity },
  { name: 'one of three', optimum: [NaN, NaN, NaN], weights: [1, 0, 0], noise: 0.1, diverges: Infinity },
  {
    name: 'two of three, noisy',
    optimum: [NaN, NaN, NaN],
    weights: [1, 1, 0],
    noise: 0.5,
    diverges: Infinity,
  },
  { name: 'divergence', optimum: [NaN, NaN, NaN], weights: [1, 1, 1], noise: 0.1, diverges: 0.7 },
  { name: 'at the border', optimum: [0, NaN, NaN], weights: [1, 1, 1], noise: 0, diverges: Infinity },
  { name: 'two decades below', optimum: [-2, NaN, NaN], weights: [1, 1, 1], noise: 0, diverges: Infinity },
  {
    name: 'two decades above',
    optimum: [NaN, DECADES + 2, NaN],
    weights: [1, 1, 1],
    noise: 0.05,
    diverges: Infinity,
  },
]

/** The closed-form problems, for a seed: where nothing fixes it, the optimum lies somewhere in the inner 80 %. */
export function knownProblems(seed: number): KnownProblem[] {
  return SHAPES.map((shape) => {
    const draws = fastGenerator(['closed form', shape.name, seed])
    const optimum = shape.optimum.map((place) =>
      Number.isNaN(place) ? DECADES * (0.1 + 0.8 * draws.next()) : place,
    )
    return {
      name: shape.name,
      space: SPACE,
      direction: 'minimize',
      optimum: Object.fromEntries(NAMES.map((name, i) => [name, 10 ** (optimum[i]! - 4)])),
      idle: NAMES.filter((_, i) => shape.weights[i] === 0),
      measure(params, trial) {
        const away = NAMES.map((name, i) => decades(params[name] as number) + 4 - optimum[i]!)
        if (away[0]! > shape.diverges) return NaN
        const noise = fastGenerator(['noise', shape.name, seed, trial]).next()
        return away.reduce(
          (sum, d, i) => sum + shape.weights[i]! * d * d,
          shape.noise * normalFromUniform(noise),
        )
      },
    }
  })
}

/** The decimal logarithm. */
export function decades(value: number): number {
  return log(value) / Math.LN10
}
