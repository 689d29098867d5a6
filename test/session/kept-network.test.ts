import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openReader } from '../../src/store/open-reader.ts'
import { runCaptured } from '../cli/capture.ts'
import { temporaryFolder } from '../data/data-files.ts'

const folder = temporaryFolder()

/** Rows of x, y and colour whose kind follows from them; some without a value. */
const HEADER = 'x,y,colour,kind\n'
const ROWS = Array.from({ length: 120 }, (_, i) => {
  const x = (i * 37) % 101
  return `${i % 11 === 0 ? '' : x / 8},${1_700_000_000 + ((i * 53) % 89)},${['red', 'blue', 'ochre'][i % 3]},${x > 50 ? 'far' : 'near'}\n`
})
const DATA = join(folder, 'rows.csv')
const ASIDE = join(folder, 'aside.csv')
writeFileSync(ASIDE, HEADER + ROWS.join(''))

const STUDY = (more: string): string => `
name: kept
${more}
model: { hidden: [8] }
training: { batchSize: 16 }
space: { learningRate: { float: [1e-3, 1e-1], log: true } }
stages: [{ name: only, trials: 2, epochs: 3 }]
`

async function run(name: string, more: string): Promise<string> {
  const file = join(folder, `${name}.yaml`)
  const db = join(folder, `${name}.db`)
  copyFileSync(ASIDE, DATA)
  writeFileSync(file, STUDY(more))
  const { code, stderr } = await runCaptured(['run', file, '--db', db, '--workers', '1', '--quiet'])
  expect(code, stderr).toBe(0)
  return db
}

const predictions = (db: string) => runCaptured(['predict', '--db', db, '--data', ASIDE])

const KINDS: readonly (readonly [string, string])[] = [
  ['levels, gaps and large numbers', 'data: { source: csv, path: rows.csv, missing: mean, indicator: true }'],
  [
    'principal components and a column of ones',
    'data: { source: csv, path: rows.csv, missing: median }\npreprocess: { kind: standardize, pca: 3, biasTrick: true }',
  ],
  [
    'a number to predict',
    'data: { source: csv, path: rows.csv, missing: mean, label: y, columns: [x, colour] }',
  ],
]

describe.each(KINDS)('a kept network with %s', (kind, more) => {
  it('predicts the same when the data of its study are gone or others; evaluate says that it needs them', async () => {
    const db = await run(kind.replaceAll(' ', '-'), more)
    const before = await predictions(db)
    expect(before.stdout.split('\n')).toHaveLength(ROWS.length + 2)
    const score = await runCaptured(['evaluate', '--db', db, '--json'])
    expect(score.code, score.stderr).toBe(0)
    const reader = openReader(db)
    const [atEnd, again] = reader.evaluations(reader.latestStudy()!.id)
    reader.close()
    expect({ ...again, at: 0 }).toEqual({ ...atEnd, at: 0 })

    writeFileSync(DATA, HEADER + ROWS.slice(0, 60).join(''))
    expect(await predictions(db)).toEqual(before)
    const changed = await runCaptured(['evaluate', '--db', db])
    expect(changed.code).toBe(2)
    expect(changed.stderr).toMatch(
      /Study "kept" cannot be evaluated: the data have changed since the study was run/,
    )

    rmSync(DATA)
    expect(await predictions(db)).toEqual(before)
    const gone = await runCaptured(['evaluate', '--db', db])
    expect(gone.code).toBe(2)
    expect(gone.stderr).toMatch(/cannot be evaluated: .*rows\.csv/)
  })
})

describe('a network that was kept by version 0.1.0', () => {
  const db = join(folder, 'old.db')
  const fixture = (name: string): string =>
    fileURLToPath(new URL(`../fixtures/stores/${name}`, import.meta.url))
  copyFileSync(fixture('v1-classifier.db'), db)
  const store = new Database(db)
  store.prepare('UPDATE studies SET experiment = replace(experiment, ?, ?)').run('"/tmp', `"${folder}`)
  store.close()
  const own = join(folder, 'rows.csv')

  it('predicts with the data of its study, and says so where they have changed or are gone', async () => {
    copyFileSync(fixture('v1-rows.csv'), own)
    const before = await runCaptured(['predict', '--db', db, '--data', fixture('v1-rows.csv')])
    expect(before.code, before.stderr).toBe(0)
    writeFileSync(own, HEADER + ROWS.join(''))
    const changed = await runCaptured(['predict', '--db', db, '--data', fixture('v1-rows.csv')])
    expect(changed.code).toBe(2)
    expect(changed.stderr).toMatch(/kept by an earlier version, without their preprocessing/)
    rmSync(own)
    const gone = await runCaptured(['predict', '--db', db, '--data', fixture('v1-rows.csv')])
    expect(gone.code).toBe(2)
    expect(gone.stderr).toMatch(/rows\.csv/)
  })
})
