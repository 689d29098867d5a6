import { stringify } from 'csv-stringify/sync'
import type { Predictions } from '../train/evaluate.ts'

/** CSV of predicted numbers, a line each: the row's number from 0, and the prediction in the units of the data. */
export function* numbersCsv(
  numbers: Float64Array,
  name: string,
  incomplete: ReadonlySet<number> = new Set(),
): Generator<string> {
  yield line(['row', name])
  for (const [row, value] of numbers.entries()) yield line([row, incomplete.has(row) ? '' : value])
}

/**
 * CSV of predictions, a line each: the row's number from 0, its label, and each class's probability. For programs: no
 * text is changed for the sake of spreadsheets.
 * @param incomplete rows without a prediction: their cells stay empty
 */
export function* predictionsCsv(
  predictions: Predictions,
  classes: readonly string[],
  incomplete: ReadonlySet<number> = new Set(),
): Generator<string> {
  yield line(['row', 'label', ...classes.map((name) => `p_${name}`)])
  for (let row = 0; row < predictions.rows; row++) {
    if (incomplete.has(row)) {
      yield line([row, '', ...classes.map(() => '')])
      continue
    }
    const at = row * predictions.classes
    const probabilities = Array.from(predictions.probabilities.subarray(at, at + predictions.classes))
    yield line([row, classes[predictions.labels[row]!]!, ...probabilities])
  }
}

function line(cells: readonly (string | number)[]): string {
  return stringify([[...cells]])
}
