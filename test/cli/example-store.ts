import type { NarrowDecision } from '../../src/search/narrow-decision.ts'
import type { Distribution, Params } from '../../src/space/distribution.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import type { StageRecord, StudyRecord, StudyWriter } from '../../src/store/store.ts'
import type { TimedMeasurement, TrialOutcome, TrialSpec } from '../../src/trial.ts'

/** Noon of a day in UTC; the clock of the example stores goes on by a second with each reading. */
export const EXAMPLE_TIME = Date.UTC(2026, 10, 23, 12)

export const LEARNING_RATE: Distribution = {
  kind: 'float',
  low: 1e-6,
  high: 10,
  log: true,
  step: null,
  hard: false,
}
export const REG: Distribution = { kind: 'float', low: 1e-5, high: 1e5, log: true, step: null, hard: false }
export const DROPOUT: Distribution = { kind: 'float', low: 0, high: 0.95, log: false, step: null, hard: true }

export const ROOT: SearchSpace = {
  parameters: { learningRate: LEARNING_RATE, reg: REG, dropout: DROPOUT },
  conditions: {},
  constraints: [],
}

const NARROWED: SearchSpace = {
  ...ROOT,
  parameters: {
    learningRate: { ...LEARNING_RATE, low: 1.9e-4, high: 8.8e-3 } as Distribution,
    reg: { ...REG, low: 2.2e-7, high: 0.31 } as Distribution,
    dropout: DROPOUT,
  },
}

export const NARROWING: NarrowDecision = {
  trials: 6,
  diverged: 1,
  failed: 1,
  elite: [2, 4],
  keep: 0.4,
  margin: 0.1,
  rootShare: 0.25,
  parameters: [
    {
      name: 'learningRate',
      action: 'narrowed',
      before: LEARNING_RATE,
      after: NARROWED.parameters.learningRate!,
      reason: { code: 'concentrated', pValue: 0.01, share: 1.7 / 7, best: 1.234e-3 },
      remarks: [{ code: 'diverged-side', count: 2, side: 'above', from: 0.312 }],
    },
    {
      name: 'reg',
      action: 'moved',
      before: REG,
      after: NARROWED.parameters.reg!,
      reason: {
        code: 'past-edge',
        pValue: 0.02,
        edge: 'lower',
        best: 1.4e-5,
        bestAtEdge: true,
        reach: { unit: 'decades', amount: 1.7 },
      },
      remarks: [],
    },
    {
      name: 'dropout',
      action: 'kept',
      before: DROPOUT,
      after: DROPOUT,
      reason: { code: 'no-trend', pValue: 0.42 },
      remarks: [],
    },
  ],
}

export const STAGES: readonly StageRecord[] = [
  {
    index: 0,
    name: 'coarse',
    trials: 6,
    epochs: 1,
    sampler: 'random',
    firstTrial: 0,
    space: ROOT,
    narrowing: null,
    rungs: null,
  },
  {
    index: 1,
    name: 'fine',
    trials: 3,
    epochs: 3,
    sampler: 'tpe',
    firstTrial: 6,
    space: NARROWED,
    rungs: null,
    narrowing: NARROWING,
  },
]

/** The plans of these stages. */
export const PLANS = STAGES.map(({ name, trials, epochs }) => ({
  name,
  trials,
  epochs,
  sampler: 'random' as const,
  keep: 0.2,
  margin: 0.1,
  rootShare: 0.1,
  warmStart: false,
  rungs: [],
  reduce: 3,
  startWith: [],
}))

/** One trial as a test writes it down: what it was given, and the validation accuracy of each epoch. */
export interface ExampleTrial {
  readonly params: Params
  readonly values: readonly number[]
  readonly state?: TrialOutcome['state']
  readonly error?: { readonly code: string; readonly message: string }
}

export const EXAMPLE_TRIALS: readonly ExampleTrial[] = [
  { params: { learningRate: 3.1e-6, reg: 2.5e3, dropout: 0.71 }, values: [0.1012] },
  {
    params: { learningRate: 4.2, reg: 0.1, dropout: 0.33 },
    values: [],
    state: 'diverged',
    error: { code: 'diverged', message: 'loss became NaN in epoch 1, step 32' },
  },
  { params: { learningRate: 1.234e-3, reg: 1.4e-5, dropout: 0.1 }, values: [0.4312] },
  {
    params: { learningRate: 2e-2, reg: 40, dropout: 0.5 },
    values: [],
    state: 'failed',
    error: { code: 'timeout', message: 'took longer than 5 s' },
  },
  { params: { learningRate: 8.7e-4, reg: 3.3e-4, dropout: 0.82 }, values: [0.3951] },
  { params: { learningRate: 9.9e-5, reg: 12, dropout: 0 }, values: [0.2] },
  { params: { learningRate: 1.2e-3, reg: 4e-3, dropout: 0.08 }, values: [0.4412, 0.5012, 0.531] },
  { params: { learningRate: 9.7e-4, reg: 1.8e-3, dropout: 0.11 }, values: [0.43, 0.4991, 0.5288] },
  { params: { learningRate: 0.5, reg: 2e4, dropout: 0.93 }, values: [0.1, 0.1, 0.1] },
]

/** Makes a store with a study of two stages, written as a run writes it. */
export function makeExampleStore(file: string): void {
  let time = EXAMPLE_TIME
  const writer = openWriter(file, {
    now: () => {
      time += 1000
      return time
    },
  })
  const study = createExampleStudy(writer, 'quickstart')
  for (const stage of STAGES) {
    writer.addStage(study.id, stage)
    for (let index = 0; index < stage.trials; index++) {
      const number = stage.firstTrial + index
      writeTrial(writer, study.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
    }
  }
  writer.addEvaluation(study.id, {
    trial: 6,
    at: time,
    part: 'test',
    examples: 5000,
    metrics: { loss: 1.41, accuracy: 0.5264 },
    confusion: null,
  })
  writer.finishStudy(study.id, 'complete', null)
  writer.releaseLease(study.id)
  writer.close()
}

/** @param objective what its experiment says of the objective */
export function createExampleStudy(writer: StudyWriter, name: string, objective?: object): StudyRecord {
  return writer.createStudy({
    name,
    seed: 42,
    direction: 'maximize',
    metric: 'validAccuracy',
    tieMetric: null,
    lag: 8,
    experiment: {
      name,
      objective,
      stages: STAGES.map(({ name, trials, epochs }) => ({ name, trials, epochs })),
    },
    fingerprints: { data: 'd'.repeat(64), objective: 'o'.repeat(64), space: 's'.repeat(64) },
    codeVersion: '0.1.0',
  })
}

export function exampleSpec(number: number): TrialSpec {
  const stage = STAGES.findLast((candidate) => candidate.firstTrial <= number)!
  return {
    number,
    stage: stage.index,
    params: EXAMPLE_TRIALS[number]!.params,
    seed: 1000 + number,
    budget: { epochs: stage.epochs },
    continues: null,
  }
}

export function writeTrial(writer: StudyWriter, study: number, spec: TrialSpec, trial: ExampleTrial): void {
  const measurements: TimedMeasurement[] = trial.values.map((value, index) => ({
    step: index + 1,
    value,
    metrics: {
      trainLoss: 2.3 - value,
      trainAccuracy: value + 0.05,
      validAccuracy: value,
      learningRate: 1e-3,
    },
    seconds: 1.5 * (index + 1),
  }))
  writer.startTrial(study, spec, 'tester')
  const outcome: TrialOutcome = {
    state: trial.state ?? 'complete',
    measurements,
    error: trial.error === undefined ? null : { ...trial.error, stack: null },
    artifact: null,
    arithmetic: 'fma',
    slot: null,
    host: null,
    startedAt: EXAMPLE_TIME + 10_000 * spec.number,
    durationMs: 300 + 1500 * measurements.length,
  }
  writer.finishTrial(study, spec.number, outcome, false)
  writer.flush()
}
