import type { PreparedData } from '../data/prepared.ts'
import { createClassifier } from '../objective/classifier.ts'
import { batchSizeFor, type ClassifierConfig } from '../objective/classifier-config.ts'
import { trainingBytes } from '../objective/classifier-memory.ts'
import { withParams } from '../objective/classifier-parameters.ts'
import { seedFrom } from '../random/stream.ts'
import { proposeTrial } from '../search/propose-trial.ts'
import type { Params } from '../space/distribution.ts'
import { pointKey } from '../space/points.ts'
import type { Experiment } from '../study-file/experiment.ts'

/** The params of the first stage's first trials, as a run would draw them. */
export function firstTrials(experiment: Experiment, count: number): Params[] {
  const { seed, stages, space, direction } = experiment
  const drawn: Params[] = []
  for (let index = 0; index < Math.min(count, stages[0]!.trials, experiment.lag); index++) {
    const request = { seed, stages, stage: 0, index, space, root: space, direction, earlier: [], history: [] }
    const taken = new Set(drawn.map(pointKey))
    drawn.push(proposeTrial({ ...request, pending: drawn, taken }).params)
  }
  return drawn
}

/** What a study will take, judged from one epoch on a small part of its data. */
export interface Estimate {
  /** Of all trials on all workers, if none ends early. */
  readonly seconds: number
  /** The data, once for all threads, and each worker's networks. */
  readonly bytes: number
}

/** How many training rows the timed epoch has, in batches. */
const TIMED_BATCHES = 2

/**
 * Times a few batches of the first trial on this thread and scales them up; writes nothing.
 * The first use of a kernel compiles it, so an untimed epoch comes first.
 */
export async function estimateStudy(
  experiment: Experiment,
  config: ClassifierConfig,
  data: PreparedData,
  workers: number,
  params: Params,
): Promise<Estimate> {
  const fold = data.folds[0]!
  const batchSize = batchSizeFor(config, fold.train.rows.length)
  const rows = Math.min(fold.train.rows.length, batchSize * TIMED_BATCHES)
  const some = { ...fold.train, rows: fold.train.rows.subarray(0, rows) }
  const few = { ...fold.valid, rows: fold.valid.rows.subarray(0, Math.min(rows, fold.valid.rows.length)) }
  const sized = { ...config, training: { ...config.training, batchSize } }
  const objective = createClassifier(sized, { ...data, folds: [{ ...fold, train: some, valid: few }] })
  let seconds = 0
  for (let round = 0; round < 2; round++) {
    const context = {
      number: 0,
      slot: 0,
      attempt: 1,
      stage: 0,
      folder: '',
      continuedFolder: null,
      warn: () => {},
      params,
      budget: { epochs: 1 },
      seed: seedFrom([experiment.seed, 'trial', 0, 0]),
      continued: null,
      signal: new AbortController().signal,
      stopRequested: () => false,
    }
    const begun = performance.now()
    try {
      for await (const _ of objective.run(context)) {
        seconds = (performance.now() - begun) / 1000
      }
    } catch {
      // A trial that diverges at once has still taken its time.
      seconds = (performance.now() - begun) / 1000
    }
  }
  const epochs = experiment.stages.reduce((sum, stage) => sum + stage.trials * stage.epochs, 0)
  const scale = fold.train.rows.length / rows
  const values = fold.train.inputs.values
  const network = withParams(config, params)
  const training = trainingBytes(network, fold.train.inputs.columns, fold.classes.length, data.folds.length)
  return {
    seconds: (seconds * scale * epochs * data.folds.length) / workers,
    bytes: values.byteLength + workers * training,
  }
}
