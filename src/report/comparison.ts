import { own } from '../space/own.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import { studyDigest } from '../study/digest.ts'
import { winningTrial } from '../study/winning-trial.ts'
import { formatDistribution, formatMetric, formatParam, NO_VALUE } from './numbers.ts'
import { overviewOf } from './overview.ts'
import { type Column, renderTable, type TableLayout } from './table.ts'
import { oneLine } from './text.ts'
import { rootParameters } from './trial-columns.ts'

/** Something in which two studies may differ. */
export interface ComparedRow {
  readonly what: string
  readonly a: string
  readonly b: string
}

/** What came of a study, what its winner is, and where its last stage searched. */
export function comparedRows(reader: StudyReader, a: StudyRecord, b: StudyRecord): ComparedRow[] {
  const [left, right] = [factsOf(reader, a), factsOf(reader, b)]
  return [...new Set([...left.keys(), ...right.keys()])].map((what) => ({
    what,
    a: left.get(what) ?? NO_VALUE,
    b: right.get(what) ?? NO_VALUE,
  }))
}

function factsOf(reader: StudyReader, study: StudyRecord): Map<string, string> {
  const stages = reader.stages(study.id)
  const { activity, finished, trials, counts } = overviewOf(reader, study)
  const winner = winningTrial(reader, study)
  const facts = new Map([
    ['state', activity],
    ['trials', `${finished} of ${trials}`],
    ['diverged, failed', `${counts.diverged}, ${counts.failed}`],
    // Not the best one: with noise, another trial may have a better value.
    ['winner', winner === null ? NO_VALUE : `trial ${winner.number}`],
    [`winner's ${study.metric}`, formatMetric(study.metric, winner?.value)],
    ['digest', `${studyDigest(reader, study.id).slice(0, 16)}…`],
  ])
  const root = rootParameters(stages)
  for (const [name, value] of Object.entries(winner?.params ?? {})) {
    // One may be called like the metric.
    const key = facts.has(`winner's ${name}`) ? `winner's parameter ${name}` : `winner's ${name}`
    facts.set(key, formatParam(value, own(root, name)))
  }
  for (const [name, range] of lastRanges(stages)) facts.set(`last range of ${name}`, range)
  return facts
}

function lastRanges(stages: readonly StageRecord[]): [string, string][] {
  const parameters = Object.entries(stages.at(-1)?.space.parameters ?? {})
  return parameters
    .filter(([, { kind }]) => kind !== 'fixed')
    .map(([name, distribution]) => [name, formatDistribution(distribution)])
}

/** A table with a column for each study. */
export function renderComparison(
  names: readonly [string, string],
  rows: readonly ComparedRow[],
  layout: TableLayout,
): string {
  const columns: Column<ComparedRow>[] = [
    // A name that is cut may be that of another row.
    { title: '', align: 'left', cell: ({ what }) => what, maxWidth: Number.POSITIVE_INFINITY },
    { title: names[0], align: 'left', cell: ({ a, b }) => fromDifference(a, b), maxWidth: MOST },
    { title: names[1], align: 'left', cell: ({ a, b }) => fromDifference(b, a), maxWidth: MOST },
  ]
  return renderTable(columns, rows, layout).text
}

/** The most columns of a value. */
const MOST = 44
/** How much of what is the same stands before what differs. */
const BEFORE = 12

/** A text without its beginning, where that alone would be seen and is the same as another's. */
function fromDifference(text: string, other: string): string {
  const [signs, others] = [[...oneLine(text)], [...oneLine(other)]]
  if (Math.max(signs.length, others.length) <= MOST) return text
  const first = signs.findIndex((sign, i) => sign !== others[i])
  const at = first === -1 ? signs.length : first
  if (text === other || at < MOST - 1) return text
  return `…${signs.slice(Math.max(0, at - BEFORE)).join('')}`
}
