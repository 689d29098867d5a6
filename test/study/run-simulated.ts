import type { Executor, TrialTask } from '../../src/execute/executor.ts'
import { planStages, type StageEntry } from '../../src/search/plan.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { StudyRecord, StudyWriter } from '../../src/store/store.ts'
import { runStudy } from '../../src/study/study-run.ts'
import type { Direction } from '../../src/trial.ts'
import { createSimulatedExecutor, type Simulated } from './simulated-executor.ts'

interface Setup {
  readonly space: SearchSpace
  readonly stages: readonly StageEntry[]
  readonly direction?: Direction
  readonly metric?: string
  readonly seed?: number
  readonly retries?: number
}

/** What runs the trials: an executor, or a simulated one that gives what `evaluate` says. */
type Trials =
  | { readonly evaluate: (task: TrialTask) => Simulated; readonly slots?: number }
  | { readonly executor: Executor }

/** A whole study over a simulated objective, in memory. */
export async function runSimulated(
  setup: Setup & Trials,
): Promise<{ readonly store: StudyWriter; readonly study: StudyRecord }> {
  const { space, direction = 'minimize', metric = 'loss', seed = 42, retries = 0 } = setup
  const store = createMemoryStore()
  const study = store.createStudy({
    name: 'simulated',
    seed,
    direction,
    metric,
    tieMetric: null,
    lag: 8,
    experiment: {},
    fingerprints: { data: null, objective: '', space: '' },
    codeVersion: '0',
  })
  await runStudy({
    study,
    space,
    stages: planStages({ stages: setup.stages }).stages,
    limits: { trialTimeoutMs: null, retries, maxFailures: null, maxEpochs: null },
    store,
    executor:
      'executor' in setup ? setup.executor : createSimulatedExecutor(setup.slots ?? 4, seed, setup.evaluate),
    listener: () => {},
    say: () => {},
    host: 'here',
    signal: new AbortController().signal,
  })
  return { store, study: store.findStudy('simulated')! }
}
