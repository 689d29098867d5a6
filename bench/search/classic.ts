import { exp, log } from '../../src/numerics/elementary.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { normalFromUniform } from '../../src/random/normal.ts'
import { choice, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import type { Problem } from './simulate.ts'

/** A function of the literature with its lowest value. */
export interface ClassicProblem extends Problem {
  readonly name: string
  /** Without noise. */
  readonly truth: (params: Params) => number
  readonly lowest: number
  /** Whether a point lies in the branch of choices and conditions that has the lowest value; null if there is one branch. */
  readonly rightBranch: ((params: Params) => boolean) | null
}

interface Shape {
  readonly name: string
  readonly space: SearchSpace
  readonly value: (params: Params) => number
  readonly lowest: number
  readonly noise?: number
  readonly rightBranch?: (params: Params) => boolean
}

const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const HARTMANN_P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]
const HARTMANN_C = [1, 1.2, 3, 3.2]

function hartmann(params: Params): number {
  const x = Object.values(params) as number[]
  return -HARTMANN_A.reduce((sum, row, i) => {
    const inner = row.reduce((total, a, j) => total + a * (x[j]! - HARTMANN_P[i]![j]!) ** 2, 0)
    return sum + HARTMANN_C[i]! * exp(-inner)
  }, 0)
}

function branin({ x, y }: Params): number {
  const [a, b] = [x as number, y as number]
  const first = b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6
  return first * first + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10
}

function ackley(params: Params): number {
  const x = Object.values(params) as number[]
  const squares = x.reduce((sum, value) => sum + value * value, 0) / x.length
  const waves = x.reduce((sum, value) => sum + Math.cos(2 * Math.PI * value), 0) / x.length
  return -20 * exp(-0.2 * Math.sqrt(squares)) - exp(waves) + 20 + Math.E
}

function rosenbrock(params: Params): number {
  const x = Object.values(params) as number[]
  return x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i]! * x[i]!) ** 2 + (1 - x[i]!) ** 2, 0)
}

/** The right kind is the narrower one: where points are few, the others look better. */
function mixed({ kind, units, x, y }: Params): number {
  const [a, b] = [x as number, y as number]
  const size = ((units as number) - 7) / 10
  if (kind === 'a') return 4 * (a - 0.2) ** 2 + 4 * (b - 0.8) ** 2 + size * size
  if (kind === 'b') return 0.3 + (a - 0.6) ** 2 + (b - 0.4) ** 2 + size * size
  return 0.6 + 0.5 * (a - 0.5) ** 2 + 0.5 * (b - 0.5) ** 2 + size * size
}

function conditional({ optimizer, rate, momentum, beta }: Params): number {
  const off = log(rate as number) / Math.LN10
  if (optimizer === 'sgd') return (off + 1) ** 2 + 6 * ((momentum as number) - 0.9) ** 2
  if (optimizer === 'adam') return 0.2 + 0.5 * (off + 3) ** 2 + ((beta as number) - 0.5) ** 2
  return 0.5 + 0.3 * (off + 2) ** 2
}

function cube(axes: number, low: number, high: number): SearchSpace {
  return searchSpace(
    Object.fromEntries(Array.from({ length: axes }, (_, i) => [`x${i + 1}`, float(low, high)])),
  )
}

const SHAPES: readonly Shape[] = [
  {
    name: 'Branin',
    space: searchSpace({ x: float(-5, 10), y: float(0, 15) }),
    value: branin,
    lowest: 0.39788735772973816,
  },
  { name: 'Hartmann 6', space: cube(6, 0, 1), value: hartmann, lowest: -3.322368011415515 },
  { name: 'Ackley 5', space: cube(5, -32.768, 32.768), value: ackley, lowest: 0 },
  { name: 'Rosenbrock 4', space: cube(4, -5, 10), value: rosenbrock, lowest: 0 },
  {
    name: 'mixed',
    space: searchSpace({
      kind: choice(['a', 'b', 'c']),
      units: int(1, 20),
      x: float(0, 1),
      y: float(0, 1),
    }),
    value: mixed,
    lowest: 0,
    rightBranch: ({ kind }) => kind === 'a',
  },
  {
    name: 'conditional',
    space: searchSpace({
      optimizer: choice(['sgd', 'adam', 'lbfgs']),
      rate: float(1e-5, 1, { log: true }),
      momentum: when({ optimizer: 'sgd' }, float(0, 1)),
      beta: when({ optimizer: 'adam' }, float(0, 1)),
    }),
    value: conditional,
    lowest: 0,
    rightBranch: ({ optimizer }) => optimizer === 'sgd',
  },
  {
    name: 'Hartmann 6, noisy',
    space: cube(6, 0, 1),
    value: hartmann,
    lowest: -3.322368011415515,
    noise: 0.3,
  },
]

/** The functions for a seed, which names their noise alone. */
export function classicProblems(seed: number): ClassicProblem[] {
  return SHAPES.map(({ name, space, value, lowest, noise = 0, rightBranch }) => ({
    name,
    space,
    direction: 'minimize',
    truth: value,
    lowest,
    rightBranch: rightBranch ?? null,
    measure(params, trial) {
      const draw = fastGenerator(['noise', name, seed, trial]).next()
      return value(params) + noise * normalFromUniform(draw)
    },
  }))
}
