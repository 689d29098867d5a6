import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { dataSchema, type Task } from '../../src/data/data-config.ts'
import type { DataSet } from '../../src/data/data-set.ts'
import { loadDataSet, readDataSet } from '../../src/data/read-data-set.ts'
import type { UserError } from '../../src/errors.ts'
import { rejectionOf, temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()

function read(targets: readonly string[], settings: object = {}, task: Task = 'auto'): DataSet {
  const lines = targets.map((target, i) => `${i % 7}.5,${i % 5},${target}`)
  const path = writeIn(folder, 't.csv', lines.join('\n'))
  return readDataSet(dataSchema.parse({ source: 'csv', path, ...settings }), task)
}

function mistakeIn(targets: readonly string[], settings: object = {}, task: Task = 'auto'): UserError {
  return userErrorOf(() => read(targets, settings, task))
}

const PRICES = Array.from({ length: 60 }, (_, i) => (i * 1.37).toFixed(2))

describe('targets', () => {
  it('are within the range of float32, as inputs are, or refused with their place', () => {
    const rule = /has "-?2e300" in line 4, column 3, the target; targets must lie within ±3\.4e38/
    for (const task of ['auto', 'regression'] as const) {
      expect(mistakeIn(PRICES.with(3, '2e300'), {}, task).message).toMatch(rule)
      expect(mistakeIn(PRICES.with(3, '-2e300'), {}, task).where?.line).toBe(4)
    }
  })

  it('are finite: an infinite one makes no classes of the others', async () => {
    for (const word of ['inf', '-Infinity']) {
      const error = mistakeIn(PRICES.with(3, word))
      expect(error.message).toMatch(
        /inf\w*" in line 4, column 3, the target; targets must be finite numbers$/i,
      )
      expect(error.hint).toMatch(/missingValues: \["-?inf/i)
      expect(read(PRICES.with(3, word), { missingValues: [word], unlabelled: 'drop' }).targets).toHaveLength(
        59,
      )
    }
    const columns = [
      { name: 'x', data: PRICES.map((_, i) => i / 2), type: 'DOUBLE' as const },
      { name: 'y', data: PRICES.map((text, i) => (i === 3 ? 1 / 0 : Number(text))), type: 'DOUBLE' as const },
    ]
    const path = writeIn(folder, 't.parquet', new Uint8Array(parquetWriteBuffer({ columnData: columns })))
    const error = await rejectionOf(loadDataSet(dataSchema.parse({ source: 'parquet', path }), 'auto'))
    expect(error.message).toBe(
      't.parquet has "Infinity" in row 4, column 2 ("y"), the target; targets must be finite numbers',
    )
  })

  it('leave out a last row that looks like a summary, also in deciding what is predicted', () => {
    for (const task of ['auto', 'regression'] as const) {
      const error = mistakeIn([...PRICES, 'Total'], {}, task)
      expect(error.message).toMatch(/has "Total" in line 61, column 3, the target$/)
      expect(error.hint).toBe(
        'Is it a summary line? Write unlabelled: drop in the data block to leave it out.',
      )
      const data = read([...PRICES, 'Total'], { unlabelled: 'drop' }, task)
      expect(data.targets).toHaveLength(60)
      expect(data.remarks).toContain('1 row without a number in column 3, the target, is left out')
    }
    expect(mistakeIn([...PRICES.with(8, 'cheap'), 'Total'], { unlabelled: 'drop' }, 'regression').hint).toBe(
      'To predict one of several names, write task: classification.',
    )
  })

  it('that are missing are left out where the study says so, and told', () => {
    expect(read(PRICES.with(3, '').with(5, 'NA'), { unlabelled: 'drop' }).remarks).toContain(
      '2 rows without a number in column 3, the target, are left out',
    )
  })
})
