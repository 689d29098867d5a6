import type { Examples } from '../../src/train/inputs.ts'
import type { Floats } from '../../src/train/kernels/kernels.ts'
import {
  backward,
  forwardTraining,
  gatherBatch,
  lossAndGradient,
  type Network,
  penalty,
} from '../../src/train/network.ts'

/** A training step taken apart, for checks. */
export interface TakenApart {
  /** Mean cross entropy, without and with the penalty. */
  readonly dataLoss: number
  readonly loss: number
  /** What each hidden layer handed up, and the scores; (rows, columns) row-major. */
  readonly hidden: readonly Floats[]
  readonly scores: Floats
  /** By the names of `NetworkState`: W1, b1, gamma1, beta1, ... */
  readonly gradients: Readonly<Record<string, Floats>>
}

/**
 * The losses and gradients of a training batch, by the very passes a step takes but without the step: no weight
 * changes. The running statistics move as in training; the dropout masks are used as they are.
 */
export function takeApart(
  network: Network,
  examples: Examples,
  order: Uint32Array,
  start: number,
  rows: number,
): TakenApart {
  const { kernels, hidden, output, reg } = network
  const x = gatherBatch(network, examples, order, start, rows)
  forwardTraining(network, x, rows)
  const outputs = hidden.map(({ h }) => compact(h, rows))
  const scores = compact(network.scores, rows)
  const dataLoss = lossAndGradient(network, rows)
  const gradients: Record<string, Floats> = {}
  backward(network, x, rows, {
    dense(dense, input, dy) {
      const number =
        dense === output ? hidden.length + 1 : hidden.findIndex((layer) => layer.dense === dense) + 1
      const { weights, bias } = kernels.gradient(input, dy, dense, rows, reg)
      gradients[`W${number}`] = weights
      gradients[`b${number}`] = bias
    },
    vector(vector) {
      const index = hidden.findIndex(({ norm }) => norm?.gamma === vector || norm?.beta === vector)
      const name = hidden[index]?.norm?.gamma === vector ? 'gamma' : 'beta'
      gradients[`${name}${index + 1}`] = vector.gradient.slice()
    },
  })
  return { dataLoss, loss: dataLoss + penalty(network), hidden: outputs, scores, gradients }
}

/** The first rows of a matrix without the gap between its rows. */
function compact(matrix: Network['scores'], rows: number): Floats {
  const { data, columns, stride } = matrix
  const copy = data.slice(0, rows * columns)
  for (let r = 0; r < rows; r++) copy.set(data.subarray(r * stride, r * stride + columns), r * columns)
  return copy
}
