import { dropoutKeys, dropoutScale, dropoutThreshold, dropoutWord } from '../dropout-words.ts'
import type { Activation, DropoutMask, Matrix, SeedWords } from '../kernels.ts'
import type { Numbers } from './numbers.ts'

/**
 * Each word of random bits serves two units: of eight neighbours in memory, i = r · stride + c, the first four take
 * the low halves of words 4·⌊i/8⌋ .. + 3, the other four the high halves. Below the threshold a unit is dropped.
 */
export function fillDropout(
  numbers: Numbers,
  mask: DropoutMask,
  probability: number,
  seed: SeedWords,
  step: number,
  rows: number,
): void {
  const { data, columns, stride } = mask.scale
  const threshold = dropoutThreshold(probability)
  const scale = numbers.round(dropoutScale(threshold))
  const keys = dropoutKeys(seed, step)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const i = r * stride + c
      const word = dropoutWord(4 * Math.floor(i / 8) + (i % 4), keys)
      const half = i % 8 < 4 ? word & 0xffff : word >>> 16
      data[i] = half < threshold ? 0 : scale
    }
  }
}

/** h = activation(z)·mask. What tanh and sigmoid need again, their value before the mask, is left in z. */
export function activationForward(
  numbers: Numbers,
  kind: Activation,
  z: Matrix,
  h: Matrix,
  rows: number,
  pieces: number,
  dropout: DropoutMask | null,
): void {
  for (let r = 0; r < rows; r++) {
    for (let u = 0; u < h.columns; u++) {
      const at = r * z.stride + u * pieces
      let value = z.data[at] as number
      if (kind === 'relu') value = relu(value)
      else if (kind === 'maxout') value = z.data[at + largestPiece(z, at, pieces)] as number
      else {
        value = kind === 'tanh' ? numbers.tanh(value) : numbers.sigmoid(value)
        z.data[at] = value
      }
      h.data[r * h.stride + u] = masked(numbers, value, dropout, r, u)
    }
  }
}

/** dz = (dh·mask)·activation'(z). */
export function activationBackward(
  numbers: Numbers,
  kind: Activation,
  z: Matrix,
  h: Matrix,
  dh: Matrix,
  dz: Matrix,
  rows: number,
  pieces: number,
  dropout: DropoutMask | null,
): void {
  const { round } = numbers
  for (let r = 0; r < rows; r++) {
    for (let u = 0; u < h.columns; u++) {
      const slope = masked(numbers, dh.data[r * dh.stride + u] as number, dropout, r, u)
      const from = r * z.stride + u * pieces
      const to = r * dz.stride + u * pieces
      const value = z.data[from] as number
      if (kind === 'relu') {
        dz.data[to] = (h.data[r * h.stride + u] as number) > 0 ? slope : 0
      } else if (kind === 'tanh') {
        dz.data[to] = round(slope * round(1 - round(value * value)))
      } else if (kind === 'sigmoid') {
        dz.data[to] = round(slope * round(value * round(1 - value)))
      } else {
        const largest = largestPiece(z, from, pieces)
        for (let p = 0; p < pieces; p++) dz.data[to + p] = p === largest ? slope : 0
      }
    }
  }
}

/** max(0, value), but -0 stays -0, as the vector instruction has it. NaN stays NaN, so that divergence is seen. */
function relu(value: number): number {
  // biome-ignore lint/complexity/useMathMinMax: Math.max makes -0 a 0
  return value < 0 ? 0 : value
}

/** The first of the largest of `pieces` numbers from `at`. */
function largestPiece(z: Matrix, at: number, pieces: number): number {
  let largest = 0
  for (let p = 1; p < pieces; p++) {
    if ((z.data[at + largest] as number) < (z.data[at + p] as number)) largest = p
  }
  return largest
}

function masked(numbers: Numbers, value: number, dropout: DropoutMask | null, r: number, u: number): number {
  if (dropout === null) return value
  return numbers.round(value * (dropout.scale.data[r * dropout.scale.stride + u] as number))
}
