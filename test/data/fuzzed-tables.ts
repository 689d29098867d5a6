import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { dataSchema } from '../../src/data/data-config.ts'
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

/** Writes and reads a table. @throws Error if it is read otherwise than it is meant, or fails without a sentence */
export function checkTable(folder: string, table: FuzzedTable): 'exact' | 'refused' {
  const { numbers, labels, header, delimiter, newline, quoted, mark } = table
  const rows = numbers.map((row, i) => [...row.map(String), labels[i]!])
  const text = stringify(header === null ? rows : [[...header], ...rows], {
    delimiter,
    quoted,
    record_delimiter: newline,
  })
  const file = writeIn(folder, 'fuzzed.csv', mark ? `\uFEFF${text}` : text)
  // Half of the dialects must be found out; the colon is none that would be.
  const said = delimiter === ':' ? { delimiter } : {}
  let data: ReturnType<typeof readDataSet>
  try {
    data = readDataSet(dataSchema.parse({ source: 'csv', path: file, ...said }), 'classification')
  } catch (error) {
    if (error instanceof UserError && !error.message.includes('undefined')) return 'refused'
    throw error
  }
  const columns = numbers[0]!.length
  const expected = numbers.flat()
  const fails = (what: string): Error =>
    new Error(`${what} of ${JSON.stringify(text)}: ${data.remarks.join('; ')}`)
  if (data.labels.length !== numbers.length || data.columns !== columns) throw fails('another shape')
  if (!expected.every((value, i) => data.values[i] === value || (value === 0 && data.values[i] === 0))) {
    throw fails('other numbers')
  }
  const read = Array.from(data.labels, (code) => data.classes[code]!)
  if (!read.every((text, i) => text === labels[i] || (!quoted && text === labels[i]!.trim())))
    throw fails('other labels')
  if (new Set(read).size !== new Set(labels).size) throw fails('merged labels')
  return 'exact'
}
