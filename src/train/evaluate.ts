import type { Examples, Inputs } from './inputs.ts'
import { forwardTesting, gatherBatch, type Network } from './network.ts'
import { lossOf } from './regression.ts'

/** How a network does on examples, in test mode. */
export interface Score {
  /** Mean cross entropy, without the penalty; NaN without examples. */
  readonly loss: number
  /** The share whose largest score (the first of equals) is the label, in [0, 1]; NaN without examples. */
  readonly accuracy: number
}

/** How a network that predicts a number does on examples, in test mode. */
export interface RegressionScore {
  /** Mean loss, without the penalty; NaN without examples. */
  readonly loss: number
  /** The share of the targets' variance that the predictions explain: 1 - Σ(y - p)² / Σ(y - mean)²; NaN if they are all alike. */
  readonly r2: number
  /** Root of the mean squared distance, in the units of the standardised targets. */
  readonly rmse: number
  readonly examples: number
}

/** Loss, R² and RMSE over all rows of the examples. Leaves the network as it was. */
export function scoreRegression(network: Network, examples: Examples): RegressionScore {
  const { rows } = examples
  const values = predictNumbers(network, examples.inputs, rows)
  const mean = rows.reduce((sum, row) => sum + examples.targets![row]!, 0) / rows.length
  let [loss, squares, spread] = [0, 0, 0]
  for (const [i, row] of rows.entries()) {
    const target = examples.targets![row]!
    const distance = values[i]! - target
    loss += lossOf(distance, network.loss)
    squares += distance * distance
    spread += (target - mean) * (target - mean)
  }
  const n = rows.length
  return {
    loss: loss / n,
    r2: spread > 0 ? 1 - squares / spread : Number.NaN,
    rmse: Math.sqrt(squares / n),
    examples: n,
  }
}

/** What the network says of the given rows, in standardised units; (rows). Leaves the network as it was. */
export function predictNumbers(network: Network, inputs: Inputs, rows: Uint32Array): Float32Array {
  const { maxRows, scores } = network
  const values = new Float32Array(rows.length)
  const unlabelled: Examples = { inputs, labels: new Uint8Array(inputs.values.length / inputs.columns), rows }
  for (let start = 0; start < rows.length; start += maxRows) {
    const count = Math.min(maxRows, rows.length - start)
    forwardTesting(network, gatherBatch(network, unlabelled, rows, start, count), count)
    for (let r = 0; r < count; r++) values[start + r] = scores.data[r * scores.stride]!
  }
  return values
}

/** A score with every guess counted. */
export interface DetailedScore extends Score {
  readonly examples: number
  /** confusion[label][guess]: how many examples of class `label` were predicted as class `guess`. */
  readonly confusion: readonly (readonly number[])[]
  /** The share of each class's examples that were guessed right; NaN for a class without examples. */
  readonly classAccuracy: readonly number[]
}

/** What a network says of rows of inputs. */
export interface Predictions {
  readonly rows: number
  readonly classes: number
  /** The class of the largest score, the first of equals; (rows). */
  readonly labels: Uint16Array
  /** Softmax of the scores; (rows, classes) row-major. */
  readonly probabilities: Float32Array
}

/** Loss and accuracy over all rows of the examples. Leaves the network as it was. */
export function score(network: Network, examples: Examples): Score {
  const { kernels, maxRows } = network
  const { rows } = examples
  let loss = 0
  let correct = 0
  for (let start = 0; start < rows.length; start += maxRows) {
    const count = Math.min(maxRows, rows.length - start)
    forwardTesting(network, gatherBatch(network, examples, rows, start, count), count)
    const part = kernels.score(network.scores, network.labels, count)
    loss += part.loss
    correct += part.correct
  }
  return { loss: loss / rows.length, accuracy: correct / rows.length }
}

/** The same with the confusion matrix and the accuracy of each class. */
export function scoreInDetail(network: Network, examples: Examples): DetailedScore {
  const { classes } = network.architecture
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  const { labels } = predict(network, examples.inputs, examples.rows)
  for (const [i, row] of examples.rows.entries()) confusion[examples.labels[row]!]![labels[i]!]! += 1
  const classAccuracy = confusion.map(
    (guesses, label) => guesses[label]! / guesses.reduce((a, b) => a + b, 0),
  )
  return { ...score(network, examples), examples: examples.rows.length, confusion, classAccuracy }
}

/** Labels and probabilities of the given rows of the inputs. Leaves the network as it was. */
export function predict(network: Network, inputs: Inputs, rows: Uint32Array): Predictions {
  const { kernels, maxRows, scores } = network
  const { classes } = network.architecture
  const unlabelled: Examples = { inputs, labels: new Uint8Array(inputs.values.length / inputs.columns), rows }
  const labels = new Uint16Array(rows.length)
  const probabilities = new Float32Array(rows.length * classes)
  for (let start = 0; start < rows.length; start += maxRows) {
    const count = Math.min(maxRows, rows.length - start)
    forwardTesting(network, gatherBatch(network, unlabelled, rows, start, count), count)
    for (let r = 0; r < count; r++) {
      const at = r * scores.stride
      labels[start + r] = indexOfLargest(scores.data.subarray(at, at + classes))
    }
    kernels.softmax(scores, count)
    for (let r = 0; r < count; r++) {
      const at = r * scores.stride
      probabilities.set(scores.data.subarray(at, at + classes), (start + r) * classes)
    }
  }
  return { rows: rows.length, classes, labels, probabilities }
}

function indexOfLargest(values: ArrayLike<number>): number {
  let largest = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[largest]!) largest = i
  return largest
}
