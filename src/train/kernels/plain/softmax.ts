import { log } from '../../../numerics/elementary.ts'
import type { Matrix } from '../kernels.ts'
import type { Numbers } from './numbers.ts'

type Labels = Uint8Array | Uint16Array

/**
 * Mean over the rows of -log softmax(scores)[label], in double from float sums; scores become their gradient,
 * (p - [label])·(1 / rows).
 */
export function softmaxLoss(numbers: Numbers, scores: Matrix, labels: Labels, rows: number): number {
  const { round } = numbers
  const share = round(1 / rows)
  let loss = 0
  for (let r = 0; r < rows; r++) {
    const at = r * scores.stride
    const label = labels[r] as number
    const largest = largestOf(scores, at)
    const margin = round((scores.data[at + label] as number) - largest)
    const sum = exponentials(numbers, scores, at, largest, scores)
    loss += log(sum) - margin
    for (let c = 0; c < scores.columns; c++) {
      const probability = round((scores.data[at + c] as number) / sum)
      scores.data[at + c] = round(round(probability - (c === label ? 1 : 0)) * share)
    }
  }
  return loss / rows
}

/** Sum of the rows' cross entropies and number of rows whose first largest score is the label's. */
export function score(
  numbers: Numbers,
  scores: Matrix,
  labels: Labels,
  rows: number,
): { readonly loss: number; readonly correct: number } {
  let loss = 0
  let correct = 0
  for (let r = 0; r < rows; r++) {
    const at = r * scores.stride
    const label = labels[r] as number
    const largest = largestOf(scores, at)
    const margin = numbers.round((scores.data[at + label] as number) - largest)
    loss += log(exponentials(numbers, scores, at, largest, null)) - margin
    let first = 0
    while (first < scores.columns && scores.data[at + first] !== largest) first++
    if (first === label) correct++
  }
  return { loss, correct }
}

/** Each row becomes its softmax. */
export function softmax(numbers: Numbers, scores: Matrix, rows: number): void {
  for (let r = 0; r < rows; r++) {
    const at = r * scores.stride
    const sum = exponentials(numbers, scores, at, largestOf(scores, at), scores)
    for (let c = 0; c < scores.columns; c++) {
      scores.data[at + c] = numbers.round((scores.data[at + c] as number) / sum)
    }
  }
}

/** The largest number of the row that starts at `at`. */
function largestOf(scores: Matrix, at: number): number {
  let largest = scores.data[at] as number
  for (let c = 1; c < scores.columns; c++) {
    largest = Math.max(largest, scores.data[at + c] as number)
  }
  return largest
}

/** Σ e^(score - largest) over the row, columns ascending; each term is kept in `into` if that is given. */
function exponentials(
  numbers: Numbers,
  scores: Matrix,
  at: number,
  largest: number,
  into: Matrix | null,
): number {
  let sum = 0
  for (let c = 0; c < scores.columns; c++) {
    const term = numbers.exp(numbers.round((scores.data[at + c] as number) - largest))
    sum = numbers.round(sum + term)
    if (into !== null) into.data[at + c] = term
  }
  return sum
}
