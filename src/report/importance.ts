import { importance, LEAST_FOR_IMPORTANCE, type ParameterImportance } from '../search/importance.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import { FINISHED_STATES, type TrialRecord } from '../trial.ts'
import { shortName } from './names.ts'
import { countOf, formatPercent, NO_VALUE } from './numbers.ts'
import { type Column, renderTable, type TableLayout } from './table.ts'
import { oneLine, wrap } from './text.ts'
import { SCHEMA_VERSION, studyHead } from './trial-json.ts'

/** How much each parameter of a study mattered; null where too few trials have a value. */
export interface StudyImportance {
  readonly study: StudyRecord
  readonly parameters: readonly ParameterImportance[] | null
  /** Whether the last stage searched another box than the first. */
  readonly narrowed: boolean
}

export function readImportance(
  reader: StudyReader,
  study: StudyRecord,
  stages: readonly StageRecord[],
): StudyImportance {
  return importanceOf(study, stages, reader.trials(study.id, { states: FINISHED_STATES }))
}

/** The same of trials that were read already; those that have not finished are ignored. */
export function importanceOf(
  study: StudyRecord,
  stages: readonly StageRecord[],
  trials: readonly TrialRecord[],
): StudyImportance {
  const root = stages[0]?.space
  const box = stages.at(-1)?.space
  if (root === undefined || box === undefined) return { study, parameters: null, narrowed: false }
  const { direction } = study
  const found = importance({ root, box, trials, stages, direction })
  const parameters = found?.toSorted((a, b) => b.whole.main - a.whole.main) ?? null
  return { study, parameters, narrowed: JSON.stringify(root) !== JSON.stringify(box) }
}

/** As one document: shares of the main and total effects in [0, 1], and the curves they come from. */
export function importanceJson({ study, parameters }: StudyImportance) {
  return { ...studyHead(study), schemaVersion: SCHEMA_VERSION, parameters }
}

/** A sentence, and a table with the most important parameter first. */
export function renderImportance(
  { study, parameters, narrowed }: StudyImportance,
  layout: TableLayout,
): string {
  const name = oneLine(study.name)
  if (parameters === null) {
    return `${name}: importance needs ${countOf(LEAST_FOR_IMPORTANCE, 'trial')} with a value.\n`
  }
  if (parameters.length === 0) return `${name}: no parameter varies.\n`
  const head = `${name}: how much of the differences in ${oneLine(study.metric)} each parameter accounts for\n\n`
  const notes = [
    ...(parameters.some(({ whole }) => whole.withOthers) ? [OTHERS_NOTE] : []),
    ...(narrowed ? [BOX_NOTE] : []),
  ]
  return (
    head +
    renderTable(columns(narrowed), parameters, layout).text +
    notes.map((note) => `\n${wrap(note, layout.width ?? 120).join('\n')}\n`).join('')
  )
}

const BOX_NOTE = 'IMPORTANCE is over the whole ranges, HERE in the box of the last stage.'
/** Each share has its own sum: with others may be the lower one. */
const OTHERS_NOTE =
  'with others: the share of the total effects, in which interactions count for every parameter that takes part.'

function columns(narrowed: boolean): Column<ParameterImportance>[] {
  return [
    {
      title: 'PARAMETER',
      align: 'left',
      cell: ({ name }) => shortName(name),
      // A name that is cut may be that of another row.
      maxWidth: Number.POSITIVE_INFINITY,
    },
    { title: 'IMPORTANCE', align: 'right', cell: ({ whole }) => formatPercent(rounded(whole.main)) },
    ...(narrowed
      ? [
          {
            title: 'HERE',
            align: 'right',
            cell: ({ here }: ParameterImportance) =>
              here === null ? NO_VALUE : formatPercent(rounded(here.main)),
          } as const,
        ]
      : []),
    {
      title: '',
      align: 'left',
      cell: ({ whole }) => (whole.withOthers ? `with others ${formatPercent(rounded(whole.total))}` : ''),
    },
  ]
}

/** Whole percents: the estimate knows no more. */
function rounded(share: number): number {
  return Math.round(share * 100) / 100
}
