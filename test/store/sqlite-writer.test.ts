import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyWriter } from '../../src/store/store.ts'
import { finishedTrial, startedTrial } from '../../src/store/trial-life.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import type { TrialState } from '../../src/trial.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let files = 0
const newFile = (): string => join(folder, `${files++}.db`)

function begin(store: StudyWriter, name = 'quickstart'): number {
  const { id } = store.createStudy(newStudy({ name }))
  store.addStage(id, stage())
  return id
}

function run(store: StudyWriter, id: number, number: number, value = 1): void {
  store.startTrial(id, spec(number), 'a-host')
  store.finishTrial(id, number, outcome(value), false)
}

/** A trial from elsewhere. */
function imported(number: number, state: TrialState = 'complete') {
  const begun = startedTrial(undefined, spec(number), { host: 'elsewhere', slot: null }, 0)
  const record = { ...finishedTrial(begun, outcome(0.5), null), state, origin: 'trials.csv' }
  return { record, measurements: outcome(0.5).measurements }
}

describe.each<[string, (now: () => number) => StudyWriter]>([
  ['memory', (now) => createMemoryStore({ now })],
  ['a file', (now) => openWriter(newFile(), { now })],
])('a store in %s', (kind, open) => {
  let clock = 1000
  const store = open(() => clock)

  it.each<[string, (id: number) => void]>([
    ['a stage', (id) => store.addStage(id, stage({ index: 1 }))],
    ['a trial', (id) => run(store, id, 5)],
    ['an imported trial', (id) => store.importTrials(id, [imported(5)])],
  ])('says that a study runs again once it gets %s', (what, write) => {
    const id = begin(store, `again, ${what}`)
    clock = 2000
    store.finishStudy(id, 'stopped', 'time limit')
    const record = () => store.studies().find((each) => each.id === id)
    expect(record()).toMatchObject({ state: 'stopped', endReason: 'time limit', finishedAt: 2000 })
    store.acquireLease(id)
    store.setArtifactFolder(id, 0, null)
    store.updateStage(id, 0, { trials: 65 })
    expect(record()).toMatchObject({ state: 'stopped', endReason: 'time limit', finishedAt: 2000 })
    write(id)
    store.flush()
    expect(record()).toMatchObject({ state: 'running', endReason: null, finishedAt: null })
  })

  it('refuses to import under a number that is taken, committed or not, or given twice', () => {
    const id = begin(store, 'numbers')
    run(store, id, 0)
    expect(() => store.importTrials(id, [imported(0)])).toThrow('There is a trial 0 already.')
    store.flush()
    expect(() => store.importTrials(id, [imported(0)])).toThrow('There is a trial 0 already.')
    expect(() => store.importTrials(id, [imported(1), imported(1)])).toThrow('There is a trial 1 already.')
    expect(() => store.importTrials(id, [imported(2, 'waiting')])).toThrow(
      "Trial 2 is waiting: it can't be imported.",
    )
    const falling = imported(2).measurements.toReversed()
    expect(() => store.importTrials(id, [{ ...imported(2), measurements: falling }])).toThrow(
      'Trial 2: steps must be increasing whole numbers, got 2 after 3.',
    )
    expect(store.trials(id).map(({ number, value }) => [number, value])).toEqual([[0, 1]])
    store.importTrials(id, [imported(4), imported(3)])
    expect(store.trials(id).map(({ number, value }) => [number, value])).toEqual([
      [0, 1],
      [3, 0.5],
      [4, 0.5],
    ])
    for (const number of [3, 4]) {
      expect(() => store.startTrial(id, spec(number), 'a-host')).toThrow(`Trial ${number} is complete`)
    }
    store.importTrials(id, [])
    run(store, id, 5)
    store.flush()
    expect(store.countTrials(id).complete).toBe(4)
  })

  it('has changed after whatever was committed, and after nothing else', () => {
    const { id } = store.createStudy(newStudy({ name: 'changing' }))
    expect([store.changed(), store.changed()]).toEqual([true, false])
    const look = { trial: 0, at: 0, part: 'test', examples: 1, metrics: {}, confusion: null }
    const writes: Readonly<Record<string, () => void>> = {
      addStage: () => store.addStage(id, stage()),
      updateStage: () => store.updateStage(id, 0, { trials: 9 }),
      setExperiment: () => store.setExperiment(id, {}, newStudy().fingerprints),
      addNote: () => store.addNote(id, 'a note'),
      importTrials: () => store.importTrials(id, [imported(0)]),
      addEvaluation: () => store.addEvaluation(id, look),
      setArtifactFolder: () => store.setArtifactFolder(id, 0, 'folder'),
      setTags: () => store.setTags(id, ['tag']),
      renameStudy: () => store.renameStudy(id, 'changed'),
      flush: () => {
        store.startTrial(id, spec(1), 'a-host')
        expect(store.changed()).toBe(false)
        store.flush()
      },
      finishStudy: () => store.finishStudy(id, 'complete', null),
      deleteStudy: () => store.deleteStudy(id),
    }
    for (const [name, write] of Object.entries(writes)) {
      write()
      expect([name, store.changed(), store.changed()]).toEqual([name, true, false])
    }
    store.flush()
    expect(store.changed()).toBe(false)
  })

  it('writes nothing more to a study that has ended or is deleted', () => {
    const [ended, deleted] = ['ended', 'deleted'].map((name) => begin(store, name))
    store.finishStudy(ended!, 'complete', null)
    store.deleteStudy(deleted!)
    expect(() => store.startTrial(ended!, spec(0), 'a-host')).toThrow(
      `This writer does not hold the lease of study ${ended}.`,
    )
    expect(() => store.startTrial(deleted!, spec(0), 'a-host')).toThrow()
    expect(() => store.setComment(deleted!, 'x')).toThrow(`There is no study ${deleted}`)
    store.flush()
  })

  it('leaves its stages as they are where there is none of a number', () => {
    const id = begin(store, 'stages')
    store.updateStage(id, 7, { trials: 1 })
    expect(store.stages(id)).toEqual([stage()])
    store.updateStage(id, 0, {})
    expect(store.stages(id)).toEqual([stage()])
  })

  it('holds nothing for an experiment that is not there', () => {
    const { id } = store.createStudy(newStudy({ name: 'no experiment', experiment: undefined }))
    expect(store.findStudy('no experiment')?.experiment).toBeNull()
    store.setExperiment(id, { a: -0 }, newStudy().fingerprints)
    expect(store.findStudy('no experiment')?.experiment).toEqual({ a: -0 })
    store.setExperiment(id, undefined, newStudy().fingerprints)
    expect(store.findStudy('no experiment')?.experiment).toBeNull()
  })

  it('names the study whose name is taken, and lets one keep its own', () => {
    const [a, b] = ['first', 'second'].map((name) => begin(store, name))
    expect(() => store.createStudy(newStudy({ name: 'first' }))).toThrow('Study "first" already exists')
    expect(() => store.renameStudy(b!, 'first')).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringContaining('Study "first" already exists'),
        hint: 'Choose another name.',
      }),
    )
    store.renameStudy(a!, 'first')
    store.renameStudy(b!, 'third')
    expect([a, b].map((id) => store.studies().find((each) => each.id === id)?.name)).toEqual([
      'first',
      'third',
    ])
    expect(() => store.renameStudy(12345, 'x')).toThrow('There is no study 12345')
  })

  it('tells who runs a study since when, and until when it was heard of', () => {
    clock = 5000
    const id = begin(store, 'leased')
    clock = 9000
    store.renewLease(id)
    store.acquireLease(id)
    expect(store.lease(id)).toEqual({ host: hostname(), pid: process.pid, since: 5000, heartbeatAt: 9000 })
    store.releaseLease(id)
    expect(store.lease(id)).toBeUndefined()
    clock = 10_000
    store.acquireLease(id)
    expect(store.lease(id)).toMatchObject({ since: 10_000, heartbeatAt: 10_000 })
  })

  it(`holds no lease once it is closed${kind === 'memory' ? '' : ', and may be closed twice'}`, () => {
    const id = begin(store, 'closed')
    run(store, id, 0)
    store.close()
    if (kind === 'memory') {
      expect(store.lease(id)).toBeUndefined()
      expect(store.countTrials(id).complete).toBe(1)
    } else store.close()
  })
})

describe('a store in a file', () => {
  it('commits what was grouped when it is closed, also after an earlier flush, and lets go of its studies', () => {
    const file = newFile()
    const store = openWriter(file)
    const ids = ['one', 'two'].map((name) => begin(store, name))
    for (const id of ids) run(store, id, 0)
    store.flush()
    for (const id of ids) run(store, id, 1)
    store.close()
    const db = new Database(file)
    expect(db.prepare('SELECT count(*) FROM leases').pluck().get()).toBe(0)
    db.close()
    const reader = openReader(file)
    expect(ids.map((id) => reader.countTrials(id).complete)).toEqual([2, 2])
    reader.close()
  })

  it('refuses to rename or delete what another writer runs, and lets both once that has gone', () => {
    const file = newFile()
    const [runs, other] = [openWriter(file, { now: () => 0 }), openWriter(file, { now: () => 0 })]
    const id = begin(runs)
    const told = `Study "quickstart" is being run by pid ${process.pid} on host ${hostname()} (since 1970-01-01T00:00:00.000Z)`
    expect(() => other.renameStudy(id, 'new')).toThrow(told)
    expect(() => other.deleteStudy(id)).toThrow(told)
    expect(other.findStudy('quickstart')?.id).toBe(id)
    runs.renameStudy(id, 'newer')
    run(runs, id, 0)
    runs.releaseLease(id)
    other.renameStudy(id, 'newest')
    expect(runs.findStudy('newest')?.id).toBe(id)
    other.deleteStudy(id)
    expect(statSync(`${file}-wal`).size).toBe(0)
    expect(runs.studies()).toEqual([])
    for (const store of [runs, other]) store.close()
  })

  it('drops what was grouped under a lease that was lost, and takes the trials as they are by then', () => {
    const file = newFile()
    const [first, second] = [openWriter(file), openWriter(file)]
    const id = begin(first)
    run(first, id, 0)
    const db = new Database(file)
    db.exec('DELETE FROM leases')
    db.close()
    second.acquireLease(id)
    for (const number of [0, 1]) run(second, id, number, 0.5)
    second.releaseLease(id)
    first.acquireLease(id)
    first.flush()
    expect(first.trials(id).map(({ value }) => value)).toEqual([0.5, 0.5])
    expect(() => first.startTrial(id, spec(1), 'a-host')).toThrow('Trial 1 is complete')
    for (const store of [first, second]) store.close()
  })

  it('names its file where a study is not there or its name is taken', () => {
    const file = newFile()
    const store = openWriter(file)
    begin(store)
    expect(() => store.acquireLease(7)).toThrow(`There is no study 7 in ${file}.`)
    expect(() => begin(store)).toThrow(
      expect.objectContaining({
        code: 'store',
        message: `Study "quickstart" already exists in ${file}`,
        hint: 'Choose another name, or continue that study.',
      }),
    )
    store.close()
  })

  it('tells a writer of what others committed, and of what it committed itself, once each', () => {
    const file = newFile()
    const [store, other] = [openWriter(file), openWriter(file)]
    expect(store.changed()).toBe(true)
    expect(store.changed()).toBe(false)
    const id = begin(other)
    expect([store.changed(), store.changed()]).toEqual([true, false])
    store.setComment(id, 'x')
    expect([store.changed(), store.changed()]).toEqual([true, false])
    other.setComment(id, 'y')
    store.setTags(id, ['z'])
    expect([store.changed(), store.changed()]).toEqual([true, false])
    for (const each of [store, other]) each.close()
  })
})
