import type { UserError } from '../../errors.ts'
import { malformed } from '../read-file.ts'
import { type MissingWords, parseNumber } from './cells.ts'
import { labelColumn, summaryText } from './class-column.ts'
import { isInfinite, placeOfRow } from './input-columns.ts'
import { doubtfulPoint, PointGroups } from './point-groups.ts'
import { columnName, quoted, type Selection, type Table } from './table.ts'

interface TargetSettings {
  /** What happens to rows without a target, and to a last row that looks like a summary line's. */
  readonly unlabelled: 'error' | 'drop' | 'class'
  readonly words: MissingWords
}

/** The numbers of a table that are to be predicted. */
export interface TargetColumn {
  /** The number of each row; null for rows that are left out. */
  readonly targets: readonly (number | null)[]
  readonly remarks: readonly string[]
}

/**
 * The number that each row is to be predicted, from the label's column.
 * @throws UserError `usage` for cells that are no number within the range of float32, with their place
 */
export function readTargets(
  table: Table,
  { label, names, width }: Selection,
  { unlabelled, words }: TargetSettings,
): TargetColumn {
  const column = labelColumn(table, { label, names, width, inputs: [] })
  const { codes, texts } = column
  const name = columnName(label!, names)
  const values = texts.map((text) => parseNumber(text, table.style))
  if (table.openPoint) refuseDoubtfulPoints(table, codes, texts, name)
  const summary = summaryText(column, texts, table.style)
  const isGap = (code: number): boolean => code < 0 || words.hasNumber(values[code]!)
  const targets = Array.from(codes, (code, row) => {
    const gap = isGap(code)
    if ((gap || code === summary) && unlabelled === 'drop') return null
    if (!gap && Number.isFinite(Math.fround(values[code]!))) return values[code]!
    throw wrongTarget(table, row, name, gap ? null : texts[code]!, code === summary)
  })
  const dropped = targets.filter((target) => target === null).length
  const rows = dropped === 1 ? 'row without a number' : 'rows without a number'
  return {
    targets,
    remarks:
      dropped === 0
        ? []
        : [`${dropped} ${rows} in ${name}, the target, ${dropped === 1 ? 'is' : 'are'} left out`],
  }
}

/** @param text null where there is none */
function wrongTarget(
  table: Table,
  row: number,
  name: string,
  text: string | null,
  summary: boolean,
): UserError {
  const number = text === null ? Number.NaN : parseNumber(text, table.style)
  const rule = !Number.isNaN(number)
    ? '; targets must lie within ±3.4e38, the range of float32'
    : text !== null && isInfinite(text)
      ? '; targets must be finite numbers'
      : ''
  const drop = 'Write unlabelled: drop in the data block to leave'
  const hint =
    text === null
      ? `${drop} such rows out.`
      : summary
        ? `Is it a summary line? ${drop} it out.`
        : 'To predict one of several names, write task: classification.'
  return malformed(
    table.file,
    `has ${text === null ? 'no value' : quoted(text)} in ${placeOfRow(table, row)}, ${name}, the target${rule}`,
    rule === ''
      ? hint
      : `If it stands for a missing value, write missingValues: [${quoted(text!)}] and unlabelled: drop.`,
    table.lineOf(row) ?? undefined,
  )
}

function refuseDoubtfulPoints(table: Table, codes: Int32Array, texts: readonly string[], name: string): void {
  const points = new PointGroups()
  for (const [code, text] of texts.entries()) {
    if (!Number.isNaN(parseNumber(text, table.style))) points.add(text, code)
  }
  const { doubt } = points
  if (doubt !== null) {
    throw doubtfulPoint(table.file, doubt, name, table.lineOf(codes.indexOf(doubt.row)))
  }
}
