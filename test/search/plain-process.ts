import type { GpParameters } from '../../src/search/gp-fit.ts'
import type { Observations } from '../../src/search/gp-kernel.ts'

/** A place and the group of what was measured there. */
export interface Seen {
  readonly place: Float64Array
  readonly group: number
}

/** Rasmussen and Williams's equations word for word, with whole matrices and without a factor. */
export class PlainProcess {
  readonly #seen: readonly Seen[]
  readonly #values: readonly number[]
  readonly #isChoice: readonly boolean[]
  readonly #parameters: GpParameters

  constructor(
    seen: readonly Seen[],
    values: readonly number[],
    isChoice: readonly boolean[],
    parameters: GpParameters,
  ) {
    this.#seen = seen
    this.#values = values
    this.#isChoice = isChoice
    this.#parameters = parameters
  }

  static of({ places, values, groups, isChoice }: Observations, parameters: GpParameters): PlainProcess {
    const seen = places.map((place, i) => ({ place, group: groups[i]! }))
    return new PlainProcess(seen, [...values], isChoice, parameters)
  }

  /** Without noise: a correlation by the distance, nine tenths of it across groups, and 1 more within one. */
  covariance(a: Seen, b: Seen): number {
    const squared = this.#isChoice.reduce((sum, choice, axis) => {
      return sum + this.#parameters.precisions[axis]! * apart(a.place[axis]!, b.place[axis]!, choice) ** 2
    }, 0)
    const d = Math.sqrt(5 * squared)
    const matern = (1 + d + (d * d) / 3) * Math.exp(-d)
    return a.group === b.group ? matern + 1 : 0.9 * matern
  }

  matrix(): number[][] {
    return this.#seen.map((a, i) =>
      this.#seen.map((b, j) => this.covariance(a, b) + (i === j ? this.#parameters.noise : 0)),
    )
  }

  /** The likeliest scale of all covariances, with one more observation of 1. */
  get variance(): number {
    const { product } = solved(this.matrix(), this.#values)
    return (1 + product(this.#values)) / (this.#values.length + 1)
  }

  predict(place: Float64Array, group: number): { mean: number; variance: number } {
    const at = { place, group }
    const covariances = this.#seen.map((seen) => this.covariance(seen, at))
    const { product } = solved(this.matrix(), covariances)
    return {
      mean: product(this.#values),
      variance: this.covariance(at, at) - product(covariances),
    }
  }

  /** Minus the logarithm of the values' density, the scale worked in, without constants. */
  negativeLogDensity(): number {
    const { logDeterminant } = solved(this.matrix(), this.#values)
    return 0.5 * logDeterminant + 0.5 * this.#values.length * Math.log(this.variance)
  }
}

function apart(a: number, b: number, choice: boolean): number {
  if (Number.isNaN(a) !== Number.isNaN(b)) return 1
  if (Number.isNaN(a)) return 0
  return choice ? Number(a !== b) : a - b
}

/** By Gaussian elimination: the product of a vector with the solution, and the logarithm of the determinant. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]) {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  let logDeterminant = 0
  for (const [i, row] of rows.entries()) {
    logDeterminant += Math.log(row[i]!)
    for (const other of rows) {
      if (other === row) continue
      const factor = other[i]! / row[i]!
      for (let k = i; k < row.length; k++) other[k]! -= factor * row[k]!
    }
  }
  const solution = rows.map((row, i) => row.at(-1)! / row[i]!)
  return {
    logDeterminant,
    product: (left: readonly number[]) => solution.reduce((sum, x, i) => sum + x * left[i]!, 0),
  }
}
