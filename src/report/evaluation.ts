import type { DetailedScore } from '../train/evaluate.ts'
import { formatCount } from './numbers.ts'
import { wilsonInterval } from './summary.ts'
import { type Column, renderTable, type TableLayout } from './table.ts'
import { paint } from './text.ts'

/** A network judged on a test set: loss, accuracy, each class's accuracy, and what was taken for what. */
export function renderEvaluation(
  trial: number,
  score: DetailedScore,
  classes: readonly string[],
  layout: TableLayout,
): string {
  const [low, high] = wilsonInterval(score.accuracy, score.examples)
  const head = paint(
    [
      `Trial ${trial} on the test set: accuracy `,
      { text: score.accuracy.toFixed(4), tone: 'strong' },
      ` (${formatCount(score.examples)} examples; 95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}), loss ${score.loss.toFixed(4)}`,
    ],
    layout.colour,
  )
  const rows = score.confusion.map((guesses, label) => ({ label, guesses }))
  const columns: Column<(typeof rows)[number]>[] = [
    { title: 'CLASS', align: 'left', cell: ({ label }) => classes[label]! },
    { title: 'ACCURACY', align: 'decimal', cell: ({ label }) => formatShare(score.classAccuracy[label]!) },
    ...classes.map(
      (name, guess): Column<(typeof rows)[number]> => ({
        title: shortName(name, classes),
        align: 'right',
        optional: true,
        cell: ({ label, guesses }) =>
          label === guess ? { text: String(guesses[guess]), tone: 'strong' } : String(guesses[guess]),
      }),
    ),
  ]
  const legend = 'A row is a class; its numbers say how many were taken for which class.'
  return `${head}\n\n${renderTable(columns, rows, layout).text}\n${legend}\n`
}

function formatShare(share: number): string {
  return Number.isNaN(share) ? '-' : share.toFixed(4)
}

/** The first letters of a class's name, as many as tell it from the others; at least four. */
function shortName(name: string, classes: readonly string[]): string {
  for (let length = 4; length < name.length; length++) {
    const short = name.slice(0, length)
    if (classes.every((other) => other === name || !other.startsWith(short))) return short
  }
  return name
}

/** The same as plain JSON. */
export function evaluationJson(
  study: string,
  trial: number,
  score: DetailedScore,
  classes: readonly string[],
) {
  const { loss, accuracy, examples, confusion } = score
  const classAccuracy = score.classAccuracy.map((share) => (Number.isNaN(share) ? null : share))
  return { schemaVersion: 1, study, trial, examples, loss, accuracy, classes, classAccuracy, confusion }
}
