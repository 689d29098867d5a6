import type { Matrix } from './kernels/kernels.ts'

/** How far a prediction is from its target: half the square, or Huber's, which grows linearly from a distance of 1 on. */
export type RegressionLoss = 'squared' | 'huber'

/** From which distance Huber's loss is linear, in deviations of the target. */
const HUBER_DELTA = 1

/**
 * Mean loss of predictions (rows, 1) and its gradient over them in place, (1 / rows) · dL/dp. One column is so little
 * that all backends share this: sums in double, each gradient rounded once to the matrix's own numbers.
 * Source: P. J. Huber, "Robust Estimation of a Location Parameter" (1964).
 */
export function regressionLoss(
  predictions: Matrix,
  targets: ArrayLike<number>,
  rows: number,
  loss: RegressionLoss,
): number {
  let sum = 0
  for (let r = 0; r < rows; r++) {
    const at = r * predictions.stride
    const distance = predictions.data[at]! - targets[r]!
    sum += lossOf(distance, loss)
    const slope = loss === 'huber' ? Math.max(-HUBER_DELTA, Math.min(HUBER_DELTA, distance)) : distance
    predictions.data[at] = slope / rows
  }
  return sum / rows
}

/** The loss of one prediction at that distance from its target. */
export function lossOf(distance: number, loss: RegressionLoss): number {
  const size = Math.abs(distance)
  if (loss === 'huber' && size > HUBER_DELTA) return HUBER_DELTA * (size - HUBER_DELTA / 2)
  return (distance * distance) / 2
}
