import { UserError } from '../errors.ts'
import type { ClassificationData } from '../train/inputs.ts'

/**
 * Refuses a metric that the validation rows leave undefined: every trial would diverge with NaN.
 * @throws UserError `usage` with what the rows hold and a way out
 */
export function requireDefinedMetric(metric: string, folds: readonly ClassificationData[]): void {
  if (metric === 'validAuc') requireTwoClasses(folds)
  if (metric === 'validR2') requireSpread(folds)
}

function requireTwoClasses(folds: readonly ClassificationData[]): void {
  const { classes } = folds[0]!
  if (classes.length !== 2) {
    const some = classes.slice(0, 8).join(', ')
    throw new UserError(
      'usage',
      `metric: validAuc is defined for two classes, but the data have ${classes.length}: ${some}${classes.length > 8 ? ', ...' : ''}`,
      { hint: 'Write metric: validMacroF1 or validBalancedAccuracy.' },
    )
  }
  for (const [i, { valid }] of folds.entries()) {
    const first = valid.labels[valid.rows[0]!]!
    if (valid.rows.some((row) => valid.labels[row] !== first)) continue
    throw new UserError(
      'usage',
      `metric: validAuc needs validation rows of both classes, but ${rowsOf(folds, i)} of class ${JSON.stringify(classes[first])}`,
      { hint: `Write metric: validMacroF1, or validate on more rows: ${moreRows(folds)}.` },
    )
  }
}

function requireSpread(folds: readonly ClassificationData[]): void {
  for (const [i, { valid, target }] of folds.entries()) {
    const first = valid.targets![valid.rows[0]!]!
    if (valid.rows.some((row) => valid.targets![row] !== first)) continue
    const value = Number((target!.mean + target!.deviation * first).toPrecision(6))
    throw new UserError(
      'usage',
      `metric: validR2 needs validation rows with different targets, but ${rowsOf(folds, i)} ${value}`,
      { hint: `Write metric: validRmse, or validate on more rows: ${moreRows(folds)}.` },
    )
  }
}

/** `the only one is`, `all 4 of fold 2 are` */
function rowsOf(folds: readonly ClassificationData[], fold: number): string {
  const count = folds[fold]!.valid.rows.length
  const of = folds.length === 1 ? '' : ` of fold ${fold + 1}`
  return count === 1 ? `the only one${of} is` : `all ${count}${of} are`
}

function moreRows(folds: readonly ClassificationData[]): string {
  if (folds.length > 1) return 'fewer split.folds'
  const { train, valid } = folds[0]!
  const several = Math.max(2, Math.min(5, Math.floor((train.rows.length + valid.rows.length) / 3)))
  return `a larger split.valid, or split: { folds: ${several} }`
}
