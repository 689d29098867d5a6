import { predict } from './evaluate.ts'
import type { Examples } from './inputs.ts'
import type { Network } from './network.ts'

/** Figures that do not reward guessing the most frequent class. */
export interface ClassMetrics {
  /** The mean of the classes' shares of rows that were guessed right; classes without rows do not count. */
  readonly balancedAccuracy: number
  /** The mean over all classes that occur, as labels or as guesses, of 2·right / (rows + guesses). */
  readonly macroF1: number
  /** The chance that a row of the second class gets a higher probability of it than one of the first; null for more classes. */
  readonly auc: number | null
  /** The accuracy of always guessing the most frequent class of these rows. */
  readonly majority: number
}

/** Balanced accuracy, macro F1 and, for two classes, the area under the ROC curve. Leaves the network as it was. */
export function classMetrics(network: Network, examples: Examples): ClassMetrics {
  const { classes } = network.architecture
  const { labels, probabilities } = predict(network, examples.inputs, examples.rows)
  const truth = Array.from(examples.rows, (row) => examples.labels[row]!)
  return metricsOfGuesses(truth, labels, probabilities, classes)
}

/** The same of guesses (rows) and probabilities (rows, classes). */
export function metricsOfGuesses(
  truth: readonly number[],
  guesses: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): ClassMetrics {
  const zeros = (): number[] => new Array<number>(classes).fill(0)
  const [rows, guessed, right] = [zeros(), zeros(), zeros()]
  for (const [i, label] of truth.entries()) {
    rows[label]! += 1
    guessed[guesses[i]!]! += 1
    if (guesses[i] === label) right[label]! += 1
  }
  const present = [...rows.keys()].filter((label) => rows[label]! > 0)
  const used = [...rows.keys()].filter((label) => rows[label]! + guessed[label]! > 0)
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const second = truth.map((_, i) => probabilities[i * classes + 1]!)
  return {
    balancedAccuracy: mean(present.map((label) => right[label]! / rows[label]!)),
    macroF1: mean(used.map((label) => (2 * right[label]!) / (rows[label]! + guessed[label]!))),
    auc: classes === 2 ? areaUnderRoc(second, truth) : null,
    majority: Math.max(...rows) / truth.length,
  }
}

/**
 * The area under the ROC curve of scores for labels 0 and 1, ties counting half; NaN if one label is missing.
 * Method: ranks (Hanley and McNeil, 1982).
 */
function areaUnderRoc(scores: readonly number[], labels: readonly number[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!)
  let [rankSum, positives] = [0, 0]
  for (let i = 0; i < order.length; ) {
    let end = i
    while (end < order.length && scores[order[end]!] === scores[order[i]!]) end++
    for (let j = i; j < end; j++) {
      if (labels[order[j]!] !== 1) continue
      rankSum += (i + 1 + end) / 2
      positives++
    }
    i = end
  }
  const negatives = order.length - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}
