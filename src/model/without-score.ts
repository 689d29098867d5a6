import type { UnlabelledRows } from '../data/table/matched-rows.ts'
import { shorten } from '../text/quote.ts'

/** Why labels that came along say nothing of the predictions. */
export function whyNoAccuracy(labels: readonly string[] | null, classes: readonly string[]): string[] {
  const known = new Set(classes)
  const others = labels?.filter((label) => !known.has(label)) ?? []
  if (others.length === 0) return []
  const named = others.filter((label) => label !== '')
  const what =
    named.length === 0 ? 'no label' : `a label that is not a class of the study, such as ${show(named[0]!)}`
  return [
    `accuracy cannot be computed: ${rowsWith(named.length === 0 ? others.length : named.length)} ${what}`,
  ]
}

/** The same for numbers. */
export function whyNoR2({ labels, labelNumber, incomplete }: UnlabelledRows): string[] {
  const truth = (labels ?? []).filter((_, row) => !incomplete.has(row))
  if (truth.length === 0) return []
  const wrong = truth.filter((label) => label === '' || Number.isNaN(labelNumber(label)))
  if (wrong.length === 0) return ['R² cannot be computed: all rows have the same target']
  const named = wrong.find((label) => label !== '')
  const example = named === undefined ? '' : `, such as ${show(named)}`
  return [`R² cannot be computed: ${rowsWith(wrong.length)} no number for the target${example}`]
}

function rowsWith(count: number): string {
  return `${count} ${count === 1 ? 'row has' : 'rows have'}`
}

function show(label: string): string {
  return JSON.stringify(shorten(label, 40))
}
