import { describe, expect, it } from 'vitest'
import { metricsOfGuesses } from '../../src/train/class-metrics.ts'
import type { Matrix } from '../../src/train/kernels/kernels.ts'
import { lossOf, type RegressionLoss, regressionLoss } from '../../src/train/regression.ts'
import { balancedWeights, weightedSoftmaxLoss } from '../../src/train/weighted-softmax.ts'

function matrix(rows: readonly (readonly number[])[], stride = 8): Matrix {
  const data = new Float64Array(rows.length * stride)
  for (const [r, row] of rows.entries()) data.set(row, r * stride)
  return { data, maxRows: rows.length, columns: rows[0]!.length, stride }
}

/** The largest difference of a gradient from central differences. */
function gradientError(rows: readonly (readonly number[])[], loss: (scores: Matrix) => number): number {
  const scores = matrix(rows)
  loss(scores)
  const h = 1e-6
  let worst = 0
  for (const [r, row] of rows.entries()) {
    for (const [c, value] of row.entries()) {
      const at = (x: number): number =>
        loss(matrix(rows.map((other, i) => (i === r ? other.with(c, x) : [...other]))))
      const slope = (at(value + h) - at(value - h)) / (2 * h)
      worst = Math.max(worst, Math.abs(slope - scores.data[r * scores.stride + c]!))
    }
  }
  return worst
}

describe('the loss of a number', () => {
  it('is half the square, or Huber’s: linear from a distance of 1 on', () => {
    expect([lossOf(0.5, 'squared'), lossOf(-3, 'squared')]).toEqual([0.125, 4.5])
    expect([lossOf(0.5, 'huber'), lossOf(-3, 'huber'), lossOf(1, 'huber')]).toEqual([0.125, 2.5, 0.5])
  })

  it.each(['squared', 'huber'] as const)(
    'has the gradient that differences show (%s)',
    (loss: RegressionLoss) => {
      const targets = [0, 0.5, -4, 2]
      const rows = [[0.3], [3], [1], [1.2]]
      expect(gradientError(rows, (scores) => regressionLoss(scores, targets, 4, loss))).toBeLessThan(1e-8)
    },
  )
})

describe('class weights', () => {
  it('give each class the same say, and have the gradient that differences show', () => {
    const labels = [0, 2, 2, 1, 2]
    const weights = balancedWeights(labels, Uint32Array.of(0, 1, 2, 3, 4), 3)
    expect([...weights]).toEqual([5 / 3, 5 / 3, 5 / 9])
    const rows = [
      [0.2, -1, 3],
      [1, 1, 1],
      [-2, 0.5, 0.1],
      [0, 4, 2],
      [3, 2, 1],
    ]
    expect(gradientError(rows, (scores) => weightedSoftmaxLoss(scores, labels, weights, 5))).toBeLessThan(
      1e-8,
    )
    expect(weightedSoftmaxLoss(matrix([[0, 0]]), [1], [1, 3], 1)).toBeCloseTo(3 * Math.LN2, 14)
  })
})

describe('figures of guesses', () => {
  it('are those of scikit-learn 1.9', () => {
    const truth = [0, 0, 0, 0, 1, 1, 0, 1]
    const guesses = [0, 0, 1, 0, 1, 0, 0, 1]
    const second = [0.1, 0.4, 0.6, 0.2, 0.9, 0.4, 0.3, 0.8]
    const metrics = metricsOfGuesses(
      truth,
      guesses,
      second.flatMap((p) => [1 - p, p]),
      2,
    )
    expect(metrics.balancedAccuracy).toBeCloseTo(0.7333333333333334, 14)
    expect(metrics.macroF1).toBeCloseTo(0.7333333333333334, 14)
    expect(metrics.auc).toBeCloseTo(0.9, 14)
    expect(metrics.majority).toBe(5 / 8)
  })

  it('leave out classes without rows', () => {
    const metrics = metricsOfGuesses([0, 1, 1], [0, 1, 0], new Float32Array(12), 4)
    expect([metrics.balancedAccuracy, metrics.auc]).toEqual([0.75, null])
    expect(metrics.macroF1).toBeCloseTo(2 / 3, 14)
  })
})
