import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TrialTask } from '../../src/execute/executor.ts'
import { planStages } from '../../src/search/plan.ts'
import type { SamplerName } from '../../src/search/stage-plan.ts'
import { choice, float, int } from '../../src/space/constructors.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { StudyRecord, StudyWriter } from '../../src/store/store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import type { StudyEvent } from '../../src/study/events.ts'
import type { StudyEnd } from '../../src/study/study-end.ts'
import { runStudy, type StudyLimits } from '../../src/study/study-run.ts'
import { createSimulatedExecutor, type Simulated, type SimulatedExecutor } from './simulated-executor.ts'

const SPACE: SearchSpace = {
  parameters: {
    learningRate: float(1e-6, 10, { log: true }),
    units: int(8, 256, { log: true }),
    activation: choice(['relu', 'tanh']),
  },
  conditions: {},
  constraints: [],
}
const NO_LIMITS: StudyLimits = { trialTimeoutMs: null, retries: 1, maxFailures: null, maxEpochs: null }

/** A smooth bowl around 1e-3 that blows up above 1; the same for the same task. */
function bowl({ spec }: TrialTask): Simulated {
  const lr = spec.params.learningRate as number
  if (lr > 1) return 'diverges'
  const value = -((Math.log10(lr) + 3) ** 2) - (spec.params.activation === 'relu' ? 0 : 0.3)
  return Array.from({ length: spec.budget.epochs }, (_, epoch) => value + epoch / 10)
}

interface Setup {
  readonly store?: StudyWriter
  readonly study?: StudyRecord
  readonly slots?: number
  readonly schedule?: number
  readonly sampler?: SamplerName
  readonly evaluate?: (task: TrialTask) => Simulated
  readonly limits?: Partial<StudyLimits>
  readonly signal?: AbortSignal
  readonly onEvent?: (event: StudyEvent) => void
  readonly say?: (sentence: string) => void
  readonly onExecutor?: (executor: SimulatedExecutor) => void
  readonly onStart?: (task: TrialTask, running: number) => void
  readonly warmStart?: boolean
  readonly fineEpochs?: number
  readonly space?: SearchSpace
  readonly trials?: readonly [number, number]
}

async function runToEnd(setup: Setup): Promise<{ store: StudyWriter; study: StudyRecord; end: StudyEnd }> {
  const store = setup.store ?? createMemoryStore()
  const [coarse, fine] = setup.trials ?? [16, 10]
  const study =
    setup.study ??
    store.createStudy({
      name: 'bowl',
      seed: 42,
      direction: 'maximize',
      metric: 'score',
      tieMetric: null,
      lag: 4,
      experiment: {},
      fingerprints: { data: null, objective: '', space: '' },
      codeVersion: '0',
    })
  const { stages } = planStages({
    stages: [
      { trials: coarse, epochs: 1, sampler: setup.sampler },
      { trials: fine, epochs: setup.fineEpochs ?? 3, sampler: setup.sampler, warmStart: setup.warmStart },
    ],
  })
  const executor = createSimulatedExecutor(
    setup.slots ?? 2,
    setup.schedule ?? 0,
    setup.evaluate ?? bowl,
    setup.onStart,
  )
  setup.onExecutor?.(executor)
  const end = await runStudy({
    study,
    space: setup.space ?? SPACE,
    stages,
    limits: { ...NO_LIMITS, ...setup.limits },
    store,
    executor,
    listener: setup.onEvent ?? (() => {}),
    say: setup.say ?? (() => {}),
    host: 'here',
    signal: setup.signal ?? new AbortController().signal,
  })
  return { store, study, end }
}

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

test('a trial never starts before the results its lag lets it see, and every slot is used when it may be', async () => {
  const finished = new Set<number>()
  let most = 0
  await runToEnd({
    slots: 8,
    sampler: 'tpe',
    schedule: 5,
    onStart: ({ spec }, running) => {
      most = Math.max(most, running)
      const first = spec.stage === 0 ? 0 : 16
      for (let number = first; number <= spec.number - 4; number++) expect(finished).toContain(number)
    },
    evaluate: (task) => {
      finished.add(task.spec.number)
      return bowl(task)
    },
  })
  expect(most).toBe(4)
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

test('slots may come and go while a study runs, down to none, and the digest stays', async () => {
  const undisturbed = await runToEnd({ sampler: 'tpe' })
  const expected = studyDigest(undisturbed.store, undisturbed.study.id)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 }),
      fc.nat(),
      async (changes, schedule) => {
        const left = [...changes]
        let executor: SimulatedExecutor | undefined
        const { store, study, end } = await runToEnd({
          slots: 2,
          schedule,
          sampler: 'tpe',
          onExecutor: (created) => {
            executor = created
          },
          onEvent: (event) => {
            if (event.kind !== 'trial-finished' || left.length === 0) return
            const slots = left.shift()!
            executor!.setSlots(slots)
            if (slots === 0) setImmediate(() => executor!.setSlots(2))
          },
        })
        expect(end.state).toBe('complete')
        expect(studyDigest(store, study.id)).toBe(expected)
      },
    ),
    { numRuns: 15 },
  )
})

test('every running trial has a slot number of its own, below the number of slots', async () => {
  const slotsInUse = new Map<number, number>()
  const seen = new Set<number>()
  await runToEnd({
    slots: 3,
    onStart: ({ spec, slot }) => {
      expect([...slotsInUse.values()]).not.toContain(slot)
      slotsInUse.set(spec.number, slot)
      seen.add(slot)
    },
    evaluate: (task) => {
      slotsInUse.delete(task.spec.number)
      return bowl(task)
    },
  })
  expect([...seen].sort()).toEqual([0, 1, 2])
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
    error: { code: 'artifact-too-large', message: 'The artifact has 513 MB; at most 512 MB can be kept' },
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
