import assert from 'node:assert/strict'
import { UserError } from '../../errors.ts'
import type { Evaluation } from '../../store/store.ts'
import { matches, throwsWith } from '../assertions.ts'
import type { TestRunner } from '../runner.ts'
import { newStudy, outcome, readAll, spec, stage } from './records.ts'
import type { Stand } from './stand.ts'

/** What every store does with studies, stages, leases and what people write about them. */
export function checkStudies(stand: Stand, { test }: TestRunner): void {
  const { store, begin, finish } = stand

  test('gives a study back as it was created', () => {
    stand.clock = 1_700_000_000_123
    const given = newStudy({
      name: 'whole',
      experiment: { a: [1, -0, Number.NaN], b: { c: '{"$number"}' } },
    })
    const created = store.createStudy(given)
    assert.deepStrictEqual(created, {
      ...given,
      id: created.id,
      state: 'running',
      endReason: null,
      createdAt: stand.clock,
      finishedAt: null,
      notes: [],
      origin: null,
      comment: null,
      tags: [],
    })
    assert.deepStrictEqual(store.findStudy('whole'), created)
    assert.deepStrictEqual(store.latestStudy(), created)
    assert.deepStrictEqual(store.studies().at(-1), created)
    assert.strictEqual(store.findStudy('half'), undefined)
  })

  test('refuses a second study of the same name', () => {
    store.createStudy(newStudy({ name: 'taken' }))
    assert.throws(() => store.createStudy(newStudy({ name: 'taken' })), UserError)
    assert.strictEqual(store.studies().filter(({ name }) => name === 'taken').length, 1)
  })

  test('lets a new study choose its name among those that are free', () => {
    store.createStudy(newStudy({ name: 'chosen' }))
    const choose = (isTaken: (name: string) => boolean) => {
      const names = ['chosen', 'chosen-2']
      return newStudy({ name: names.find((name) => !isTaken(name))! })
    }
    assert.strictEqual(store.createStudy(choose).name, 'chosen-2')
    assert.throws(() => store.createStudy(() => newStudy({ name: 'chosen' })), UserError)
  })

  test('gives stages back in order, with the decision that led there', () => {
    const { id } = store.createStudy(newStudy({ name: 'staged' }))
    const narrowing = {
      trials: 64,
      diverged: 3,
      failed: 0,
      elite: [4, 2],
      keep: 0.2,
      margin: 0.1,
      rootShare: 0.1,
      parameters: [
        {
          name: 'reg',
          action: 'kept' as const,
          before: { kind: 'fixed' as const, value: 1 },
          after: { kind: 'fixed' as const, value: 1 },
          reason: { code: 'no-trend' as const, pValue: Number.NaN },
          remarks: [
            {
              code: 'diverged-side' as const,
              count: 2,
              side: 'above' as const,
              from: Number.POSITIVE_INFINITY,
            },
          ],
        },
      ],
    }
    const stages = [stage(), stage({ index: 1, name: 'fine', firstTrial: 64, narrowing })]
    for (const one of stages) store.addStage(id, one)
    assert.deepStrictEqual(store.stages(id), stages)
    assert.throws(() => store.addStage(id, stage()))
    store.updateStage(id, 1, { trials: 96 })
    store.updateStage(id, 0, { epochs: 2 })
    assert.deepStrictEqual(store.stages(id), [
      { ...stages[0], epochs: 2 },
      { ...stages[1], trials: 96 },
    ])
  })

  test('keeps evaluations, notes and a changed experiment, also of a finished study', () => {
    const study = begin()
    finish(study, 0, 0.5)
    store.setExperiment(study, { changed: true }, { data: null, objective: 'x', space: 'y' })
    store.finishStudy(study, 'complete', null)
    const look: Evaluation = {
      trial: 0,
      at: 12,
      part: 'test',
      examples: 4,
      metrics: { loss: Number.NaN, accuracy: 0.5 },
      confusion: [
        [1, 1],
        [1, 1],
      ],
    }
    const further: Evaluation = { ...look, at: 13, part: 'valid', metrics: { mse: -0 }, confusion: null }
    store.addEvaluation(study, look)
    store.addEvaluation(study, further)
    store.addNote(study, 'resume --force')
    store.addNote(study, '--add 32')
    assert.deepStrictEqual(store.evaluations(study), [look, further])
    matches(
      store.studies().find(({ id }) => id === study),
      {
        notes: ['resume --force', '--add 32'],
        experiment: { changed: true },
        fingerprints: { data: null, objective: 'x', space: 'y' },
      },
    )
  })

  test('records how a study ended, with what was grouped, and that it runs again', () => {
    const study = begin()
    const find = () => store.studies().find(({ id }) => id === study)
    finish(study, 0, 0.5)
    stand.clock = 7000
    store.finishStudy(study, 'stopped', 'stopped by SIGINT')
    matches(find(), { state: 'stopped', endReason: 'stopped by SIGINT', finishedAt: 7000 })
    assert.strictEqual(store.countTrials(study).complete, 1)
    assert.strictEqual(store.lease(study), undefined)
    store.acquireLease(study)
    matches(find(), { state: 'stopped' })
    finish(study, 1, 0.5)
    store.flush()
    matches(find(), { state: 'running', endReason: null, finishedAt: null })
  })

  test('holds a lease while it writes, and writes nothing without one', () => {
    stand.clock = 1000
    const study = begin()
    matches(store.lease(study), { pid: process.pid, since: 1000, heartbeatAt: 1000 })
    stand.clock = 3000
    store.acquireLease(study)
    store.renewLease(study)
    matches(store.lease(study), { since: 1000, heartbeatAt: 3000 })
    finish(study, 0, 0.5)
    store.releaseLease(study)
    assert.strictEqual(store.lease(study), undefined)
    assert.strictEqual(store.countTrials(study).complete, 1)
    const writes: (() => void)[] = [
      () => store.startTrial(study, spec(1), 'a-host'),
      () => store.finishTrial(study, 0, outcome(1), false),
      () => store.keepArtifacts(study, []),
      () => store.addStage(study, stage({ index: 1 })),
      () => store.updateStage(study, 0, { trials: 1 }),
      () => store.setExperiment(study, {}, newStudy().fingerprints),
      () => store.renewLease(study),
      () => store.finishStudy(study, 'failed', null),
    ]
    const before = readAll(store, study)
    for (const write of writes) throwsWith(write, 'lease')
    store.flush()
    assert.deepStrictEqual(readAll(store, study), before)
  })

  test('says whether something was written since it was last asked', () => {
    store.changed()
    assert.strictEqual(store.changed(), false)
    const study = begin()
    assert.strictEqual(store.changed(), true)
    assert.strictEqual(store.changed(), false)
    finish(study, 0, 0.5)
    assert.strictEqual(store.changed(), false)
    store.flush()
    assert.strictEqual(store.changed(), true)
    store.setComment(study, 'seen')
    assert.strictEqual(store.changed(), true)
    assert.strictEqual(store.changed(), false)
  })

  test('keeps comments, tags and folders, and changes them', () => {
    const study = begin()
    for (const number of [2, 1]) finish(study, number, 1)
    store.flush()
    store.setArtifactFolder(study, 2, 'artifacts/a/2')
    store.setArtifactFolder(study, 1, 'artifacts/a/1')
    store.setArtifactFolder(study, 2, 'artifacts/b/2')
    assert.deepStrictEqual(store.artifactFolders(study), [
      { trial: 1, folder: 'artifacts/a/1' },
      { trial: 2, folder: 'artifacts/b/2' },
    ])
    store.setArtifactFolder(study, 1, null)
    assert.deepStrictEqual(store.artifactFolders(study), [{ trial: 2, folder: 'artifacts/b/2' }])
    store.finishStudy(study, 'complete', null)
    store.setComment(study, 'the first that worked')
    store.setTags(study, ['baseline', 'cifar', 'baseline'])
    const record = (): unknown => store.studies().find(({ id }) => id === study)
    matches(record(), { comment: 'the first that worked', tags: ['baseline', 'cifar'] })
    store.setComment(study, null)
    store.setTags(study, [])
    matches(record(), { comment: null, tags: [], state: 'complete' })
    throwsWith(() => store.setArtifactFolder(study, 2, null), 'lease')
  })

  test('renames a study, to a name that is free', () => {
    const study = begin({ name: 'old' })
    begin({ name: 'other' })
    assert.throws(
      () => store.renameStudy(study, 'other'),
      (error) => error instanceof UserError && error.code === 'usage',
    )
    store.renameStudy(study, 'new')
    store.renameStudy(study, 'new')
    assert.strictEqual(store.findStudy('new')?.id, study)
    assert.strictEqual(store.findStudy('old'), undefined)
  })

  test('deletes a study with all that belongs to it, and nothing else', () => {
    const [study, other] = [begin({ name: 'gone' }), begin({ name: 'stays' })]
    for (const id of [study, other]) {
      store.startTrial(id, spec(0), 'a-host')
      store.finishTrial(id, 0, outcome(1, { artifact: new Uint8Array([1]) }), true)
      store.flush()
      store.setArtifactFolder(id, 0, 'folder')
      const metrics = { loss: 1 }
      store.addEvaluation(id, { trial: 0, at: 1, part: 'test', examples: 1, metrics, confusion: null })
    }
    const before = readAll(store, other)
    store.deleteStudy(study)
    assert.strictEqual(store.findStudy('gone'), undefined)
    assert.ok(
      !store
        .studies()
        .map(({ id }) => id)
        .includes(study),
    )
    assert.deepStrictEqual(store.trials(study), [])
    assert.deepStrictEqual(store.measurements(study, 0), [])
    assert.strictEqual(store.artifact(study, 0), undefined)
    assert.deepStrictEqual(
      [store.stages(study), store.evaluations(study), store.artifactFolders(study)],
      [[], [], []],
    )
    assert.deepStrictEqual(readAll(store, other), before)
    assert.throws(() => store.startTrial(study, spec(1), 'a-host'))
    throwsWith(() => store.deleteStudy(study), 'no study')
    assert.strictEqual(store.findStudy('stays')?.id, other)
    assert.notStrictEqual(begin({ name: 'gone' }), other)
  })

  test('knows nothing of a study that is not there', () => {
    assert.deepStrictEqual(store.trials(12345), [])
    assert.deepStrictEqual(store.bestTrials(12345, 3), [])
    assert.deepStrictEqual(store.stages(12345), [])
    assert.deepStrictEqual([...store.allMeasurements(12345)], [])
    assert.strictEqual(store.lease(12345), undefined)
    throwsWith(() => store.acquireLease(12345), 'no study 12345')
    assert.throws(() => store.startTrial(12345, spec(0), 'a-host'))
  })
}
