import { describe, expect, it } from 'vitest'
import { dataSchema, type Task } from '../../src/data/data-config.ts'
import type { DataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import type { UserError } from '../../src/errors.ts'
import { temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()
let count = 0

function write(lines: readonly string[]): string {
  return writeIn(folder, `n${count++}.csv`, lines.join('\n'))
}

function read(lines: readonly string[], settings: object = {}, task?: Task): DataSet {
  return readDataSet(dataSchema.parse({ source: 'csv', path: write(lines), ...settings }), task)
}

function mistakeIn(lines: readonly string[], settings: object = {}): UserError {
  return userErrorOf(() => read(lines, settings))
}

/** A table of two columns of numbers, one of them of few values, and a label; a cell of the first may be replaced. */
function table(write: (n: number) => string, delimiter = ';', cell?: string): string[] {
  const rows = Array.from({ length: 200 }, (_, i) =>
    [i === 8 && cell !== undefined ? cell : write(i % 9), String(i % 5), 'ab'[i % 2]].join(delimiter),
  )
  return [['x', 'y', 'kind'].join(delimiter), ...rows]
}

describe('a point before three digits', () => {
  const rows = (cells: readonly string[]): string[] =>
    Array.from({ length: 60 }, (_, i) => `${i % 7};${cells[i % cells.length]};${'ab'[i % 2]}`)

  it('may mark thousands where smaller numbers have none: that is asked for, as with commas', () => {
    for (const doubtful of [rows(['798', '1.234']), ['x;y;kind', ...rows(['12', '-1.234', '999.000'])]]) {
      const error = mistakeIn(doubtful)
      expect(error.message).toMatch(
        /has numbers like -?1\.234 as well as (798|12) in column 2.*, where the point may mark/,
      )
      expect(error.where?.line).toBe(doubtful.length === 60 ? 2 : 3)
      expect(error.hint).toBe('Say which in the data block: decimal: "." or thousands: ".".')
      const size = (settings: object): number => Math.abs(read(doubtful, settings).values[3]!)
      expect([size({ decimal: '.' }), size({ thousands: '.' })]).toEqual([1.234, 1234])
    }
  })

  it('is asked for in a target, too, but not in classes', () => {
    const targets = Array.from(
      { length: 60 },
      (_, i) => `${(i % 7) + 3};${i < 30 ? `${i + 1}.${100 + i}` : 500 + i}`,
    )
    const error = userErrorOf(() => read(targets, {}, 'auto'))
    expect(error.message).toMatch(
      /has numbers like 1\.100 as well as 530 in column 2, where the point may mark/,
    )
    expect(read(targets, { thousands: '.' }, 'auto').targets![1]).toBe(2101)
    expect(
      read(rows(['1']).map((row, i) => row.replace(/\w$/, ['1.000', '1'][i % 2]!))).classes,
    ).toHaveLength(2)
  })

  it('marks decimals where all numbers have it, others are longer, or the delimiter is a comma', () => {
    for (const cells of [
      ['1.234', '2.345'],
      ['1.234', '798', '1234'],
      ['1.234', '0.5', '7'],
      ['1.234', '7', '0.125'],
    ]) {
      expect(read(rows(cells)).values[1]).toBe(1.234)
    }
    expect(read(rows(['1.234', '798']).map((row) => row.replaceAll(';', ','))).values[1]).toBe(1.234)
  })
})

describe('a word for missing values', () => {
  const numbers = Array.from(
    { length: 40 },
    (_, i) => `${i === 4 ? '-999.00' : `${i}.25`},${i % 7},${'ab'[i % 2]}`,
  )

  it('stands in a column of numbers for its value, however that is written', () => {
    for (const word of [-999, '-999.0', '-999.00', '-9.99e2']) {
      const data = read(numbers, { missing: 'mean', missingValues: [word] })
      expect([data.values[8], data.values[10]]).toEqual([Number.NaN, 5.25])
      expect(data.remarks).toEqual([])
    }
    const german = numbers.map((row) => row.replaceAll(',', ';').replaceAll('.', ','))
    expect(read(german, { missing: 'mean', missingValues: ['-999'] }).values[8]).toBe(Number.NaN)
    const targets = numbers.map((row) => row.split(',').toReversed().join(','))
    const settings = { missingValues: ['-999'], unlabelled: 'drop' }
    expect(read(targets, settings, 'regression').targets).toHaveLength(39)
  })

  it('is named where it stands in no cell that is read', () => {
    expect(read(numbers, { missingValues: ['-99', -999, 'gone'], missing: 'mean' }).remarks).toEqual([
      'missingValues: no cell that is read equals "-99" or "gone"',
    ])
  })
})

describe('numbers in the form of the table', () => {
  const german = (n: number): string => `${n},5`
  const grouped = (n: number): string => `"${n + 1},${n}00"`

  it('are no levels where one cell of many is none: it is refused as in a table with points', () => {
    const plain = table((n) => `${n}.5`, ';', '12x')
    for (const [lines, settings] of [
      [plain, {}],
      [table(german, ';', '12x'), {}],
      [table(grouped, ',', '12x'), { thousands: ',' }],
    ] as const) {
      const few = [lines[0]!, ...lines.slice(1, 60)]
      expect(mistakeIn(few, settings).message).toMatch(
        /has "12x" in line 10, column 1 \("x"\); inputs must be finite numbers, like the other cells/,
      )
      expect(read(lines, settings).remarks.join()).toMatch(/contains numbers and words; its 10 values/)
    }
  })

  it('order levels and labels by their value', () => {
    const lines = table((n) => `${n + 5},5`)
    const levels = read(lines, { categorical: ['x'] }).layout!.names.filter((name) => name.startsWith('x'))
    expect(levels.slice(0, 2)).toEqual(['x=5,5', 'x=6,5'])
    expect(levels.at(-1)).toBe('x=13,5')
    const labels = lines.map((line, i) => line.replace(/\w+$/, i === 0 ? 'kind' : `${(i % 4) * 5},5`))
    expect(read(labels).classes).toEqual(['0,5', '5,5', '10,5', '15,5'])
  })

  it('tell a summary line and labels that are the same', () => {
    const of = (label: (i: number) => string): string[] =>
      table(german).map((line, i) => line.replace(/\w+$/, i === 0 ? 'kind' : label(i)))
    expect(mistakeIn([...of((i) => `${i % 3},5`), '1,5;2;End']).message).toMatch(/"End" only in its last row/)
    expect(read(of((i) => (i % 2 === 0 ? '1,5' : ['2,5', '1,50'][(i >> 1) % 2]!))).cautions.join()).toMatch(
      /classes "1,5" and "1,50" are almost the same/,
    )
  })

  it('of a test file are refused at the cell that is none', () => {
    const [train, test] = [write(table(german)), write(table(german, ';', 'twelve'))]
    const error = userErrorOf(() => readDataSet(dataSchema.parse({ source: 'csv', train, test })))
    expect(error.message).toMatch(/has "twelve" in line 10, column 1 \("x"\), where the study has numbers$/)
  })
})
