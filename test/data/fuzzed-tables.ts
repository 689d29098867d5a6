import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { dataSchema } from '../../src/data/data-config.ts'
import type { DataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import { UserError } from '../../src/errors.ts'
import { writeIn } from './data-files.ts'

/** A table as it is meant, and how it is written. */
export interface FuzzedTable {
  readonly numbers: readonly (readonly number[])[]
  readonly labels: readonly string[]
  readonly header: readonly string[] | null
  readonly delimiter: string
  readonly newline: string
  readonly quoted: boolean
  readonly mark: boolean
}

const number = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 255, 1e-7, 1_700_000_000, 0.1),
)
const label = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'ü',
    '猫',
    'x,y',
    'x;y',
    'say "hi"',
    'two\nlines',
    '-1',
    '1',
    '0.0',
    'tab\there',
    '#1',
  ),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
)

export const fuzzedTable: fc.Arbitrary<FuzzedTable> = fc
  .record({
    columns: fc.integer({ min: 1, max: 6 }),
    classes: fc.uniqueArray(label, { minLength: 2, maxLength: 4 }),
    rows: fc.integer({ min: 2, max: 40 }),
    seeds: fc.array(fc.tuple(fc.array(number, { minLength: 6, maxLength: 6 }), fc.nat()), {
      minLength: 40,
      maxLength: 40,
    }),
    named: fc.boolean(),
    delimiter: fc.constantFrom(',', ';', '\t', '|', ':'),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    quoted: fc.boolean(),
    mark: fc.boolean(),
  })
  .map(({ columns, classes, rows, seeds, named, ...dialect }) => ({
    ...dialect,
    numbers: seeds.slice(0, rows).map(([values]) => values.slice(0, columns)),
    labels: seeds.slice(0, rows).map(([, n]) => classes[n % classes.length]!),
    header: named ? [...Array.from({ length: columns }, (_, i) => `in ${i}`), 'out'] : null,
  }))

/** `told`: read otherwise than it is meant where the text alone does not decide, with a remark that says how. */
export type Outcome = 'exact' | 'told' | 'refused'

/** Writes and reads a table. @throws Error if it is read otherwise than it is meant, or fails without a sentence */
export function checkTable(folder: string, table: FuzzedTable): Outcome {
  const { delimiter, mark } = table
  const text = writtenTable(table)
  const file = writeIn(folder, 'fuzzed.csv', mark ? `\uFEFF${text}` : text)
  // Half of the dialects must be found out; the colon is none that would be.
  const said = delimiter === ':' ? { delimiter } : {}
  let data: DataSet
  try {
    data = readDataSet(dataSchema.parse({ source: 'csv', path: file, ...said }), 'classification')
  } catch (error) {
    if (error instanceof UserError && !error.message.includes('undefined')) return 'refused'
    throw error
  }
  const { meant, outcome } = asTold(table, data.remarks)
  const difference = differenceOf(data, meant)
  if (difference === null) return outcome
  throw new Error(`${difference} of ${JSON.stringify(text)}: ${data.remarks.join('; ')}`)
}

function writtenTable({ numbers, labels, header, delimiter, newline, quoted }: FuzzedTable): string {
  const rows = numbers.map((row, i) => [...row.map(String), labels[i]!])
  return stringify(header === null ? rows : [[...header], ...rows], {
    delimiter,
    quoted,
    record_delimiter: newline,
  })
}

/** What a table without a header is meant to be once the remarks are believed. */
function asTold(table: FuzzedTable, remarks: readonly string[]): { meant: FuzzedTable; outcome: Outcome } {
  let { numbers, labels } = table
  if (table.header === null && remarks.some((remark) => remark.startsWith('the first line is read as'))) {
    numbers = numbers.slice(1)
    labels = labels.slice(1)
  }
  const columns = numbers[0]!.length
  if (table.header === null && remarks.includes(`the label is column ${columns}`)) {
    labels = numbers.map((row) => String(row.at(-1)!))
    numbers = numbers.map((row) => row.slice(0, -1))
  }
  const told = numbers !== table.numbers
  return { meant: { ...table, numbers, labels }, outcome: told ? 'told' : 'exact' }
}

function differenceOf(data: DataSet, { numbers, labels, quoted }: FuzzedTable): string | null {
  if (data.labels.length !== numbers.length || data.columns !== numbers[0]!.length) return 'another shape'
  const same = (value: number, i: number): boolean =>
    data.values[i] === value || (value === 0 && data.values[i] === 0)
  if (!numbers.flat().every(same)) return 'other numbers'
  const read = Array.from(data.labels, (code) => data.classes[code]!)
  if (!read.every((text, i) => text === labels[i] || (!quoted && text === labels[i]!.trim()))) {
    return 'other labels'
  }
  return new Set(read).size === new Set(labels).size ? null : 'merged labels'
}
