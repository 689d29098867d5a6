import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCaptured } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-data-info-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('data info', () => {
  const file = join(folder, 'flowers.csv')
  beforeAll(() => writeFileSync(file, `long,wide,kind\n${'1.5,2,rose\n3,4,tulip\n'.repeat(5)}`))

  it('shows what a data set is', async () => {
    const { code, stdout } = await runCaptured(['data', 'info', file])
    expect(code).toBe(0)
    expect(stdout.replace(/[0-9a-f]{64}/, 'HASH')).toBe(
      [
        'source    csv',
        `path      ${file}`,
        'rows      10',
        'shape     2 float64, 1.5 to 4, mean 2.625',
        'split     train 8, valid 1, test 1',
        'inputs    each column shifted to mean 0 and scaled to deviation 1',
        'classes   2 classes',
        'hash      sha256 HASH',
        'Caution: the validation part has 1 row: each row is 100 % of the accuracy; with so few rows, cross-validation is more reliable (split: { folds: 5 }).',
        '',
        'COLUMN  KIND    MISSING  VALUES',
        'long    number           1.5 to 3',
        'wide    number           2 to 4',
        '',
        'LABEL  CLASS  ROWS',
        '    0  rose      5',
        '    1  tulip     5',
        '',
      ].join('\n'),
    )
  })

  it('has one JSON document', async () => {
    const { stdout } = await runCaptured(['data', 'info', file, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      rows: 10,
      shape: [2],
      classes: [
        { name: 'rose', rows: 5 },
        { name: 'tulip', rows: 5 },
      ],
      split: { train: 8, valid: 1, test: 1 },
    })
  })

  it('says where there are no data', async () => {
    const { code, stderr } = await runCaptured(['data', 'info', join(folder, 'nothing')])
    expect(code).toBe(2)
    expect(stderr).toContain('nothing')
  })
})
