import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { checkStore } from '../../src/store/check-store.ts'
import { APPLICATION_ID, identify, MIGRATIONS, migrate } from '../../src/store/schema.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyReader } from '../../src/store/store.ts'
import { newStudy, outcome, spec } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const frozen = (version: number): string =>
  fileURLToPath(new URL(`../fixtures/stores/v${version}.db`, import.meta.url))

/** What the frozen stores hold: an interrupted study with a trial in each state, and a stopped one. */
function expectFrozenContents(store: StudyReader): void {
  expect(store.studies().map(({ name, state, endReason }) => [name, state, endReason])).toEqual([
    ['quickstart', 'running', null],
    ['other', 'stopped', 'time limit of 60 s reached'],
  ])
  const { id, ...study } = store.findStudy('quickstart')!
  expect(study).toEqual({
    ...newStudy(),
    state: 'running',
    endReason: null,
    createdAt: 1_700_000_001_000,
    finishedAt: null,
    notes: ['resume --force'],
    origin: null,
    comment: null,
    tags: [],
  })
  expect(
    store
      .stages(id)
      .map(({ name, trials, firstTrial, narrowing }) => [name, trials, firstTrial, narrowing?.elite]),
  ).toEqual([
    ['coarse', 4, 0, undefined],
    ['fine', 4, 4, [1]],
  ])
  expect(
    store.trials(id).map(({ state, value, epochs, attempts }) => [state, value, epochs, attempts]),
  ).toEqual([
    ['complete', 0.25, 3, 1],
    ['pruned', 0.5, 3, 1],
    ['diverged', null, 1, 1],
    ['failed', null, 0, 1],
    ['complete', 0.75, 3, 1],
    ['waiting', null, 0, 1],
    ['running', null, 0, 1],
  ])
  expect(store.bestTrials(id, 3).map(({ number }) => number)).toEqual([4, 0, 1])
  expect(store.trial(id, 4)).toEqual({
    ...spec(4, { stage: 1, continues: 1 }),
    state: 'complete',
    value: 0.75,
    tie: null,
    epochs: 3,
    metrics: { trainLoss: 1 / 3, learningRate: 0.001 },
    error: null,
    attempts: 1,
    arithmetic: 'fma',
    host: 'a-host',
    slot: null,
    origin: null,
    startedAt: 1_700_000_000_000,
    durationMs: 750.5,
  })
  expect(store.measurements(id, 0)).toEqual(outcome(0.25).measurements)
  expect(store.measurements(id, 2)).toEqual([
    {
      step: 1,
      value: Number.NaN,
      metrics: { trainLoss: Number.POSITIVE_INFINITY, validLoss: -0, tiny: 5e-324 },
      seconds: 0.5,
    },
  ])
  expect(store.trial(id, 3)?.error).toEqual({
    code: 'threw',
    message: 'it threw',
    stack: 'Error: it threw\n    at objective.ts:1:1',
  })
  expect([1, 4, 0].map((number) => store.artifact(id, number))).toEqual([
    new Uint8Array([1, 2, 3]),
    new Uint8Array([4]),
    undefined,
  ])
  expect(store.evaluations(id)).toEqual([
    {
      trial: 4,
      at: 1_700_000_100_000,
      part: 'test',
      examples: 1000,
      metrics: { loss: 1.25, accuracy: 0.625 },
      confusion: null,
    },
  ])
}

describe('a store of every earlier version', () => {
  const versions = MIGRATIONS.slice(0, -1).map((_, index) => index + 1)

  it.each(versions)('is read as it is: version %i', (version) => {
    const store = openReader(frozen(version))
    expectFrozenContents(store)
    store.close()
    expect(checkStore(frozen(version)).some(({ severity }) => severity === 'error')).toBe(false)
  })

  it.each(versions)('is gone on with, its older self kept beside it: version %i', (version) => {
    const file = join(folder, `from-${version}.db`)
    copyFileSync(frozen(version), file)
    const store = openWriter(file)
    expectFrozenContents(store)
    store.acquireLease(1)
    store.startTrial(1, spec(6, { stage: 1 }), 'b-host')
    store.finishTrial(1, 6, outcome(0.8), false)
    store.finishStudy(1, 'complete', null)
    expect(store.trial(1, 6)).toMatchObject({ attempts: 2, value: 0.8 })
    store.close()
    expect(readdirSync(folder).filter((name) => name.startsWith(`from-${version}`))).toEqual([
      `from-${version}.db`,
      `from-${version}.db.version-${version}.bak`,
    ])
  })
})

/** What the frozen store of version 2 holds that version 1 could not. */
function expectFrozenAdditions(store: StudyReader): void {
  expect(store.findStudy('quickstart')).toMatchObject({
    tieMetric: { metric: 'trainLoss', direction: 'minimize' },
    comment: 'before the holidays',
    tags: ['paper', 'seed 42'],
    notes: ['resume --force'],
  })
  const [coarse, fine] = store.stages(1)
  expect(coarse!.rungs).toEqual({ at: [1, 2], reduce: 3 })
  expect(fine!.narrowing?.parameters[0]?.reason).toEqual({ code: 'no-trend', pValue: 0.5 })
  expect(store.trials(1).map(({ state, tie, slot, origin }) => [state, tie, slot, origin])).toEqual([
    ['complete', 1 / 3, 1, null],
    ['complete', 1 / 3, 0, null],
    ['pruned', 1, null, null],
    ['failed', null, 3, null],
    ['running', null, 0, null],
    ['complete', 1 / 3, null, 'optuna: trial 17'],
  ])
  expect(store.measurements(1, 4)).toEqual(outcome(0.7).measurements.slice(0, 1))
  expect(store.artifact(1, 1)).toEqual(Uint8Array.of(1, 2, 3))
  const at = 1_700_000_100_000
  const confusion = [
    [2, 0],
    [1, 1],
  ]
  expect(store.evaluations(1)).toEqual([
    { trial: 1, at, part: 'test', examples: 4, metrics: { loss: 1.25, accuracy: 0.75 }, confusion },
    { trial: 1, at, part: 'more.csv', examples: 2, metrics: { rmse: Number.NaN }, confusion: null },
  ])
  expect(store.artifactFolders(1)).toEqual([{ trial: 1, folder: 'quickstart.artifacts/1' }])
  expect(store.damage(1)).toEqual([])
}

describe('a store of version 2 from before evaluations and folders had checksums', () => {
  it('is read as it is, to the byte', () => {
    const file = join(folder, 'early-2.db')
    copyFileSync(frozen(2), file)
    const before = readFileSync(file)
    const store = openReader(file)
    expectFrozenAdditions(store)
    store.close()
    expect(checkStore(file).some(({ severity }) => severity === 'error')).toBe(false)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('gets them when it is opened for writing, stays at version 2, and goes on', () => {
    const file = join(folder, 'completed-2.db')
    copyFileSync(frozen(2), file)
    const reader = openReader(file)
    const store = openWriter(file)
    expectFrozenAdditions(store)
    expectFrozenAdditions(reader)
    reader.close()
    store.acquireLease(1)
    store.startTrial(1, spec(4, { stage: 1, continues: 1 }), 'b-host')
    store.finishTrial(1, 4, outcome(0.8), false)
    store.addEvaluation(1, {
      trial: 4,
      at: 1,
      part: 'test',
      examples: 4,
      metrics: { loss: 1 },
      confusion: null,
    })
    store.finishStudy(1, 'complete', null)
    expect(store.trial(1, 4)).toMatchObject({ attempts: 2, value: 0.8 })
    store.close()
    const db = new Database(file)
    expect(db.pragma('user_version', { simple: true })).toBe(2)
    for (const table of ['evaluations', 'artifact_folders']) {
      expect(db.prepare(`SELECT count(*) FROM ${table} WHERE checksum IS NULL`).pluck().get()).toBe(0)
    }
    // As a program that does not know the column writes.
    db.exec("INSERT INTO evaluations VALUES (9, 1, 1, 1, 'test', 4, '{}', NULL, NULL)")
    db.close()
    const after = openReader(file)
    expect(after.evaluations(1)).toHaveLength(4)
    expect(after.damage(1)).toEqual([])
    after.close()
  })

  it('may be opened by several writers at once', () => {
    const file = join(folder, 'twice-2.db')
    copyFileSync(frozen(2), file)
    const stores = [openWriter(file), openWriter(file)]
    for (const store of stores) expectFrozenAdditions(store)
    for (const store of stores) store.close()
  })
})

describe('a narrowing decision of version 1', () => {
  it('keeps its sentence and its figures', () => {
    const file = join(folder, 'sentences.db')
    copyFileSync(frozen(1), file)
    const range = { kind: 'float', low: 1e-6, high: 10, log: true, step: null, hard: false } as const
    const decided = { name: 'lr', action: 'moved', before: range, after: { ...range, low: 1e-9 } } as const
    const stored = {
      trials: 4,
      diverged: 1,
      failed: 1,
      elite: [1],
      keep: 0.25,
      margin: 0.1,
      rootShare: 0.1,
      parameters: [{ ...decided, reason: 'best 2e-6 lies at the lower edge', figures: { pValue: 0.01 } }],
    }
    const db = new Database(file)
    db.prepare('UPDATE stages SET narrowing = ? WHERE narrowing IS NOT NULL').run(JSON.stringify(stored))
    db.close()
    const reader = openReader(file)
    const { id } = reader.findStudy('quickstart')!
    expect(reader.stages(id)[1]!.narrowing).toEqual({
      ...stored,
      parameters: [
        {
          ...decided,
          reason: { code: 'sentence', text: 'best 2e-6 lies at the lower edge', figures: { pValue: 0.01 } },
          remarks: [],
        },
      ],
    })
    reader.close()
  })
})

describe('a migration', () => {
  const steps = ['CREATE TABLE a (x INTEGER) STRICT', 'INSERT INTO a VALUES (1)']

  it('copies an older store first, then takes all missing steps at once', () => {
    const file = join(folder, 'steps.db')
    const db = new Database(file)
    expect(migrate(db, file, steps.slice(0, 1))).toBeNull()
    expect(identify(db, file, 2)).toBe(1)
    expect(migrate(db, file, steps)).toBe(`${file}.version-1.bak`)
    expect(identify(db, file, 2)).toBe(2)
    expect(migrate(db, file, steps)).toBeNull()
    db.pragma('user_version = 1')
    expect(migrate(db, file, steps)).toBe(`${file}.version-1.bak-2`)
    db.close()
    const copy = new Database(`${file}.version-1.bak`, { readonly: true })
    expect(identify(copy, file, 2)).toBe(1)
    expect(copy.pragma('application_id', { simple: true })).toBe(APPLICATION_ID)
    copy.close()
  })

  it('that fails leaves the store at its version', () => {
    const file = join(folder, 'failing.db')
    const db = new Database(file)
    migrate(db, file, steps)
    expect(() => migrate(db, file, [...steps, 'DELETE FROM a', 'NONSENSE'])).toThrow('syntax error')
    expect(identify(db, file, 2)).toBe(2)
    expect(db.prepare('SELECT count(*) FROM a').pluck().get()).toBe(1)
    db.close()
  })
})
