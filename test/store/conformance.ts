import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { readTotals } from '../../src/report/totals.ts'
import { hasValue, rankTrials } from '../../src/search/rank.ts'
import { encodeJson } from '../../src/store/exact-json.ts'
import { PAUSE_MS } from '../../src/store/running-time.ts'
import type { Evaluation, StoreOptions, StudyWriter, TrialColumn } from '../../src/store/store.ts'
import { sortTrials, TRIAL_FIELDS, trialSorting } from '../../src/store/trial-order.ts'
import { anyOutcome, anySpec } from './arbitraries.ts'
import { newStudy, outcome, readAll, spec, stage } from './records.ts'

/** What every store does. `open` gives a new, empty one. */
export function storeConformance(kind: string, open: (options?: StoreOptions) => StudyWriter): void {
  describe(`${kind}: a store`, () => {
    let store: StudyWriter
    let clock = 0
    let count = 0
    /** A study of its own for each test; names are unique. */
    const begin = (changes: Parameters<typeof newStudy>[0] = {}): number => {
      const { id } = store.createStudy(newStudy({ name: `study-${count++}`, ...changes }))
      store.addStage(id, stage())
      return id
    }
    const finish = (study: number, number: number, value: number, changes = {}): void => {
      store.startTrial(study, spec(number), 'a-host')
      store.finishTrial(study, number, outcome(value, changes), false)
    }
    beforeAll(() => {
      store = open({ now: () => clock })
    })
    afterAll(() => store.close())

    it('gives a study back as it was created', () => {
      clock = 1_700_000_000_123
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
        createdAt: clock,
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

    it('lets a writer finish a trial that another has started', () => {
      const study = begin()
      store.startTrial(study, spec(0), 'a-host')
      store.flush()
      store.releaseLease(study)
      store.acquireLease(study)
      expect(() => store.finishTrial(study, 0, outcome(1), false)).toThrow('was not started by this writer')
      store.adoptTrial(study, 0)
      store.finishTrial(study, 0, outcome(0.25), false)
      store.flush()
      expect(store.trial(study, 0)).toMatchObject({ state: 'complete', value: 0.25, attempts: 1 })
      expect(() => store.adoptTrial(study, 0)).toThrow("Trial 0 is complete: it can't be taken over.")
      expect(() => store.adoptTrial(study, 1)).toThrow("Trial 1 is not there: it can't be taken over.")
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

    it('shows grouped writes only after the flush', () => {
      const study = begin()
      finish(study, 0, 0.5)
      expect(store.trials(study)).toEqual([])
      store.flush()
      expect(store.trials(study).map(({ state }) => state)).toEqual(['complete'])
      store.startTrial(study, spec(1), 'a-host')
      store.flush()
      expect(store.trial(study, 1)?.state).toBe('running')
      store.finishTrial(study, 1, outcome(0.4), false)
      expect(store.trial(study, 1)?.state).toBe('running')
      expect(store.measurements(study, 1)).toEqual([])
      store.flush()
      expect(store.measurements(study, 1)).toEqual(outcome(0.4).measurements)
    })

    it('records a running trial with its host, its attempt and when it began', () => {
      const study = begin()
      clock = 5000
      store.startTrial(study, spec(0), 'a-host', 3)
      store.flush()
      expect(store.trial(study, 0)).toEqual({
        ...spec(0),
        state: 'running',
        value: null,
        tie: null,
        epochs: 0,
        metrics: {},
        error: null,
        attempts: 1,
        arithmetic: null,
        host: 'a-host',
        slot: 3,
        origin: null,
        startedAt: 5000,
        durationMs: null,
      })
    })

    it('gives every finished trial back to the last bit, whatever floats it measured', () => {
      const study = begin()
      let number = 0
      fc.assert(
        fc.property(anySpec, anyOutcome, fc.boolean(), (anyTrial, ended, flushBetween) => {
          const given = { ...anyTrial, number: number++ }
          store.startTrial(study, given, 'a-host')
          if (flushBetween) store.flush()
          store.finishTrial(study, given.number, ended, true)
          store.flush()
          const record = store.trial(study, given.number)!
          const { number: n, stage: s, params, seed, budget, continues } = record
          expect({ number: n, stage: s, params, seed, budget, continues }).toEqual(given)
          expect(record.attempts).toBe(1)
          if (ended.state === 'stopped') {
            expect(record).toMatchObject({
              state: 'waiting',
              value: null,
              epochs: 0,
              metrics: {},
              host: null,
            })
            expect(store.measurements(study, given.number)).toEqual([])
            expect(store.artifact(study, given.number)).toBeUndefined()
            return
          }
          const last = ended.measurements.at(-1)
          const ranked = ended.state === 'complete' || ended.state === 'pruned'
          expect(store.measurements(study, given.number)).toEqual(ended.measurements)
          expect(store.artifact(study, given.number)).toEqual(ended.artifact ?? undefined)
          expect(record).toMatchObject({
            state: ended.state,
            host: ended.host ?? 'a-host',
            slot: ended.slot,
            arithmetic: ended.arithmetic,
          })
          expect(record.value).toEqual(ranked && last && !Number.isNaN(last.value) ? last.value : null)
          expect(record.epochs).toBe(last?.step ?? 0)
          expect(record.metrics).toEqual(last?.metrics ?? {})
          expect(record.error).toEqual(ended.error)
          expect([record.startedAt, record.durationMs]).toEqual([ended.startedAt, ended.durationMs])
        }),
      )
      expect(store.trials(study).map((trial) => trial.number)).toEqual([...Array(number).keys()])
    })

    it('replaces what an attempt before has left', () => {
      const study = begin()
      const error = { message: 'threw', code: 'threw', stack: null }
      finish(study, 0, 0.5, { state: 'failed', error, artifact: new Uint8Array([1]) })
      store.flush()
      expect(store.trial(study, 0)).toMatchObject({ state: 'failed', value: null, error, attempts: 1 })
      store.startTrial(study, spec(0), 'b-host')
      store.flush()
      expect(store.trial(study, 0)).toMatchObject({
        state: 'running',
        error: null,
        attempts: 2,
        host: 'b-host',
      })
      expect(store.measurements(study, 0)).toEqual([])
      store.startTrial(study, spec(0), 'b-host')
      const [first] = outcome(0.25).measurements
      store.finishTrial(study, 0, outcome(0.25, { measurements: [first!] }), false)
      store.flush()
      expect(store.trial(study, 0)).toMatchObject({ state: 'complete', epochs: 1, attempts: 3 })
      expect(store.measurements(study, 0)).toEqual([first])
    })

    it('never runs over a result, and finishes only what was started', () => {
      const study = begin()
      finish(study, 0, 0.5)
      expect(() => store.startTrial(study, spec(0), 'a-host')).toThrow('Trial 0 is complete')
      expect(() => store.finishTrial(study, 0, outcome(0.1), false)).toThrow('Trial 0 was not started')
      store.flush()
      expect(() => store.startTrial(study, spec(0), 'a-host')).toThrow('Trial 0 is complete')
      expect(store.trial(study, 0)?.value).toBe(0.5)
    })

    it('refuses measurements whose steps do not increase', () => {
      const study = begin()
      store.startTrial(study, spec(0), 'a-host')
      const twice = outcome(0.5).measurements.map((measurement) => ({ ...measurement, step: 1 }))
      expect(() => store.finishTrial(study, 0, outcome(0.5, { measurements: twice }), false)).toThrow(
        'increasing',
      )
      store.finishTrial(study, 0, outcome(0.5), false)
      store.flush()
      expect(store.trial(study, 0)?.state).toBe('complete')
    })

    it('ranks as the search does, whatever the states, values, ties and epochs', () => {
      const figure = fc.constantFrom(-1, -0, 0, 0.5, 0.75, Number.NEGATIVE_INFINITY, Number.NaN)
      const anyTrial = fc.record({
        state: fc.constantFrom('complete', 'pruned', 'diverged', 'failed', 'stopped'),
        value: figure,
        tie: fc.option(figure),
        step: fc.integer({ min: 1, max: 3 }),
        stage: fc.nat(2),
        epochs: fc.integer({ min: 3, max: 5 }),
      })
      const direction = fc.constantFrom('maximize', 'minimize')
      fc.assert(
        fc.property(direction, direction, fc.array(anyTrial, { maxLength: 12 }), (aim, tieAim, trials) => {
          const study = begin({ direction: aim, tieMetric: { metric: 'loss', direction: tieAim } })
          for (const [number, { state, value, tie, step, stage, epochs }] of trials.entries()) {
            store.startTrial(study, spec(number, { stage, budget: { epochs } }), 'a-host')
            const metrics: Record<string, number> = tie === null ? {} : { loss: tie }
            const measurements = [{ step, value, metrics, seconds: 1 }]
            store.finishTrial(study, number, outcome(value, { state, measurements }), false)
          }
          store.startTrial(study, spec(trials.length), 'a-host')
          store.flush()
          const ranked = rankTrials(store.trials(study).filter(hasValue), aim)
          expect(store.bestTrials(study, 100)).toEqual(ranked)
          expect(store.bestTrials(study, 3)).toEqual(ranked.slice(0, 3))
          expect(store.bestTrials(study, 0)).toEqual([])
          expect(store.bestTrials(study, 2, 1)).toEqual(ranked.filter(({ stage }) => stage === 1).slice(0, 2))
          store.finishStudy(study, 'stopped', null)
        }),
      )
    })

    it('takes the tie and the metrics from the epoch that the value is of', () => {
      const study = begin({ tieMetric: { metric: 'validAccuracy', direction: 'maximize' } })
      const measurements = [0.5, 0.75, 0.25].map((validAccuracy, index) => ({
        step: index + 1,
        value: 1,
        metrics: { validAccuracy, bestEpoch: Math.min(2, index + 1) },
        seconds: index,
      }))
      finish(study, 0, 1, { measurements })
      finish(study, 1, 1, { state: 'diverged', measurements })
      finish(study, 2, 1)
      store.flush()
      expect(store.trial(study, 0)).toMatchObject({
        epochs: 3,
        tie: -0.75,
        metrics: measurements[1]!.metrics,
      })
      expect(store.trial(study, 1)?.tie).toBeNull()
      expect(store.trial(study, 2)?.tie).toBeNull()
    })

    it('ranks the trials of one stage', () => {
      const study = begin()
      for (let number = 0; number < 6; number++) {
        store.startTrial(study, spec(number, { stage: number % 2 }), 'a-host')
        store.finishTrial(study, number, outcome(number), false)
      }
      store.flush()
      expect(store.bestTrials(study, 2, 0).map(({ number }) => number)).toEqual([4, 2])
    })

    it('lists trials in order of number, by stage, state, limit and offset', () => {
      const study = begin()
      for (const number of [3, 1, 0, 2, 4]) {
        store.startTrial(study, spec(number, { stage: number < 2 ? 0 : 1 }), 'a-host')
        const state = number === 3 ? 'failed' : 'complete'
        store.finishTrial(study, number, outcome(number, { state }), false)
      }
      store.flush()
      const numbers = (filter: Parameters<StudyWriter['trials']>[1]): number[] =>
        store.trials(study, filter).map(({ number }) => number)
      expect(numbers({})).toEqual([0, 1, 2, 3, 4])
      expect(numbers({ stage: 1 })).toEqual([2, 3, 4])
      expect(numbers({ stage: 1, states: ['complete'] })).toEqual([2, 4])
      expect(numbers({ states: [] })).toEqual([])
      expect(numbers({ limit: 2 })).toEqual([0, 1])
      expect(numbers({ offset: 3 })).toEqual([3, 4])
      expect(numbers({ from: 2, states: ['complete'], limit: 2 })).toEqual([2, 4])
      expect(numbers({ from: 5 })).toEqual([])
      expect(numbers({ states: ['complete', 'failed'], limit: 2, offset: 1 })).toEqual([1, 2])
      expect(store.trial(study, 5)).toBeUndefined()
    })

    it('lists trials in order of any column, as they are sorted in memory', () => {
      const study = begin()
      const figure = fc.constantFrom(
        -1,
        -0,
        0,
        2.5,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
      )
      const param = fc.oneof(figure, fc.boolean(), fc.constantFrom('', 'relu', '10', 'Infinity'))
      let number = 0
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.option(param), fc.option(figure)), { maxLength: 6 }), (some) => {
          for (const [given, metric] of some) {
            const params = given === null ? {} : { 'a "b".c': given }
            store.startTrial(study, spec(number, { params }), 'a-host')
            const metrics: Record<string, number> = metric === null ? {} : { loss: metric }
            const measurements = [{ step: 1, value: metric ?? 1, metrics, seconds: 1 }]
            store.finishTrial(study, number++, outcome(1, { measurements }), false)
          }
        }),
        { numRuns: 20 },
      )
      store.flush()
      const columns: TrialColumn[] = [
        { kind: 'param', name: 'a "b".c' },
        { kind: 'metric', name: 'loss' },
        { kind: 'metric', name: 'none' },
        ...TRIAL_FIELDS.map((name) => ({ kind: 'field', name }) as const),
      ]
      for (const column of columns) {
        for (const falling of [false, true]) {
          const sorted = sortTrials(store.trials(study), trialSorting(column), falling)
          const read = store.trials(study, { sort: { column, falling } })
          const keys = (some: typeof read) => some.map((trial) => [trialSorting(column)(trial), trial.number])
          expect(keys(read)).toEqual(keys(sorted))
          expect(store.trials(study, { sort: { column, falling }, limit: 3, offset: 2 })).toEqual(
            sorted.slice(2, 5),
          )
        }
      }
    })

    it('adds up what the trials of each stage came to', () => {
      const study = begin()
      for (const number of [0, 1, 2]) {
        store.startTrial(study, spec(number, { stage: number === 0 ? 0 : 2 }), 'a-host')
        const state = number === 2 ? 'diverged' : 'complete'
        store.finishTrial(
          study,
          number,
          outcome(1, { state, startedAt: 1000 * number, durationMs: 250 }),
          false,
        )
      }
      store.startTrial(study, spec(3, { stage: 2 }), 'a-host')
      store.flush()
      const none = { waiting: 0, running: 0, complete: 0, pruned: 0, diverged: 0, failed: 0 }
      expect(store.totals(study)).toEqual([
        { stage: 0, counts: { ...none, complete: 1 }, epochs: 3, workMs: 250, ran: [[0, 250]] },
        {
          stage: 2,
          counts: { ...none, complete: 1, diverged: 1, running: 1 },
          ...{ epochs: 6, workMs: 500, ran: [[1000, 2250]] },
        },
      ])
      expect(store.countTrials(study, 2)).toEqual({ ...none, complete: 1, diverged: 1, running: 1 })
      expect(store.countTrials(study, 1)).toEqual(none)
    })

    it('leaves out pauses in which no trial ran, whatever the order and overlap of its trials', () => {
      const study = begin()
      const times = [
        [90_000, 10_000], // run again after the pause
        [0, 5000],
        [1000, 1000],
        [4000, 3000],
        [7000 + PAUSE_MS, 1000],
        [101_000, 500],
      ] as const
      for (const [number, [startedAt, durationMs]] of times.entries()) {
        store.startTrial(study, spec(number, { stage: 0 }), 'a-host')
        store.finishTrial(study, number, outcome(1, { startedAt, durationMs }), false)
      }
      store.flush()
      expect(store.totals(study)[0]!.ran).toEqual([
        [0, 8000 + PAUSE_MS],
        [90_000, 101_500],
      ])
      expect(readTotals(store, study).all.ranMs).toBe(8000 + PAUSE_MS + 11_500)
    })

    it('counts trials by state', () => {
      const study = begin()
      expect(store.countTrials(study)).toEqual({
        waiting: 0,
        running: 0,
        complete: 0,
        pruned: 0,
        diverged: 0,
        failed: 0,
      })
      const states = ['complete', 'complete', 'pruned', 'diverged', 'failed', 'stopped'] as const
      for (const [number, state] of states.entries()) finish(study, number, 1, { state })
      store.startTrial(study, spec(6), 'a-host')
      store.flush()
      expect(store.countTrials(study)).toEqual({
        waiting: 1,
        running: 1,
        complete: 2,
        pruned: 1,
        diverged: 1,
        failed: 1,
      })
    })

    it('streams all measurements in order of number and step, also of trials that have none', () => {
      const study = begin()
      const other = begin()
      finish(other, 0, 0.1)
      for (const number of [2, 0, 1]) finish(study, number, number, number === 1 ? { measurements: [] } : {})
      store.flush()
      expect([...store.allMeasurements(study)]).toEqual([
        { trial: 0, measurements: outcome(0).measurements },
        { trial: 1, measurements: [] },
        { trial: 2, measurements: outcome(2).measurements },
      ])
    })

    it('gives the results of finished trials as exact JSON, in order of number', () => {
      const study = begin()
      const metrics = { z: Number.NaN, a: -0, b: 1e-7 }
      const measurements = [{ step: 1, value: Number.NaN, metrics, seconds: 1 }]
      for (const number of [2, 0]) finish(study, number, number, number === 0 ? { measurements } : {})
      finish(study, 1, 1, { state: 'stopped' })
      finish(study, 3, 1, { state: 'diverged', measurements: [] })
      store.startTrial(study, spec(4), 'a-host')
      store.flush()
      const expected = [0, 2, 3].map((number) => {
        const { stage, state, value, params, seed, budget, continues } = store.trial(study, number)!
        return {
          ...{ number, stage, state, value, seed, continues },
          params: encodeJson(params),
          epochs: budget.epochs,
          measurements: store
            .measurements(study, number)
            .map(({ step, value, metrics }) => ({ step, value, metrics: encodeJson(metrics) })),
        }
      })
      expect([...store.results(study)]).toEqual(expected)
      expect(store.damage(study)).toEqual([])
    })

    it('can be written to while measurements stream by', () => {
      const study = begin()
      for (let number = 0; number < 3; number++) finish(study, number, number)
      store.flush()
      const seen: number[] = []
      for (const { trial } of store.allMeasurements(study)) {
        seen.push(trial)
        if (trial < 3) finish(study, 10 + trial, 1)
        store.flush()
      }
      expect(seen.slice(0, 3)).toEqual([0, 1, 2])
    })

    it('keeps the artifacts it is told to', () => {
      const study = begin()
      const bytes = (number: number): Uint8Array => new Uint8Array([number, 0, 255]).subarray(0, 2)
      const keep = (number: number): void => {
        store.startTrial(study, spec(number), 'a-host')
        store.finishTrial(study, number, outcome(number, { artifact: bytes(number) }), true)
      }
      for (const number of [0, 1, 2]) keep(number)
      store.keepArtifacts(study, [0, 2])
      store.flush()
      keep(3)
      store.keepArtifacts(study, [2, 3])
      keep(4)
      store.keepArtifacts(study, [0, 3, 4])
      keep(5)
      finish(study, 6, 1, { artifact: bytes(6) })
      store.flush()
      const kept = [0, 1, 2, 3, 4, 5, 6].filter((number) => store.artifact(study, number) !== undefined)
      expect(kept).toEqual([3, 4, 5])
      expect(store.artifact(study, 4)).toEqual(new Uint8Array([4, 0]))
    })

    it('drops an artifact that is no longer wanted before it was committed', () => {
      const study = begin()
      for (const number of [0, 1]) {
        store.startTrial(study, spec(number), 'a-host')
        const artifact = new Uint8Array([number])
        store.finishTrial(study, number, outcome(number, { artifact }), true)
      }
      store.keepArtifacts(study, [1])
      store.flush()
      expect(store.artifact(study, 0)).toBeUndefined()
      expect(store.artifact(study, 1)).toEqual(new Uint8Array([1]))
    })

    it('has no value for a trial whose last value is not a number, and does not rank it', () => {
      const study = begin()
      const measurements = [{ step: 1, value: Number.NaN, metrics: {}, seconds: 1 }]
      for (const state of ['complete', 'pruned'] as const) {
        const number = state === 'complete' ? 0 : 1
        finish(study, number, 1, { state, measurements })
        store.flush()
        expect(store.trial(study, number)?.value).toBeNull()
      }
      expect(store.bestTrials(study, 5)).toEqual([])
    })

    it('keeps an artifact whose memory is shared between threads', () => {
      const study = begin()
      const shared = new Uint8Array(new SharedArrayBuffer(3))
      shared.set([7, 8, 9])
      store.startTrial(study, spec(0), 'a-host')
      store.finishTrial(study, 0, outcome(1, { artifact: shared }), true)
      store.flush()
      expect([...store.artifact(study, 0)!]).toEqual([7, 8, 9])
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
      clock = 7000
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
      clock = 1000
      const study = begin()
      expect(store.lease(study)).toMatchObject({ pid: process.pid, since: 1000, heartbeatAt: 1000 })
      clock = 3000
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

    it('shows what a running trial has measured, until it ends or starts again', () => {
      const study = begin()
      const [first, second, third] = outcome(0.5).measurements
      store.startTrial(study, spec(0), 'a-host')
      store.addMeasurements(study, 0, [first!])
      expect(store.measurements(study, 0)).toEqual([])
      store.flush()
      expect(store.measurements(study, 0)).toEqual([first])
      store.addMeasurements(study, 0, [second!])
      store.addMeasurements(study, 0, [third!])
      store.flush()
      expect(store.measurements(study, 0)).toEqual([first, second, third])
      expect(store.trial(study, 0)).toMatchObject({ state: 'running', value: null, epochs: 0, metrics: {} })
      expect([...store.results(study)]).toEqual([])
      expect(store.bestTrials(study, 1)).toEqual([])
      store.startTrial(study, spec(0), 'a-host')
      store.flush()
      expect(store.measurements(study, 0)).toEqual([])
      store.addMeasurements(study, 0, [first!])
      store.flush()
      store.addMeasurements(study, 0, [second!])
      const ended = outcome(0.25)
      store.finishTrial(study, 0, ended, false)
      store.flush()
      expect(store.measurements(study, 0)).toEqual(ended.measurements)
      expect(store.damage(study)).toEqual([])
      expect(() => store.addMeasurements(study, 0, [first!])).toThrow('Trial 0 was not started')
    })

    it.each(['before', 'after'])('forgets what a stopped attempt has shown, %s it is committed', (when) => {
      const study = begin()
      store.startTrial(study, spec(0), 'a-host')
      store.flush()
      store.addMeasurements(study, 0, outcome(0.5).measurements)
      if (when === 'after') store.flush()
      store.finishTrial(study, 0, outcome(0.5, { state: 'stopped' }), false)
      store.flush()
      expect(store.measurements(study, 0)).toEqual([])
    })

    it('forgets what a writer has shown that is gone, when another starts the trial', () => {
      const study = begin()
      store.startTrial(study, spec(0), 'a-host')
      store.flush()
      store.addMeasurements(study, 0, outcome(0.5).measurements)
      store.releaseLease(study)
      expect(store.measurements(study, 0)).toHaveLength(3)
      store.acquireLease(study)
      store.startTrial(study, spec(0), 'a-host')
      store.flush()
      expect(store.measurements(study, 0)).toEqual([])
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

    it('takes finished trials from elsewhere, which rank and digest as others do', () => {
      const study = begin({ origin: 'optuna: study.log' })
      finish(study, 0, 0.5)
      store.flush()
      const record = {
        ...store.trial(study, 0)!,
        number: 1,
        value: 0.75,
        origin: 'optuna: study.log, trial 12',
      }
      const { measurements } = outcome(0.75)
      const imported = [{ record, measurements }]
      store.importTrials(study, imported)
      expect(store.trial(study, 1)).toEqual(record)
      expect(store.trial(study, 0)?.origin).toBeNull()
      expect(store.measurements(study, 1)).toEqual(measurements)
      expect(store.bestTrials(study, 1)).toEqual([record])
      expect([...store.results(study)].map(({ number }) => number)).toEqual([0, 1])
      expect(store.damage(study)).toEqual([])
      expect(store.studies().find(({ id }) => id === study)?.origin).toBe('optuna: study.log')
      const wrong = (changes: object): (() => void) => {
        const changed = { ...record, number: 2, ...changes }
        return () => store.importTrials(study, [{ record: changed, measurements }])
      }
      expect(wrong({ number: 1 })).toThrow('There is a trial 1 already')
      expect(wrong({ state: 'running' })).toThrow('is running')
      expect(wrong({ origin: null })).toThrow('no origin')
      expect(store.trials(study)).toHaveLength(2)
      expect(() => store.startTrial(study, spec(1), 'a-host')).toThrow('Trial 1 is complete')
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
  })
}
