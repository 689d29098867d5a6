import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { StudyEvent } from '../../src/study/events.ts'
import { type KeptArtifactsSetup, keepArtifacts } from '../../src/study/kept-artifacts.ts'
import { runStage } from '../../src/study/lanes.ts'
import { TrialQueue, type TrialQueueSetup } from '../../src/study/trial-queue.ts'
import { createExampleStudy, STAGES } from '../cli/example-store.ts'
import { createManualExecutor } from './manual-executor.ts'

interface Setup {
  readonly slots?: number
  readonly queue?: Partial<TrialQueueSetup>
  readonly kept?: Partial<KeptArtifactsSetup>
  readonly rungs?: readonly number[]
  readonly flushes?: number
  /** The number of the trial that each trial continues. */
  readonly continues?: number
}

/** A stage of three trials of 4 epochs from number 6 on, whose attempts a test leads. */
export function begin({
  slots = 2,
  queue = {},
  kept = {},
  rungs = [],
  flushes = Infinity,
  continues,
}: Setup = {}) {
  const store = createMemoryStore()
  const { id } = createExampleStudy(store, 'lanes')
  for (const stage of STAGES) store.addStage(id, stage)
  const executor = createManualExecutor(slots)
  const control = new AbortController()
  const events: StudyEvent[] = []
  const flush = store.flush.bind(store)
  let left = flushes
  store.flush = () => {
    if (left-- <= 0) throw new Error('disk full')
    flush()
  }
  const trials = new TrialQueue(6, {
    trials: 3,
    epochs: 4,
    direction: 'maximize',
    lag: 8,
    adaptive: false,
    rungs: { at: rungs, reduce: 2 },
    stop: { target: null, patience: null },
    maxEpochs: null,
    begun: [],
    measurements: () => [],
    propose: (index) => ({
      number: 6 + index,
      stage: 1,
      params: { x: index },
      seed: index,
      budget: { epochs: 4 },
      continues: continues ?? null,
    }),
    looksBack: false,
    retries: 0,
    maxFailures: null,
    ...queue,
  })
  const run = (): Promise<void> =>
    runStage({
      study: id,
      queue: trials,
      kept: keepArtifacts({
        direction: 'maximize',
        stage: 1,
        best: 1,
        promoted: 0,
        continued: [],
        finished: [],
        ...kept,
      }),
      rungs,
      trialTimeoutMs: 5000,
      tieMetric: null,
      host: 'there',
      store,
      executor,
      listener: (event) => events.push(event),
      signal: control.signal,
    })
  const told = (): string[] => events.map((event) => `${event.kind} ${numberOf(event)}`)
  return { store, id, executor, control, run, events, told, trials }
}

function numberOf(event: StudyEvent): number | string {
  if (event.kind === 'trial-started') return event.spec.number
  if (event.kind === 'trial-finished') return event.record.number
  return 'trial' in event ? event.trial : ''
}
