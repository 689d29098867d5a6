import type { NewStudy, StageRecord, StudyReader } from '../../store/store.ts'
import type { TrialOutcome, TrialSpec } from '../../trial.ts'

/** A study with every field set; `changes` replace some. */
export function newStudy(changes: Partial<NewStudy> = {}): NewStudy {
  return {
    name: 'quickstart',
    seed: 42,
    direction: 'maximize',
    metric: 'validAccuracy',
    tieMetric: null,
    lag: 8,
    experiment: { name: 'quickstart', stages: [{ trials: 4 }] },
    fingerprints: { data: 'd'.repeat(64), objective: 'o'.repeat(64), space: 's'.repeat(64) },
    codeVersion: '0.1.0',
    ...changes,
  }
}

export function stage(changes: Partial<StageRecord> = {}): StageRecord {
  return {
    index: 0,
    name: 'coarse',
    trials: 64,
    epochs: 1,
    sampler: 'random',
    firstTrial: 0,
    space: {
      parameters: {
        learningRate: { kind: 'float', low: 1e-6, high: 10, log: true, step: null, hard: false },
      },
      conditions: {},
      constraints: [],
    },
    narrowing: null,
    rungs: null,
    ...changes,
  }
}

export function spec(number: number, changes: Partial<TrialSpec> = {}): TrialSpec {
  return {
    number,
    stage: 0,
    params: { learningRate: 0.1 / (number + 1), activation: 'relu', batchNorm: true },
    seed: 1000 + number,
    budget: { epochs: 3 },
    continues: null,
    ...changes,
  }
}

/** A complete trial of three epochs that ends at `value`. */
export function outcome(value: number, changes: Partial<TrialOutcome> = {}): TrialOutcome {
  return {
    state: 'complete',
    measurements: [1, 2, 3].map((step) => ({
      step,
      value: value - (3 - step) / 16,
      metrics: { trainLoss: 1 / step, learningRate: 0.001 },
      seconds: step / 4,
    })),
    error: null,
    artifact: null,
    arithmetic: 'fma',
    slot: null,
    host: null,
    startedAt: 1_700_000_000_000,
    durationMs: 750.5,
    ...changes,
  }
}

/** Everything a reader says about a study, to be compared with what another says. */
export function readAll(reader: StudyReader, study: number): unknown {
  const trials = reader.trials(study)
  return {
    study: reader.studies().find(({ id }) => id === study),
    stages: reader.stages(study),
    trials,
    best: reader.bestTrials(study, 5),
    bestOfStage: reader.bestTrials(study, 5, 1),
    counts: reader.countTrials(study),
    measurements: [...reader.allMeasurements(study)],
    artifacts: trials.map(({ number }) => reader.artifact(study, number)),
    evaluations: reader.evaluations(study),
  }
}
