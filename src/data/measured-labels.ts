/** Labels that look like measurements: too many different ones, or such as no one numbers classes with. */
export interface MeasuredLabels {
  readonly distinct: number
  readonly rows: number
  /** Whether all of them are numbers, so that they can be predicted as such. */
  readonly numeric: boolean
}

/** Up to this many different labels are classes, whatever they look like; fractions only up to five. */
export const FEW = 20
/** A class that can be learned and judged has a row for each part. */
const LEAST_ROWS = 3

/**
 * Whether labels look measured rather than named; null if they may well be classes.
 * @param labels of the rows; null for none
 * @param parse the number in a label; NaN for none
 */
export function measuredLabels(
  labels: Iterable<string | null>,
  parse: (label: string) => number,
): MeasuredLabels | null {
  const counts = new Map<string, number>()
  let rows = 0
  for (const label of labels) {
    if (label === null) continue
    counts.set(label, (counts.get(label) ?? 0) + 1)
    rows++
  }
  const distinct = counts.size
  const values = Array.from(counts.keys(), parse)
  const numeric = values.every((value) => !Number.isNaN(value))
  return looksMeasured(counts, rows, numeric ? values : null) ? { distinct, rows, numeric } : null
}

function looksMeasured(counts: ReadonlyMap<string, number>, rows: number, values: readonly number[] | null) {
  const distinct = counts.size
  if (values === null) return distinct > FEW && distinct * 2 > rows
  if (values.some((value) => !Number.isInteger(value))) {
    return distinct > FEW || (distinct > 5 && distinct * 4 > rows)
  }
  if (distinct > 5 && distinct * 2 > rows) return true
  // Of many classes by number each has some rows; what is counted or rounded has rare values.
  return distinct > FEW && (distinct * 4 > rows || [...counts.values()].some((count) => count < LEAST_ROWS))
}

/** Says that numbers are predicted as such, and the way out. @param what with its verb: `the label, column 3, is` */
export function regressionRemark(what: string, { distinct, rows }: MeasuredLabels): string {
  return `${what} predicted as a number, since ${distinct} different values in ${rows} rows look like measurements (task: regression); if they are classes, write task: classification`
}
