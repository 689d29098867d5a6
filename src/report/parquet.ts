import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { cellOfChoice } from '../space/choice-text.ts'
import type { Params, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { StageRecord } from '../store/store.ts'
import type { TrialRecord } from '../trial.ts'
import { type CsvCell, choicesOf, exportTable } from './export.ts'
import { rootParameters, type StudyContext } from './trial-columns.ts'

/**
 * The bytes of a Parquet file with the columns of the CSV: numbers as DOUBLE, truth values as BOOLEAN, the rest as text,
 * in which the texts of a list of choices are quoted as in the CSV if the list has others that are written alike. Choices
 * with null among them are text, too, if not every trial has the parameter: null is then for those that do not.
 */
export function exportParquet(trials: readonly TrialRecord[], { stages }: StudyContext): Uint8Array {
  const { titles, toRow } = exportTable(trials, stages)
  const cellsOf = cellWriter(trials, stages)
  const rows = trials.map((trial) => toRow({ ...trial, params: cellsOf(trial.params) }))
  const columnData = titles.map((name, at) =>
    column(
      name,
      rows.map((row) => row[at] ?? null),
    ),
  )
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

/** How the params of these trials are written. */
function cellWriter(
  trials: readonly TrialRecord[],
  stages: readonly StageRecord[],
): (params: Params) => Params {
  const conditions = stages[0]?.space.conditions ?? {}
  const lists = new Map(Object.entries(rootParameters(stages)).map(([name, each]) => [name, choicesOf(each)]))
  const isPartial = (name: string): boolean =>
    Object.hasOwn(conditions, name) || trials.some(({ params }) => own(params, name) === undefined)
  const withNull = new Set(
    [...lists].flatMap(([name, choices]) => (choices?.includes(null) && isPartial(name) ? [name] : [])),
  )
  const cellOf = (name: string, value: ParamValue): ParamValue => {
    const choices = lists.get(name) ?? null
    if (choices === null) return value
    if (withNull.has(name)) return String(cellOfChoice(choices, value))
    // A column of texts alone needs no quotes, and null has a form of its own.
    const isTexts = choices.every((choice) => choice === null || typeof choice === 'string')
    return value === null || isTexts ? value : cellOfChoice(choices, value)
  }
  return (params) =>
    Object.fromEntries(Object.entries(params).map(([name, value]) => [name, cellOf(name, value)]))
}

function column(name: string, cells: readonly CsvCell[]): ColumnSource {
  const all = (type: string): boolean => cells.every((cell) => cell === null || typeof cell === type)
  const isEmpty = cells.every((cell) => cell === null)
  if (!isEmpty && all('number')) return { name, data: [...cells], type: 'DOUBLE', nullable: true }
  if (!isEmpty && all('boolean')) return { name, data: [...cells], type: 'BOOLEAN', nullable: true }
  const data = cells.map((cell) => (cell === null ? null : String(cell)))
  return { name, data, type: 'STRING', nullable: true }
}
