import type { StudyWriter } from '../../src/store/store.ts'

/** Fills a store with one finished study of `trials` trials of five measurements. */
export function fillStore(store: StudyWriter, trials: number): void {
  const study = store.createStudy({
    name: 'large',
    seed: 1,
    direction: 'minimize',
    metric: 'loss',
    tieMetric: null,
    lag: 8,
    experiment: {},
    fingerprints: { data: null, objective: '', space: '' },
    codeVersion: 'bench',
  })
  const x = { kind: 'float', low: 0, high: 1, log: false, step: null, hard: true } as const
  store.addStage(study.id, {
    index: 0,
    name: 'only',
    trials,
    epochs: 5,
    sampler: 'random',
    firstTrial: 0,
    space: { parameters: { x, y: x }, conditions: {}, constraints: [] },
    narrowing: null,
    rungs: null,
  })
  for (let number = 0; number < trials; number++) {
    // Any spread of values will do; this one is the golden ratio's.
    const value = (number * 0.6180339887498949) % 1
    const params = { x: value, y: 1 - value }
    store.startTrial(
      study.id,
      { number, stage: 0, params, seed: number, budget: { epochs: 5 }, continues: null },
      'here',
    )
    const measurements = Array.from({ length: 5 }, (_, i) => ({
      step: i + 1,
      value: value / (i + 1),
      metrics: { accuracy: 1 - value },
      seconds: i,
    }))
    const outcome = {
      measurements,
      error: null,
      artifact: null,
      arithmetic: null,
      slot: null,
      host: null,
      startedAt: 0,
      durationMs: 1,
    }
    store.finishTrial(study.id, number, { ...outcome, state: 'complete' }, false)
    if (number % 1000 === 999) store.flush()
  }
  store.finishStudy(study.id, 'complete', null)
}
