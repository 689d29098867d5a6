import { malformed } from '../read-file.ts'
import { type MissingWords, parseNumber } from './cells.ts'
import { labelColumn } from './class-column.ts'
import { placeOfRow } from './input-columns.ts'
import { doubtfulPoint, PointGroups } from './point-groups.ts'
import { columnName, type Selection, type Table } from './table.ts'

interface TargetSettings {
  /** What happens to rows without a target. */
  readonly unlabelled: 'error' | 'drop' | 'class'
  readonly words: MissingWords
}

/** The number that each row is to be predicted, from the label's column; null for rows that are left out. */
export function readTargets(
  table: Table,
  { label, names, width }: Selection,
  { unlabelled, words }: TargetSettings,
): readonly (number | null)[] {
  const { codes, texts } = labelColumn(table, { label, names, width, inputs: [] })
  const values = texts.map((text) => parseNumber(text, table.style))
  if (table.openPoint) refuseDoubtfulPoints(table, codes, texts, columnName(label!, names))
  return Array.from(codes, (code, row) => {
    const value = code < 0 ? Number.NaN : values[code]!
    const isGap = code < 0 || words.hasNumber(value)
    if (Number.isFinite(value) && !isGap) return value
    if (isGap && unlabelled === 'drop') return null
    const what = isGap ? 'no value' : JSON.stringify(texts[code]!.slice(0, 40))
    throw malformed(
      table.file,
      `has ${what} in ${placeOfRow(table, row)}, ${columnName(label!, names)}, the target`,
      isGap
        ? 'Write unlabelled: drop in the data block to leave such rows out.'
        : 'To predict one of several names, write task: classification.',
      table.lineOf(row) ?? undefined,
    )
  })
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
