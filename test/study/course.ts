import { IMPORTED_SAMPLER, importedStage } from '../../src/search/imported-stages.ts'
import { planStages, type StageEntry } from '../../src/search/plan.ts'
import type { Params } from '../../src/space/distribution.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { ImportedTrial, StudyWriter } from '../../src/store/store.ts'
import type { StudyCourse } from '../../src/study/open-stage.ts'
import type { TrialOutcome, TrialRecord } from '../../src/trial.ts'

interface Setup extends Partial<Pick<StudyCourse, 'stop' | 'samplers' | 'limits'>> {
  readonly space: SearchSpace
  readonly stages: readonly StageEntry[]
  /** Points and values of a stage of imported trials, which comes first. */
  readonly given?: readonly (readonly [Params, number])[]
  /** Whether the first stage that draws is narrowed by them. */
  readonly narrow?: boolean
  readonly store?: StudyWriter
}

/** What decides the trials of a new study of direction `minimize`, seed 7 and lag 4. */
export function courseOf(setup: Setup): StudyCourse {
  const { space, given = [], narrow = false, store = createMemoryStore() } = setup
  const study = store.createStudy({
    name: 'course',
    seed: 7,
    direction: 'minimize',
    metric: 'loss',
    tieMetric: null,
    lag: 4,
    experiment: {},
    fingerprints: { data: null, objective: '', space: '' },
    codeVersion: '0',
  })
  const stages = [...planStages({ stages: setup.stages }).stages]
  if (given.length > 0) {
    const plan = importedStage('given', given.length, 1, narrow)
    stages.unshift(plan)
    const { name, trials, epochs } = plan
    const record = { index: 0, name, trials, epochs, sampler: IMPORTED_SAMPLER, firstTrial: 0 }
    store.importTrials(study.id, given.map(importedTrial), {
      stages: [{ ...record, space, narrowing: null, rungs: null }],
      experiment: {},
    })
  }
  const { stop, samplers, limits = { retries: 0, maxFailures: null, maxEpochs: null } } = setup
  return { study, space, stages, samplers, limits, store, ...(stop === undefined ? {} : { stop }) }
}

function importedTrial([params, value]: readonly [Params, number], number: number): ImportedTrial {
  const record: TrialRecord = {
    number,
    stage: 0,
    params,
    seed: 0,
    budget: { epochs: 1 },
    continues: null,
    state: 'complete',
    value,
    tie: null,
    epochs: 1,
    metrics: {},
    error: null,
    attempts: 1,
    arithmetic: null,
    host: null,
    slot: null,
    origin: 'elsewhere',
    startedAt: null,
    durationMs: null,
  }
  return { record, measurements: [{ step: 1, value, metrics: {}, seconds: 0 }] }
}

/** A complete trial of that many epochs, or one that ended as said. */
export function outcomeOf(
  value: number,
  epochs: number,
  state: TrialOutcome['state'] = 'complete',
): TrialOutcome {
  return {
    state,
    measurements: Array.from({ length: epochs }, (_, i) => ({ step: i + 1, value, metrics: {}, seconds: 0 })),
    error: state === 'failed' ? { code: 'threw', message: 'no luck', stack: null } : null,
    artifact: Uint8Array.of(1),
    arithmetic: null,
    slot: null,
    host: null,
    startedAt: 0,
    durationMs: 1,
  }
}
