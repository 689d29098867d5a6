import type { TestScore } from '../train/test-score.ts'
import { formatCount } from './numbers.ts'
import { type Column, renderTable, type TableLayout } from './table.ts'
import { wilsonInterval } from './test-lines.ts'
import { paint } from './text.ts'

/** The evaluation of a network on a test set: loss, accuracy, each class's accuracy, and the confusion matrix. */
export function renderEvaluation(
  trial: number,
  { examples, metrics, detail: score }: TestScore,
  classes: readonly string[],
  layout: TableLayout,
): string {
  if (score === null) {
    const { r2 } = metrics
    const figures = r2 === undefined ? [] : ['R² ', { text: r2.toFixed(4), tone: 'strong' as const }, ', ']
    const rest = `RMSE ${formatNumber(metrics.rmse!)} (${formatCount(examples)} examples), loss ${metrics.loss!.toFixed(4)}`
    return `${paint([`Trial ${trial} on the test set: `, ...figures, rest], layout.colour)}\n`
  }
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
  const others = paint([{ text: furtherFigures(metrics), tone: 'dim' }], layout.colour)
  const legend = 'Rows are true classes, columns the predicted ones.'
  return `${head}\n${others}\n\n${renderTable(columns, rows, layout).text}\n${legend}\n`
}

/** `balanced accuracy 0.8123, macro F1 0.7990, AUC 0.9120; always guessing the most frequent class: 0.7500` */
function furtherFigures({ balancedAccuracy, macroF1, auc, majority }: TestScore['metrics']): string {
  const roc = auc === undefined ? '' : `, AUC ${auc.toFixed(4)}`
  return `balanced accuracy ${balancedAccuracy!.toFixed(4)}, macro F1 ${macroF1!.toFixed(4)}${roc}; always guessing the most frequent class: ${majority!.toFixed(4)}`
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(5)))
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
  { examples, metrics, detail }: TestScore,
  classes: readonly string[],
) {
  const head = { schemaVersion: 1, study, trial, examples, ...metrics }
  if (detail === null) return { ...head, target: classes[0] }
  const classAccuracy = detail.classAccuracy.map((share) => (Number.isNaN(share) ? null : share))
  return { ...head, classes, classAccuracy, confusion: detail.confusion }
}
