import { countOf, formatCount, formatPercent } from '../../report/numbers.ts'
import { bandAxis, bandAxisDown } from '../axis.ts'
import { type Cell, type CellRole, emptyFigure, type Figure, panel } from '../figure.ts'

/** A confusion matrix: rows are true classes, columns predicted ones. */
export interface ConfusionData {
  readonly trial: number
  /** Which rows were judged: `test`, or the validation part of a study whose test set nobody looked at. */
  readonly part: string
  readonly classes: readonly string[]
  readonly counts: readonly (readonly number[])[]
}

const TITLE = 'Confusion matrix'

/** @param data null where there is no matrix; then `reason` says why */
export function confusionFigure(data: ConfusionData | null, reason = NO_MATRIX): Figure {
  if (data === null || data.counts.length === 0) return emptyFigure(TITLE, reason)
  const { counts, classes, part, trial } = data
  const total = counts.flat().reduce((sum, count) => sum + count, 0)
  const right = counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  const size = classes.length
  const cells = counts.flatMap((row, i) => {
    const all = row.reduce((sum, count) => sum + count, 0)
    return row.map((count, j): Cell => {
      const share = all === 0 ? 0 : count / all
      return {
        kind: 'cell',
        role: shade(share),
        strong: i === j,
        x: [j / size, (j + 1) / size],
        y: [1 - (i + 1) / size, 1 - i / size],
        text: size <= 24 ? String(count) : '',
      }
    })
  })
  return {
    title: TITLE,
    summary: `Trial ${trial} on the ${part} set: ${formatPercent(total === 0 ? 0 : right / total)} of ${formatCount(total)} examples correct${worstPair(data)}.`,
    notes: [
      `Rows are the ${countOf(size, 'true class', 'true classes')}, columns the predicted ones; shaded by the row's share.`,
    ],
    legend: [],
    panels: [
      panel({
        x: bandAxis('predicted', classes),
        y: bandAxisDown('', classes),
        marks: cells,
        height: Math.min(520, Math.max(size * 30, 60)),
        maxWidth: Math.min(640, Math.max(size * 52, 120)),
      }),
    ],
  }
}

export const NO_MATRIX =
  'The test set has not been evaluated with a confusion matrix. To do so: finesweep evaluate.'

function shade(share: number): CellRole {
  const step = share === 0 ? 0 : share < 0.1 ? 1 : share < 0.4 ? 2 : share < 0.75 ? 3 : 4
  return `c${step}`
}

/** The commonest mistake, in words. */
function worstPair({ counts, classes }: ConfusionData): string {
  let worst = { i: -1, j: -1, count: 0 }
  counts.forEach((row, i) => {
    row.forEach((count, j) => {
      if (i !== j && count > worst.count) worst = { i, j, count }
    })
  })
  if (worst.count === 0) return ''
  return `; most often ${classes[worst.i]} was mistaken for ${classes[worst.j]} (${formatCount(worst.count)})`
}
