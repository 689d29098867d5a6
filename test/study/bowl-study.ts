import type { TrialTask } from '../../src/execute/executor.ts'
import { planStages } from '../../src/search/plan.ts'
import type { SamplerName } from '../../src/search/stage-plan.ts'
import { choice, float, int } from '../../src/space/constructors.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { StudyRecord, StudyWriter } from '../../src/store/store.ts'
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
export function bowl({ spec }: TrialTask): Simulated {
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

/** Runs the study from wherever its store stands. */
export async function runToEnd(
  setup: Setup,
): Promise<{ store: StudyWriter; study: StudyRecord; end: StudyEnd }> {
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
