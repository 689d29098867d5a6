import { exp, log } from '../numerics/elementary.ts'
import type { Matrix } from './kernels/kernels.ts'

/**
 * Mean over the rows of w · -log softmax(scores)[label] for the weight w of the label's class; scores become its
 * gradient, w · (p - [label]) / rows. In double, rounded once to the matrix's own numbers: all backends share it.
 */
export function weightedSoftmaxLoss(
  scores: Matrix,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
  rows: number,
): number {
  const { data, columns, stride } = scores
  const terms = new Float64Array(columns)
  let loss = 0
  for (let r = 0; r < rows; r++) {
    const at = r * stride
    const label = labels[r]!
    const weight = weights[label]!
    let largest = data[at]!
    for (let c = 1; c < columns; c++) largest = Math.max(largest, data[at + c]!)
    let sum = 0
    for (let c = 0; c < columns; c++) {
      terms[c] = exp(data[at + c]! - largest)
      sum += terms[c]!
    }
    loss += weight * (log(sum) - (data[at + label]! - largest))
    for (let c = 0; c < columns; c++) {
      data[at + c] = (weight * (terms[c]! / sum - (c === label ? 1 : 0))) / rows
    }
  }
  return loss / rows
}

/** Weights that give each class the same say: rows / (classes · rows of the class); 0 for a class without rows. */
export function balancedWeights(labels: ArrayLike<number>, rows: Uint32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes)
  for (const row of rows) counts[labels[row]!]! += 1
  return counts.map((count) => (count === 0 ? 0 : rows.length / (classes * count)))
}
