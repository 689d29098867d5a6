import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TrialTask } from '../../src/execute/executor.ts'
import { int } from '../../src/space/constructors.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { StudyRecord, StudyWriter } from '../../src/store/store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { bowl, runToEnd } from './bowl-study.ts'
import type { Simulated } from './simulated-executor.ts'

test.each(['random', 'sobol', 'tpe'] as const)(
  'with %s, any number of slots and any order of endings give the same digest',
  async (sampler) => {
    const { store, study } = await runToEnd({ slots: 1, sampler })
    const expected = studyDigest(store, study.id)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.nat(), async (slots, schedule) => {
        const other = await runToEnd({ slots, schedule, sampler })
        expect(studyDigest(other.store, other.study.id)).toBe(expected)
      }),
      { numRuns: 15 },
    )
  },
)

test('a study stopped at any point and resumed, any number of times, ends with the digest of one that was not', async () => {
  const undisturbed = await runToEnd({ sampler: 'tpe' })
  const expected = studyDigest(undisturbed.store, undisturbed.study.id)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }),
      fc.nat(),
      async (stops, schedule) => {
        const store = createMemoryStore()
        let study: StudyRecord | undefined
        for (const stopAfter of [...stops, Infinity]) {
          const control = new AbortController()
          let finished = 0
          const run = await runToEnd({
            store,
            ...(study === undefined ? {} : { study }),
            slots: 3,
            schedule,
            sampler: 'tpe',
            signal: control.signal,
            onEvent: (event) => {
              if (event.kind === 'trial-finished' && ++finished > stopAfter)
                control.abort('stopped by a test')
            },
          })
          study = run.study
          if (run.end.state === 'complete') break
          expect(run.end).toEqual({ state: 'stopped', endReason: 'stopped by a test' })
          store.acquireLease(study.id)
        }
        expect(studyDigest(store, study!.id)).toBe(expected)
      },
    ),
    { numRuns: 25 },
  )
})

test('a trial that fails once is run again under its number and seed; one that fails always is failed', async () => {
  const seen = new Map<number, number[]>()
  const { store, study, end } = await runToEnd({
    limits: { retries: 2 },
    evaluate: (task) => {
      const seeds = seen.get(task.spec.number) ?? []
      seen.set(task.spec.number, [...seeds, task.spec.seed])
      if (task.spec.number === 3 && seeds.length < 2) return { fails: 'exited' }
      if (task.spec.number === 5) return { fails: 'timeout' }
      return bowl(task)
    },
  })
  expect(end.state).toBe('complete')
  expect(new Set(seen.get(3)).size).toBe(1)
  expect(store.trial(study.id, 3)?.attempts).toBe(3)
  expect(store.trial(study.id, 3)?.state).not.toBe('failed')
  expect(store.trial(study.id, 5)).toMatchObject({ state: 'failed', attempts: 3, error: { code: 'timeout' } })
})

test('too many failures in a row end the study, in order of number whatever the schedule', async () => {
  for (const schedule of [1, 2, 3]) {
    const { end } = await runToEnd({
      schedule,
      slots: 3,
      limits: { maxFailures: 3, retries: 0 },
      evaluate: (task) => ([4, 5, 6].includes(task.spec.number) ? { fails: 'threw' } : bowl(task)),
    })
    expect(end).toEqual({ state: 'failed', endReason: '3 trials failed in a row' })
  }
})

test('a study that ended by failures in a row goes on when it is resumed, and may end by others', async () => {
  const failing = new Set([4, 5, 6, 12, 13, 14])
  const limits = { maxFailures: 3, retries: 0 }
  const evaluate = (task: TrialTask): Simulated =>
    failing.has(task.spec.number) ? { fails: 'threw' } : bowl(task)
  const { store, study, end } = await runToEnd({ slots: 1, limits, evaluate })
  expect([end.state, store.trials(study.id).length]).toEqual(['failed', 7])
  store.acquireLease(study.id)
  const again = await runToEnd({ slots: 1, limits, evaluate, store, study })
  expect([again.end.state, store.trials(study.id).length]).toEqual(['failed', 15])
  store.acquireLease(study.id)
  const last = await runToEnd({ slots: 1, limits, evaluate, store, study })
  expect([last.end.state, store.trials(study.id).length]).toEqual(['complete', 26])
})

test('a limit of epochs ends the study where the numbers say, and the study is complete', async () => {
  const { store, study, end } = await runToEnd({
    limits: { maxEpochs: 16 + 3 * 4 + 2 },
    evaluate: ({ spec }) => Array.from({ length: spec.budget.epochs }, () => spec.number % 7),
  })
  expect(end).toEqual({ state: 'complete', endReason: 'limit of 30 epochs reached' })
  expect(store.trials(study.id)).toHaveLength(20)
})

test('the narrowing is stored with the stage it led to, and stages number their trials on', async () => {
  const { store, study } = await runToEnd({})
  const [coarse, fine] = store.stages(study.id)
  expect(coarse).toMatchObject({ firstTrial: 0, narrowing: null })
  expect(fine).toMatchObject({ firstTrial: 16, narrowing: { trials: 16 } })
  expect(fine!.narrowing!.elite.length).toBeGreaterThanOrEqual(3)
  expect(store.trials(study.id).map((trial) => trial.number)).toEqual(Array.from({ length: 26 }, (_, i) => i))
})

test('a warm start continues the best trials of the stage before, with what they left behind', async () => {
  const continued: [number, Uint8Array | null][] = []
  const { store, study } = await runToEnd({
    warmStart: true,
    trials: [16, 4],
    onStart: (task) => {
      if (task.spec.stage === 1) continued.push([task.spec.continues!, task.continued])
    },
  })
  const best = store.bestTrials(study.id, 4, 0).map((trial) => trial.number)
  expect(continued.map(([number]) => number)).toEqual(best)
  for (const [, artifact] of continued) expect(artifact).toEqual(Uint8Array.of(1, 2, 3))
})

test('the artifacts of the best trials are kept, and no others', async () => {
  const { store, study } = await runToEnd({})
  const best = store.bestTrials(study.id, 3).map((trial) => trial.number)
  for (const { number } of store.trials(study.id)) {
    expect(store.artifact(study.id, number) !== undefined).toBe(best.includes(number))
  }
})

test('a failing store ends the study with its error, and what was committed stays', async () => {
  const store = createMemoryStore()
  let flushes = 0
  const failing: StudyWriter = new Proxy(store, {
    get(target, key) {
      if (key === 'flush' && ++flushes > 5) throw new Error('disk full')
      const value = Reflect.get(target, key) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  await expect(runToEnd({ store: failing })).rejects.toThrow('disk full')
  expect(store.trials(1).some((trial) => trial.state === 'complete')).toBe(true)
})

test.each(['throws', 'rejects'] as const)(
  'a listener that %s is reported once and the study goes on',
  async (how) => {
    const said: string[] = []
    const { store, study, end } = await runToEnd({
      say: (sentence) => said.push(sentence),
      onEvent: (event): unknown => {
        if (event.kind !== 'trial-finished') return undefined
        if (how === 'throws') throw new Error('no such chart')
        return Promise.reject(new Error('no such chart'))
      },
    })
    const undisturbed = await runToEnd({})
    expect(end.state).toBe('complete')
    expect(studyDigest(store, study.id)).toBe(studyDigest(undisturbed.store, undisturbed.study.id))
    expect(said).toEqual([
      'A listener threw on "trial-finished": no such chart. The study continues; later errors of listeners are not reported.',
    ])
  },
)

test('a trial whose artifact is too large to be kept fails at once, and the study goes on', async () => {
  const tooLarge = { byteLength: 512_000_001 } as Uint8Array
  const { store, study, end } = await runToEnd({
    limits: { retries: 2 },
    evaluate: (task) => (task.spec.number === 3 ? { values: [1], artifact: tooLarge } : bowl(task)),
  })
  expect(end.state).toBe('complete')
  expect(store.trial(study.id, 3)).toMatchObject({
    state: 'failed',
    attempts: 1,
    error: { code: 'artifact-too-large', message: 'The artifact is 513 MB; at most 512 MB can be kept' },
  })
})

test('continuing a trial repeats its point on purpose: a finite space is not taken for exhausted', async () => {
  const space = { parameters: { units: int(1, 20) }, conditions: {}, constraints: [] }
  const evaluate = ({ spec }: TrialTask): Simulated => [-(spec.params.units as number)]
  const setup = { space, evaluate, fineEpochs: 1, warmStart: true, trials: [3, 3] } as const
  const { store, study, end } = await runToEnd(setup)
  expect(end).toEqual({ state: 'complete', endReason: null })
  const fine = store.trials(study.id).filter((trial) => trial.stage === 1)
  expect(fine.map(({ continues }) => continues !== null)).toEqual([true, true, true])
})
