import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { dataSchema } from '../../src/data/data-config.ts'
import { detectSource } from '../../src/data/detect-source.ts'
import { loadDataSet, readDataSet } from '../../src/data/read-data-set.ts'
import type { UserError } from '../../src/errors.ts'
import { rejectionOf, temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()

/** The refusal of a table whose first column holds these cells. */
function mistakeIn(cells: readonly string[], settings: object = {}, header = 'x,y,kind'): UserError {
  const lines = cells.map((cell, i) => `${cell},${i % 5}.5,${'ab'[i % 2]}`)
  const path = writeIn(folder, 'a.csv', [header, ...lines].join('\n'))
  return userErrorOf(() => readDataSet(dataSchema.parse({ source: 'csv', path, ...settings })))
}

/** The same of a Parquet file. */
function mistakeInParquet(data: readonly unknown[], type: 'STRING' | 'TIMESTAMP'): Promise<UserError> {
  const columnData = [
    { name: 'x', data: [...data], type },
    { name: 'kind', data: data.map((_, i) => 'ab'[i % 2]!), type: 'STRING' as const },
  ]
  const path = writeIn(folder, 'a.parquet', new Uint8Array(parquetWriteBuffer({ columnData })))
  return rejectionOf(loadDataSet(dataSchema.parse({ source: 'parquet', path })))
}

const sixty = <T>(make: (i: number) => T): T[] => Array.from({ length: 60 }, (_, i) => make(i))

describe('the way out', () => {
  it('of separated thousands is named wherever the first number stands that has some', () => {
    const cells = sixty((i) => (i % 3 === 0 ? String(700 + i) : `"${i},${667 + i}"`))
    expect(mistakeIn(cells).hint).toMatch(
      /^If these are numbers with thousands separators, write thousands: ","/,
    )
  })

  it('of numbers that a Parquet file stores as texts is to store them as numbers', async () => {
    for (const cells of [sixty((i) => `${i}.${100 + i}`), sixty((i) => `${i},${100 + i}`)]) {
      const { hint } = await mistakeInParquet(cells, 'STRING')
      expect(hint).toMatch(/^These are numbers stored as strings: store them as numbers\. /)
    }
    expect(
      (
        await mistakeInParquet(
          sixty((i) => `n${i}`),
          'STRING',
        )
      ).hint,
    ).toMatch(/^To leave out columns/)
  })

  it('of dates is the same with a time behind them', async () => {
    const days = sixty((i) => new Date(Date.UTC(2020, 0, 1 + i)))
    expect(mistakeIn(days.map((day) => day.toISOString())).hint).toMatch(/^Dates are not read as numbers/)
    expect((await mistakeInParquet(days, 'TIMESTAMP')).hint).toMatch(/^Dates are not read as numbers/)
  })

  it('of a ZIP archive is to export its sheet', () => {
    const path = writeIn(folder, 'book.xlsx', Buffer.from('PK\x03\x04\x14\x00\xff\xfe\x80', 'latin1'))
    for (const read of [
      () => detectSource(path),
      () => readDataSet(dataSchema.parse({ source: 'csv', path })),
    ]) {
      const { message, hint } = userErrorOf(read)
      expect(message).toBe('book.xlsx is a ZIP archive (like .xlsx files), not text')
      expect(hint).toMatch(/Export the sheet as CSV/)
    }
  })

  it('of a number that is a column’s name is to write it in quotes', () => {
    const cells = sixty((i) => `${i}.5`)
    const { message, hint } = mistakeIn(cells, { drop: [2020] }, '2020,y,kind')
    expect(message).toMatch(/has 3 columns; drop 2020 is not one of them/)
    expect(hint).toBe('A column is called "2020": write its name in quotes, drop: ["2020"].')
    expect(mistakeIn(cells, { label: 2020 }, '2020,y,kind').hint).toBe(
      'If the first line names the columns, write header: true and the name in quotes, label: "2020".',
    )
    expect(mistakeIn(cells, { drop: [7] }).hint).toBeUndefined()
  })

  it('of a word in the first row is to take that for the header', () => {
    expect(
      mistakeIn(
        sixty((i) => `${i}.5`),
        {},
        'age,2020,country',
      ).hint,
    ).toMatch(/If the first line names the columns, write header: true\./)
    expect(mistakeIn(sixty((i) => (i === 3 ? 'x' : `${i}.5`))).hint).not.toMatch(/header: true/)
  })
})
