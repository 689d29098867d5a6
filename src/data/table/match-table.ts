import { malformed } from '../read-file.ts'
import { isMissingNumber, MissingWords, NO_WORDS, parseNumber } from './cells.ts'
import { placeOfRow } from './input-columns.ts'
import type { TableReading } from './reading.ts'
import { type Column, columnName, listNames, quoted, type Table, type TableFile } from './table.ts'

/** A table read as another one was: its columns stand at the places that they have in the study's file. */
export interface MatchedTable {
  readonly table: Table
  /** Whether it has the label's column. */
  readonly labelled: boolean
  /** What was ignored or assumed, in sentences. */
  readonly remarks: readonly string[]
}

/**
 * Reads the columns that a study uses from another file: by their names where both have some, else by their order.
 * @throws UserError `usage` naming what is missing
 */
export function matchTable(
  opened: TableFile,
  reading: TableReading,
  missing = new MissingWords(reading.missingValues, opened.form ?? undefined),
): MatchedTable {
  const remarks: string[] = []
  const places = byName(opened, reading, remarks) ?? byOrder(opened, reading, remarks)
  const wanted = reading.inputs.map(({ place }) => place)
  const labelled = places.has(reading.label)
  if (labelled) wanted.push(reading.label)
  const texts = new Set(
    reading.inputs.filter(({ levels }) => levels !== null).map(({ place }) => places.get(place)!),
  )
  if (labelled) texts.add(places.get(reading.label)!)
  const table = opened.read(
    wanted.map((place) => places.get(place)!),
    texts,
    missing,
  )
  for (const { place, levels } of reading.inputs) {
    if (levels === null) checkNumbers(table, places.get(place)!, opened.names)
  }
  const columns = new Map(
    wanted.map((place): [number, Column] => [place, table.columns.get(places.get(place)!)!]),
  )
  return { table: { ...table, columns }, labelled, remarks }
}

/** Where each of the study's columns is in the file; null if their names do not say. */
function byName(
  { file, names }: TableFile,
  { inputs, label, names: known }: TableReading,
  remarks: string[],
): Map<number, number> | null {
  if (names === null || known === null || new Set(known).size < known.length) return null
  const missing = inputs.filter(({ place }) => !names.includes(known[place]!))
  if (missing.length > 0) {
    const list = missing
      .slice(0, 12)
      .map(({ name }) => quoted(name!))
      .join(', ')
    throw malformed(
      file,
      `has no ${missing.length === 1 ? 'column' : 'columns'} ${list}${missing.length > 12 ? ', ...' : ''}, which the study's network needs`,
      `Its columns are ${listNames(names)}.`,
      1,
    )
  }
  const used = [...inputs.map(({ place }) => known[place]!), known[label]!]
  const twice = used.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice !== undefined) throw malformed(file, `has two columns called ${quoted(twice)}`, undefined, 1)
  // A column that the study left out on purpose is nothing new.
  const extra = names.filter((name) => name !== '' && !used.includes(name) && !known.includes(name))
  if (extra.length > 0) {
    remarks.push(
      `${extra.length === 1 ? 'column' : 'columns'} ${extra.map(quoted).join(', ')} ${extra.length === 1 ? 'is' : 'are'} ignored: the study has no such column`,
    )
  }
  const places = new Map(inputs.map(({ place }) => [place, names.indexOf(known[place]!)]))
  if (names.includes(known[label]!)) places.set(label, names.indexOf(known[label]!))
  return places
}

function byOrder(
  { file, names, width, empty }: TableFile,
  { inputs, label, names: known, width: knownWidth }: TableReading,
  remarks: string[],
): Map<number, number> {
  const found = width - empty.size
  if (known !== null && names === null) {
    remarks.push("the file has no header: its columns are assumed to be in the order of the study's file")
  } else if (known === null && names !== null) {
    remarks.push("the study's file had no header: columns are matched by position, not by name")
  }
  const all = Array.from({ length: knownWidth }, (_, place) => place)
  const withoutLabel = all.filter((place) => place !== label)
  const used = inputs.map(({ place }) => place)
  for (const order of [all, withoutLabel, used]) {
    if (order.length === found || (order === all && order.length === width)) {
      return new Map(order.map((place, i) => [place, i]))
    }
  }
  const counts = [...new Set([knownWidth, knownWidth - 1, used.length])]
  throw malformed(
    file,
    `has ${found} columns; the study's file has ${counts[0]}, ${counts[1]} without the label`,
    'The rows must have the same form as those that the network was trained on.',
  )
}

/** A column that must hold numbers, holds nothing else. */
function checkNumbers(table: Table, place: number, names: readonly string[] | null): void {
  const column = table.columns.get(place)!
  if (column.kind === 'number') return
  const word = column.texts.findIndex(
    (text) => Number.isNaN(parseNumber(text, table.style)) && !isMissingNumber(text, NO_WORDS),
  )
  const row = column.codes.indexOf(Math.max(0, word))
  throw malformed(
    table.file,
    `has ${quoted(column.texts[Math.max(0, word)]!)} in ${placeOfRow(table, row)}, ${columnName(place, names)}, where the study has numbers`,
    undefined,
    table.lineOf(row) ?? undefined,
  )
}
