import { expect, test } from 'vitest'
import { planStages, type StageEntry } from '../../src/search/plan.ts'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { StudyWriter } from '../../src/store/store.ts'
import { AskedStudy } from '../../src/study/ask-and-tell.ts'
import { studyDigest } from '../../src/study/digest.ts'
import type { StudyCourse, StudyLimits } from '../../src/study/open-stage.ts'
import { runStudy } from '../../src/study/study-run.ts'
import type { TrialOutcome } from '../../src/trial.ts'
import { createSimulatedExecutor } from './simulated-executor.ts'

const SPACE = searchSpace({
  lr: float(1e-6, 1, { log: true }),
  units: int(4, 64),
  activation: choice(['relu', 'tanh']),
})
const STAGES: readonly StageEntry[] = [
  { name: 'coarse', trials: 24, epochs: 1 },
  { name: 'fine', trials: 16, epochs: 3 },
  { name: 'again', epochs: 3, replicate: { top: 2, seeds: 2 } },
]

/** NaN, which diverges, for some. */
function measure({ lr, units, activation }: Params): number {
  const distance = (Math.log10(lr as number) + 3) ** 2 + ((units as number) - 20) ** 2 / 400
  return (units as number) > 58 ? Number.NaN : distance + (activation === 'relu' ? 0 : 0.5)
}

function begin(
  store: StudyWriter,
  limits: Partial<StudyLimits> = {},
  codeVersion = '0',
): StudyCourse & { limits: StudyLimits } {
  const study = store.createStudy({
    name: 'asked',
    seed: 7,
    direction: 'minimize',
    metric: 'value',
    tieMetric: null,
    lag: 4,
    experiment: {},
    fingerprints: { data: null, objective: '', space: '' },
    codeVersion,
  })
  return {
    study,
    space: SPACE,
    stages: planStages({ stages: STAGES }).stages,
    limits: { trialTimeoutMs: null, retries: 0, maxFailures: null, maxEpochs: null, ...limits },
    store,
  }
}

async function run(
  limits: Partial<StudyLimits> = {},
  { asks = 0, codeVersion }: { readonly asks?: number; readonly codeVersion?: string } = {},
) {
  const store = createMemoryStore()
  const plan = begin(store, limits, codeVersion)
  const asked = new AskedStudy(plan, 'here')
  for (let i = 0; i < asks; i++) asked.ask()
  const said: string[] = []
  const end = await runStudy({
    ...plan,
    executor: createSimulatedExecutor(3, 1, ({ spec }) => {
      const value = measure(spec.params)
      return Number.isNaN(value) ? 'diverges' : [...Array(spec.budget.epochs - 1).fill(9), value]
    }),
    listener: () => {},
    say: (sentence) => said.push(sentence),
    host: 'here',
    signal: new AbortController().signal,
  })
  return { end, said, digest: studyDigest(store, plan.study.id) }
}

function outcomeOf(params: Params, epochs: number): TrialOutcome {
  const values = [...Array(epochs - 1).fill(9), measure(params)]
  const measurements = values
    .filter((_, __, all) => !Number.isNaN(all.at(-1)))
    .map((value, i) => ({ step: i + 1, value, metrics: {}, seconds: 0 }))
  const diverged = Number.isNaN(values.at(-1))
  return {
    state: diverged ? 'diverged' : 'complete',
    measurements,
    error: diverged ? { code: 'diverged', message: 'NaN', stack: null } : null,
    artifact: null,
    arithmetic: null,
    slot: null,
    host: null,
    startedAt: 0,
    durationMs: 1,
  }
}

/** Asks for as many trials as may be pending, and tells the last of them first. */
function exchange(plan: StudyCourse, most: number, renew = false): AskedStudy {
  let asked = new AskedStudy(plan, 'here')
  for (let turn = 0; ; turn++) {
    if (renew) {
      plan.store.acquireLease(plan.study.id)
      asked = new AskedStudy(plan, 'here')
    }
    let answer = asked.ask()
    while (answer.kind === 'trial' && asked.pending().length < most) answer = asked.ask()
    if (answer.kind === 'end') return asked
    const pending = asked.pending()
    const { number, params, budget } = pending[(turn * 7) % pending.length]!
    asked.tell(number, outcomeOf(params, budget.epochs))
  }
}

test.each([
  [1, false],
  [4, false],
  [9, false],
  [3, true],
])('%i pending trials give what a run gives (each turn in another process: %s)', async (most, renew) => {
  const { end, digest } = await run()
  const store = createMemoryStore()
  const plan = begin(store)
  const asked = exchange(plan, most, renew)
  expect(asked.end ?? store.findStudy('asked')!).toMatchObject(end)
  expect(studyDigest(store, plan.study.id)).toBe(digest)
  expect(store.findStudy('asked')).toMatchObject({ state: 'complete', endReason: null })
})

test('a limit of epochs ends it where it ends a run', async () => {
  const { end, digest } = await run({ maxEpochs: 40 })
  expect(end.endReason).toBe('limit of 40 epochs reached')
  const store = createMemoryStore()
  const plan = begin(store, { maxEpochs: 40 })
  expect(exchange(plan, 2).end).toEqual(end)
  expect(studyDigest(store, plan.study.id)).toBe(digest)
})

test('a trial that is put back is handed out again, as another attempt, before any later one', () => {
  const store = createMemoryStore()
  const asked = new AskedStudy(begin(store), 'here')
  const first = asked.ask()
  asked.ask()
  if (first.kind !== 'trial') throw new Error('no trial')
  expect(asked.tell(0, { ...outcomeOf(first.spec.params, 1), state: 'stopped' })).toMatchObject({
    state: 'waiting',
  })
  expect(asked.ask()).toEqual({ ...first, attempt: 2 })
  expect(() => asked.tell(5, outcomeOf(first.spec.params, 1))).toThrow('Trial 5 has not been handed out.')
})

test('a run takes over what was handed out, and says so', async () => {
  const { digest, said } = await run()
  expect(said).toEqual([])
  expect(await run({}, { asks: 1 })).toMatchObject({
    digest,
    said: [
      'Trial 0 is still pending (handed out by ask): it now runs here, and a value reported later will be refused.',
    ],
  })
  expect(await run({}, { asks: 3 })).toMatchObject({
    digest,
    said: [
      'Trials 0, 1, 2 are still pending (handed out by ask): they now run here, and values reported later will be refused.',
    ],
  })
  // No trial of that time has a slot.
  expect((await run({}, { asks: 1, codeVersion: '0.1.0' })).said).toEqual([])
})
