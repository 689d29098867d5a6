import { expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import type { Evaluation } from '../../../src/store/store.ts'
import { newStudy, outcome, readAll, spec, stage } from '../records.ts'

import type { Stand } from './stand.ts'

/** What every store does with studies, stages, leases and what people write about them. */
export function studiesConformance(stand: Stand): void {
  const { store, begin, finish } = stand

  it('gives a study back as it was created', () => {
    stand.clock = 1_700_000_000_123
    const given = newStudy({
      name: 'whole',
      experiment: { a: [1, -0, Number.NaN], b: { c: '{"$number"}' } },
    })
    const created = store.createStudy(given)
    expect(created).toEqual({
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
    expect(store.findStudy('whole')).toEqual(created)
    expect(store.latestStudy()).toEqual(created)
    expect(store.studies().at(-1)).toEqual(created)
    expect(store.findStudy('half')).toBeUndefined()
  })

  it('refuses a second study of the same name', () => {
    store.createStudy(newStudy({ name: 'taken' }))
    expect(() => store.createStudy(newStudy({ name: 'taken' }))).toThrow(UserError)
    expect(store.studies().filter(({ name }) => name === 'taken')).toHaveLength(1)
  })

  it('lets a new study choose its name among those that are free', () => {
    store.createStudy(newStudy({ name: 'chosen' }))
    const choose = (isTaken: (name: string) => boolean) => {
      const names = ['chosen', 'chosen-2']
      return newStudy({ name: names.find((name) => !isTaken(name))! })
    }
    expect(store.createStudy(choose).name).toBe('chosen-2')
    expect(() => store.createStudy(() => newStudy({ name: 'chosen' }))).toThrow(UserError)
  })

  it('gives stages back in order, with the decision that led there', () => {
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
    expect(store.stages(id)).toEqual(stages)
    expect(() => store.addStage(id, stage())).toThrow()
    store.updateStage(id, 1, { trials: 96 })
    store.updateStage(id, 0, { epochs: 2 })
    expect(store.stages(id)).toEqual([
      { ...stages[0], epochs: 2 },
      { ...stages[1], trials: 96 },
    ])
  })

  it('keeps evaluations, notes and a changed experiment, also of a finished study', () => {
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
    expect(store.evaluations(study)).toEqual([look, further])
    expect(store.studies().find(({ id }) => id === study)).toMatchObject({
      notes: ['resume --force', '--add 32'],
      experiment: { changed: true },
      fingerprints: { data: null, objective: 'x', space: 'y' },
    })
  })

  it('records how a study ended, with what was grouped, and that it runs again', () => {
    const study = begin()
    const find = () => store.studies().find(({ id }) => id === study)
    finish(study, 0, 0.5)
    stand.clock = 7000
    store.finishStudy(study, 'stopped', 'stopped by SIGINT')
    expect(find()).toMatchObject({ state: 'stopped', endReason: 'stopped by SIGINT', finishedAt: 7000 })
    expect(store.countTrials(study).complete).toBe(1)
    expect(store.lease(study)).toBeUndefined()
    store.acquireLease(study)
    expect(find()).toMatchObject({ state: 'stopped' })
    finish(study, 1, 0.5)
    store.flush()
    expect(find()).toMatchObject({ state: 'running', endReason: null, finishedAt: null })
  })

  it('holds a lease while it writes, and writes nothing without one', () => {
    stand.clock = 1000
    const study = begin()
    expect(store.lease(study)).toMatchObject({ pid: process.pid, since: 1000, heartbeatAt: 1000 })
    stand.clock = 3000
    store.acquireLease(study)
    store.renewLease(study)
    expect(store.lease(study)).toMatchObject({ since: 1000, heartbeatAt: 3000 })
    finish(study, 0, 0.5)
    store.releaseLease(study)
    expect(store.lease(study)).toBeUndefined()
    expect(store.countTrials(study).complete).toBe(1)
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
    for (const write of writes) expect(write).toThrow('lease')
    store.flush()
    expect(readAll(store, study)).toEqual(before)
  })

  it('says whether something was written since it was last asked', () => {
    store.changed()
    expect(store.changed()).toBe(false)
    const study = begin()
    expect(store.changed()).toBe(true)
    expect(store.changed()).toBe(false)
    finish(study, 0, 0.5)
    expect(store.changed()).toBe(false)
    store.flush()
    expect(store.changed()).toBe(true)
    store.setComment(study, 'seen')
    expect(store.changed()).toBe(true)
    expect(store.changed()).toBe(false)
  })

  it('keeps comments, tags and folders, and changes them', () => {
    const study = begin()
    for (const number of [2, 1]) finish(study, number, 1)
    store.flush()
    store.setArtifactFolder(study, 2, 'artifacts/a/2')
    store.setArtifactFolder(study, 1, 'artifacts/a/1')
    store.setArtifactFolder(study, 2, 'artifacts/b/2')
    expect(store.artifactFolders(study)).toEqual([
      { trial: 1, folder: 'artifacts/a/1' },
      { trial: 2, folder: 'artifacts/b/2' },
    ])
    store.setArtifactFolder(study, 1, null)
    expect(store.artifactFolders(study)).toEqual([{ trial: 2, folder: 'artifacts/b/2' }])
    store.finishStudy(study, 'complete', null)
    store.setComment(study, 'the first that worked')
    store.setTags(study, ['baseline', 'cifar', 'baseline'])
    const record = (): unknown => store.studies().find(({ id }) => id === study)
    expect(record()).toMatchObject({ comment: 'the first that worked', tags: ['baseline', 'cifar'] })
    store.setComment(study, null)
    store.setTags(study, [])
    expect(record()).toMatchObject({ comment: null, tags: [], state: 'complete' })
    expect(() => store.setArtifactFolder(study, 2, null)).toThrow('lease')
  })

  it('renames a study, to a name that is free', () => {
    const study = begin({ name: 'old' })
    begin({ name: 'other' })
    expect(() => store.renameStudy(study, 'other')).toThrow(UserError)
    store.renameStudy(study, 'new')
    store.renameStudy(study, 'new')
    expect(store.findStudy('new')?.id).toBe(study)
    expect(store.findStudy('old')).toBeUndefined()
  })

  it('deletes a study with all that belongs to it, and nothing else', () => {
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
    expect(store.findStudy('gone')).toBeUndefined()
    expect(store.studies().map(({ id }) => id)).not.toContain(study)
    expect(store.trials(study)).toEqual([])
    expect(store.measurements(study, 0)).toEqual([])
    expect(store.artifact(study, 0)).toBeUndefined()
    expect([store.stages(study), store.evaluations(study), store.artifactFolders(study)]).toEqual([
      [],
      [],
      [],
    ])
    expect(readAll(store, other)).toEqual(before)
    expect(() => store.startTrial(study, spec(1), 'a-host')).toThrow()
    expect(() => store.deleteStudy(study)).toThrow('no study')
    expect(store.findStudy('stays')?.id).toBe(other)
    expect(begin({ name: 'gone' })).not.toBe(other)
  })

  it('knows nothing of a study that is not there', () => {
    expect(store.trials(12345)).toEqual([])
    expect(store.bestTrials(12345, 3)).toEqual([])
    expect(store.stages(12345)).toEqual([])
    expect([...store.allMeasurements(12345)]).toEqual([])
    expect(store.lease(12345)).toBeUndefined()
    expect(() => store.acquireLease(12345)).toThrow('no study 12345')
    expect(() => store.startTrial(12345, spec(0), 'a-host')).toThrow()
  })
}
