import { encodeFit, fittedData } from '../data/fitted-data.ts'
import type { PreparedData, PreparedFold } from '../data/prepared.ts'
import { UserError } from '../errors.ts'
import type { StreamName } from '../random/stream.ts'
import { seedWords } from '../random/stream.ts'
import { type ClassMetrics, classMetrics } from '../train/class-metrics.ts'
import { type EpochReport, NonFiniteLossError, trainEpochs } from '../train/fit.ts'
import type { ClassificationData, Inputs } from '../train/inputs.ts'
import type { Kernels } from '../train/kernels/kernels.ts'
import { openKernels } from '../train/kernels/open-kernels.ts'
import { type Architecture, createNetwork, type Network } from '../train/network.ts'
import { initialState, type NetworkState, readNetwork, writeNetwork } from '../train/network-state.ts'
import { decodeNetwork, encodeNetwork } from '../train/saved-network.ts'
import { afterEpoch, isOutOfPatience, NO_EPOCH } from '../train/stopping.ts'
import { balancedWeights } from '../train/weighted-softmax.ts'
import type { Measurement } from '../trial.ts'
import { batchSizeFor, type ClassifierConfig } from './classifier-config.ts'
import { withParams } from './classifier-parameters.ts'
import { DivergedError, type Objective, type TrialContext, type TrialResult } from './objective.ts'

/**
 * The built-in objective: a network of affine layers, trained on the data's training part and judged on its
 * validation part. A measurement an epoch, with the metrics trainLoss, trainDataLoss, trainAccuracy, validLoss,
 * validAccuracy, learningRate and bestEpoch, the epoch whose weights the trial keeps: its best by the study's metric.
 * A measurement's value is that epoch's, so that the trial ends with the value of the very network it keeps.
 *
 * With several folds a network is trained for each, side by side; every metric is their mean, with the sample
 * standard deviation as `<metric>Std`. The weights kept are those of the first fold: choosing one by its validation
 * figure would favour luck.
 *
 * A trial's numbers are a function of config, params, seed, data and the continued artifact. It holds the backend's
 * memory only while it runs.
 */
export function createClassifier(config: ClassifierConfig, data: PreparedData): Objective {
  return { space: null, run: (context) => trainTrial(config, data, context) }
}

function* trainTrial(
  base: ClassifierConfig,
  data: PreparedData,
  context: TrialContext,
): Generator<Measurement, TrialResult | undefined, void> {
  const config = withParams(base, context.params)
  const { backend, arithmetic } = config.training
  const kernels = openKernels({ backend, arithmetic })
  try {
    const trainings = data.folds.map((fold, index) => startTraining(config, fold, index, kernels, context))
    const first = trainings[0]!
    let best = NO_EPOCH
    let kept: NetworkState = {}
    for (let epoch = 1; epoch <= context.budget.epochs; epoch++) {
      const reports: EpochReport[] = []
      for (const { epochs } of trainings) {
        const next = epochs.next()
        if (next.done) return undefined
        reports.push(next.value)
      }
      const metrics = summarize(reports, trainings, config.metric)
      const value = metrics[config.metric]
      if (value === undefined) throw unknownMetric(config.metric, metrics)
      best = afterEpoch(best, epoch, value, config.direction)
      if (best.epoch === epoch) kept = readNetwork(first.network)
      // The weights the trial keeps are those of its best epoch, and so is its value: what is ranked is what is kept.
      yield { step: epoch, value: best.value, metrics: { ...metrics, bestEpoch: best.epoch } }
      if (isOutOfPatience(best, config.training.patience)) break
    }
    const { shift, scale } = savedScaling(data.folds[0]!)
    const { architecture } = first.network
    const fit = encodeFit(fittedData(data))
    const notes = { epoch: String(best.epoch), [config.metric]: String(best.value), ...fit.notes }
    return {
      artifact: encodeNetwork({ architecture, state: kept, shift, scale, further: fit.tensors, notes }),
      arithmetic: `${kernels.arithmetic} (${kernels.variant})`,
    }
  } finally {
    kernels.close()
  }
}

/** What rows as read go through; of principal components what these do: they are not in the file. */
function savedScaling({ train, preprocessing }: PreparedFold): Pick<Inputs, 'shift' | 'scale'> {
  const { shift, scale, projection, biasTrick } = preprocessing
  if (projection !== null || shift instanceof Float32Array) return train.inputs
  const identity = biasTrick ? [0] : []
  return {
    shift: Float32Array.from([...shift, ...identity]),
    scale: Float32Array.from([...scale, ...identity.map(() => 1)]),
  }
}

interface Training {
  readonly fold: ClassificationData
  readonly network: Network
  readonly epochs: Generator<EpochReport, void, void>
}

function startTraining(
  config: ClassifierConfig,
  fold: ClassificationData,
  index: number,
  kernels: Kernels,
  context: TrialContext,
): Training {
  const { model, training } = config
  if (fold.train.rows.length === 0 || fold.valid.rows.length === 0) {
    throw new UserError('usage', 'split: the training and the validation part need at least one row each')
  }
  const streamName: StreamName = [context.seed, 'fold', index]
  const architecture: Architecture = {
    inputs: fold.train.inputs.columns,
    hidden: model.hidden,
    classes: fold.classes.length,
    activation: model.activation,
    maxoutPieces: model.maxoutPieces,
    batchNorm: model.batchNorm,
    ...(fold.target === undefined ? {} : { task: 'regression' as const }),
  }
  const batchSize = batchSizeFor(config, fold.train.rows.length)
  // Small batches would make slow evaluations: the matrices have room for more rows than a step needs.
  const network = createNetwork(kernels, architecture, Math.max(batchSize, EVALUATION_ROWS), {
    optimizer: training.optimizer.kind,
    reg: training.reg,
    dropout: model.dropout,
    dropoutSeed: (layer) => seedWords([...streamName, 'dropout', layer]),
    ...(training.loss === undefined ? {} : { loss: training.loss }),
    ...(training.classWeights === undefined || fold.target !== undefined
      ? {}
      : { classWeights: balancedWeights(fold.train.labels, fold.train.rows, fold.classes.length) }),
  })
  writeNetwork(network, firstState(architecture, model.weightScale, streamName, index, context.continued))
  const epochs = trainEpochs(network, fold, {
    epochs: context.budget.epochs,
    batchSize,
    learningRate: training.learningRate,
    optimizer: training.optimizer,
    schedule: training.schedule,
    streamName,
    stopRequested: context.stopRequested,
  })
  return { fold, network, epochs: tellingWhere(epochs, index) }
}

const EVALUATION_ROWS = 200

function firstState(
  architecture: Architecture,
  weightScale: number | null,
  streamName: StreamName,
  fold: number,
  continued: Uint8Array | null,
): NetworkState {
  if (continued === null) return initialState(architecture, weightScale, streamName)
  if (fold > 0) {
    // The kept weights are the first fold's: they have learned from the rows that other folds are judged on.
    throw new UserError(
      'usage',
      'warmStart: weights can be continued with a single validation set, not with folds',
    )
  }
  return decodeNetwork(continued, 'the continued weights').state
}

/** Ends a training that produced NaN or an infinite number, as the contract of objectives says. */
function* tellingWhere(
  epochs: Generator<EpochReport, void, void>,
  fold: number,
): Generator<EpochReport, void, void> {
  try {
    yield* epochs
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error
    throw new DivergedError(fold === 0 ? error.message : `${error.message} of fold ${fold + 1}`)
  }
}

const MEASURED = [
  'trainLoss',
  'trainDataLoss',
  'trainAccuracy',
  'validLoss',
  'validAccuracy',
  'learningRate',
] as const satisfies readonly (keyof EpochReport)[]

/** The metrics of one fold's epoch; those that cost another look at the validation part only if the study ranks by them. */
function metricsOf(report: EpochReport, { fold, network }: Training, metric: string): Record<string, number> {
  const { regression } = report
  if (regression !== null) {
    const { trainLoss, trainDataLoss, validLoss, learningRate } = report
    const validRmse = regression.validRmse * fold.target!.deviation
    return { trainLoss, trainDataLoss, validLoss, ...regression, validRmse, learningRate }
  }
  const metrics: Record<string, number> = Object.fromEntries(MEASURED.map((name) => [name, report[name]]))
  const further = FURTHER_METRICS[metric]
  if (further !== undefined) metrics[metric] = further(classMetrics(network, fold.valid))
  return metrics
}

const FURTHER_METRICS: Readonly<Record<string, (metrics: ClassMetrics) => number>> = {
  validBalancedAccuracy: ({ balancedAccuracy }) => balancedAccuracy,
  validMacroF1: ({ macroF1 }) => macroF1,
  validAuc: ({ auc }) => auc ?? Number.NaN,
}

/** The mean of each metric over the folds, and with several of them its sample standard deviation. */
function summarize(
  reports: readonly EpochReport[],
  trainings: readonly Training[],
  metric: string,
): Record<string, number> {
  const each = reports.map((report, i) => metricsOf(report, trainings[i]!, metric))
  const metrics: Record<string, number> = {}
  for (const name of Object.keys(each[0]!)) {
    const values = each.map((measured) => measured[name]!)
    // R² of rows that are all alike is no figure; what a study ranks by is defined.
    if (name !== metric && values.some(Number.isNaN)) continue
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    metrics[name] = mean
    if (values.length === 1) continue
    const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
    metrics[`${name}Std`] = Math.sqrt(squares / (values.length - 1))
  }
  return metrics
}

function unknownMetric(metric: string, metrics: Readonly<Record<string, number>>): UserError {
  return new UserError('usage', `metric: must be one of ${Object.keys(metrics).join(', ')}, got ${metric}`)
}
