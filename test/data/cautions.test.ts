import { describe, expect, it } from 'vitest'
import { dataSchema } from '../../src/data/data-config.ts'
import type { DataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import { temporaryFolder, writeIn } from './data-files.ts'

const folder = temporaryFolder()
let count = 0

function read(content: string, settings: object = {}): DataSet {
  const path = writeIn(folder, `t${count++}.data`, content)
  return readDataSet(dataSchema.parse({ source: 'csv', path, ...settings }))
}

/** `rows` lines of two numbers and a label from 0 to 2. */
function lines(rows: number, label: (i: number) => string = (i) => String(i % 3)): string[] {
  return Array.from({ length: rows }, (_, i) => `${(i * 7) % 11}.5,${-i},${label(i)}`)
}

describe('what may be wrong', () => {
  it('is told: an index, classes of one row', () => {
    const rows = lines(30, (i) => (i === 7 ? 'rare' : 'ab'[i % 2]!)).map((line, i) => `${i + 1},${line}`)
    const data = read([',x,y,kind', ...rows].join('\n'))
    expect(data.cautions).toEqual([
      'class "rare" has one row',
      'column 1 numbers the rows: if it is an index, leave it out with drop: [0]',
    ])
    expect(read([',x,y,kind', ...rows].join('\n'), { drop: [0] }).columns).toBe(2)
  })

  it('is told: numbers of the rows in another order, and from any number on', () => {
    const cautionsOf = (number: (row: number) => number) =>
      read(['id,x,y,kind', ...lines(30).map((line, i) => `${number(i)},${line}`)].join('\n')).cautions
    const advice = 'if it is an index, leave it out with drop: ["id"]'
    expect(cautionsOf((i) => 1000 + ((i * 7) % 30))).toEqual([
      `column 1 ("id") contains each whole number from 1000 to 1029 exactly once: ${advice}`,
    ])
    expect(cautionsOf((i) => 1990 + i)).toEqual([`column 1 ("id") numbers the rows: ${advice}`])
    expect(cautionsOf((i) => (i === 3 ? 40 : i))).toEqual([])
    expect(cautionsOf((i) => (i === 3 ? 4 : i))).toEqual([])
    expect(cautionsOf((i) => i + 0.5)).toEqual([])
    expect(cautionsOf((i) => -i)).toEqual([])
  })

  it('is told: a number far from all others, as stands for a missing value', () => {
    const cautionsOf = (cell: string, rows: number) => {
      const cells = Array.from({ length: 40 }, (_, i) => (i >= 5 && i < 5 + rows ? cell : `${i}.5`))
      return read(['x,kind', ...cells.map((each, i) => `${each},${'ab'[i % 2]}`)].join('\n')).cautions
    }
    expect(cautionsOf('-999', 2)).toEqual([
      'column "x" has -999 in 2 rows, far from its other values, 0.5 to 39.5: if it stands for a missing value, write missingValues: ["-999"]',
    ])
    expect(cautionsOf('9999', 3)).toEqual([
      'column "x" has 9999 in 3 rows, far from its other values, 0.5 to 39.5: if it stands for a missing value, write missingValues: ["9999"]',
    ])
    expect(cautionsOf('-999', 1)).toEqual([])
    expect(cautionsOf('-998', 2)).toEqual([])
    // No farther from the others than these lie apart.
    expect(cautionsOf('99', 2).length).toBe(1)
    expect(cautionsOf('9', 2)).toEqual([])
  })

  it('is told: codes that look like numbers', () => {
    const codes = ['01234', '00501', '90210']
    const rows = Array.from({ length: 30 }, (_, i) => `${codes[i % 3]},${i}.5,${'ab'[i % 2]}`)
    const text = ['zip,x,kind', ...rows].join('\n')
    expect(read(text).remarks).toEqual([
      'column 1 ("zip") is read as numbers, although some have leading zeros, such as "01234"; if they are codes, write categorical: ["zip"]',
    ])
    const data = read(text, { categorical: ['zip'] })
    expect([data.remarks, data.columns]).toEqual([[], 4])
    expect(read(text.replaceAll(/0(1234|0501)/g, '0.$1')).remarks).toEqual([])
  })

  it('is told: a first row that may be a header with a number in it', () => {
    const rows = Array.from({ length: 90 }, (_, i) => `${20 + (i % 5)},${i}.5,${'ab'[i % 2]}`)
    const said =
      'the first row has text that occurs in no other row: if it names the columns, write header: true'
    const data = read(['age,2020,country', ...rows].join('\n'))
    expect([data.labels.length, data.cautions.includes(said)]).toEqual([91, true])
    expect(read(['20,1.5,country', ...rows].join('\n'), { header: false }).cautions).not.toContain(said)
    expect(read(rows.join('\n')).cautions).not.toContain(said)
    expect(read(['age,2020,country', ...rows].join('\n'), { header: true }).labels.length).toBe(90)
  })

  it('is told: a level of one row, which may stand for a missing value', () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i === 9 ? '.' : 'mf'[i % 2]},${i}.5,${'ab'[i % 2]}`)
    expect(read(rows.join('\n')).cautions).toEqual([
      'column "column 1" has "." in one row: if it stands for a missing value, write missingValues: ["."]',
    ])
  })
})
