import type { LearnedVector, Matrix } from '../kernels.ts'
import type { PlainNorm } from './memory.ts'
import type { Numbers } from './numbers.ts'

/**
 * Batch normalisation of z in place: x̂ = (z - mean)·(1 / sqrt(var + epsilon)), z = x̂·gamma + beta.
 * Mean and biased variance of each column over the rows, ascending. Source: Ioffe and Szegedy 2015, algorithm 1.
 */
export function normForward(
  numbers: Numbers,
  z: Matrix,
  norm: PlainNorm,
  gamma: LearnedVector,
  beta: LearnedVector,
  rows: number,
  momentum: number,
  epsilon: number,
): void {
  const { round, madd } = numbers
  const keep = round(momentum)
  const take = round(1 - momentum)
  const small = round(epsilon)
  const { data, stride } = z
  for (let c = 0; c < z.columns; c++) {
    let sum = 0
    for (let r = 0; r < rows; r++) sum = round(sum + (data[r * stride + c] as number))
    const mean = round(sum / rows)
    let squares = 0
    for (let r = 0; r < rows; r++) {
      const centred = round((data[r * stride + c] as number) - mean)
      squares = madd(centred, centred, squares)
    }
    const variance = round(squares / rows)
    const inverse = round(1 / round(Math.sqrt(round(variance + small))))
    for (let r = 0; r < rows; r++) {
      const normalised = round(round((data[r * stride + c] as number) - mean) * inverse)
      norm.normalised.data[r * norm.normalised.stride + c] = normalised
      data[r * stride + c] = madd(normalised, gamma.values[c] as number, beta.values[c] as number)
    }
    norm.inverseDeviation[c] = inverse
    norm.runningMean[c] = madd(mean, take, round(keep * (norm.runningMean[c] as number)))
    norm.runningVariance[c] = madd(variance, take, round(keep * (norm.runningVariance[c] as number)))
  }
}

/** The same with the running statistics. */
export function normInfer(
  numbers: Numbers,
  z: Matrix,
  norm: PlainNorm,
  gamma: LearnedVector,
  beta: LearnedVector,
  rows: number,
  epsilon: number,
): void {
  const { round, madd } = numbers
  const small = round(epsilon)
  for (let c = 0; c < z.columns; c++) {
    const mean = norm.runningMean[c] as number
    const inverse = round(1 / round(Math.sqrt(round((norm.runningVariance[c] as number) + small))))
    for (let r = 0; r < rows; r++) {
      const normalised = round(round((z.data[r * z.stride + c] as number) - mean) * inverse)
      z.data[r * z.stride + c] = madd(normalised, gamma.values[c] as number, beta.values[c] as number)
    }
  }
}

/**
 * dz = gamma / deviation · ((dy - mean dy) - x̂ · mean (dy·x̂)) in place; dbeta = Σ dy, dgamma = Σ dy·x̂, rows ascending.
 */
export function normBackward(
  numbers: Numbers,
  dz: Matrix,
  norm: PlainNorm,
  gamma: LearnedVector,
  beta: LearnedVector,
  rows: number,
): void {
  const { round, madd } = numbers
  const { data, stride } = dz
  const { normalised } = norm
  for (let c = 0; c < dz.columns; c++) {
    let sum = 0
    let product = 0
    for (let r = 0; r < rows; r++) {
      const dy = data[r * stride + c] as number
      sum = round(sum + dy)
      product = madd(dy, normalised.data[r * normalised.stride + c] as number, product)
    }
    beta.gradient[c] = sum
    gamma.gradient[c] = product
    const meanSlope = round(sum / rows)
    const meanProduct = -round(product / rows)
    const factor = round((gamma.values[c] as number) * (norm.inverseDeviation[c] as number))
    for (let r = 0; r < rows; r++) {
      const centred = round((data[r * stride + c] as number) - meanSlope)
      const slope = madd(normalised.data[r * normalised.stride + c] as number, meanProduct, centred)
      data[r * stride + c] = round(slope * factor)
    }
  }
}
