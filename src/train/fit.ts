import { fastGenerator } from '../random/fast-generator.ts'
import { shuffle } from '../random/permutation.ts'
import type { StreamName } from '../random/stream.ts'
import { type Score, score, scoreRegression } from './evaluate.ts'
import type { Examples } from './inputs.ts'
import { type Network, penalty, trainStep } from './network.ts'
import { type OptimizerSettings, updateRule } from './optimizers.ts'
import { learningRateAt, type ScheduleSettings } from './schedules.ts'

export interface TrainingSettings {
  readonly epochs: number
  /** Rows of a step, at most the network's `maxRows`; an epoch's last batch takes what is left. */
  readonly batchSize: number
  /** The learning rate before the schedule. */
  readonly learningRate: number
  readonly optimizer: OptimizerSettings
  readonly schedule: ScheduleSettings
  /** Names the streams of the batch order and of the training sample. */
  readonly streamName: StreamName
  /** Looked at before each batch; true ends the training there. */
  readonly stopRequested: () => boolean
}

/** What one epoch showed. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number
  /** Mean cross entropy of the epoch's batches, each as it was met: with dropout, and before its own step. */
  readonly trainDataLoss: number
  /** The same plus the L2 penalty of the weights at the epoch's end. */
  readonly trainLoss: number
  /** In test mode at the epoch's end, over a fixed sample of the training rows: as fair as the validation figure. */
  readonly trainAccuracy: number
  /** In place of the accuracies where a number is predicted, RMSE in standardised units; null for classes. */
  readonly regression: {
    readonly trainR2: number
    readonly validR2: number
    readonly validRmse: number
  } | null
  /** In test mode at the epoch's end, over the whole validation set; the loss is without the penalty. */
  readonly validLoss: number
  readonly validAccuracy: number
  /** The rate of the epoch's last step. */
  readonly learningRate: number
  /** Steps since the training began. */
  readonly steps: number
}

/** Thrown when a loss is not finite any more: from there on no step means anything. */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError'
}

/** How many training rows `trainAccuracy` looks at, or all if there are fewer. */
export const TRAINING_SAMPLE = 1000

/**
 * Trains the network, an epoch for each report that is pulled. Every epoch takes all training rows once, in an order
 * reshuffled. A function of the arguments alone: the same weights, data and stream name give the same bits.
 * @throws NonFiniteLossError saying where.
 */
export function* trainEpochs(
  network: Network,
  data: { readonly train: Examples; readonly valid: Examples },
  settings: TrainingSettings,
): Generator<EpochReport, void, void> {
  const { train, valid } = data
  const { batchSize, streamName } = settings
  const order = train.rows.slice()
  const stepsPerEpoch = Math.ceil(order.length / batchSize)
  const sample = drawSample(train, streamName)
  const validLosses: number[] = []
  let steps = 0
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    shuffle(order, fastGenerator([...streamName, 'batches', epoch]))
    const progress = { epoch: epoch - 1, stepsPerEpoch, epochs: settings.epochs, validLosses }
    let learningRate = 0
    let lossSum = 0
    for (let stepOfEpoch = 0; stepOfEpoch < stepsPerEpoch; stepOfEpoch++) {
      if (settings.stopRequested()) return
      const start = stepOfEpoch * batchSize
      const rows = Math.min(batchSize, order.length - start)
      learningRate = learningRateAt(settings.schedule, settings.learningRate, { ...progress, stepOfEpoch })
      steps += 1
      const rule = updateRule(settings.optimizer, learningRate, steps)
      const loss = trainStep(network, train, order, start, rows, steps, rule)
      if (!Number.isFinite(loss)) throw nonFinite('loss', loss, `in epoch ${epoch}, step ${stepOfEpoch + 1}`)
      lossSum += loss * rows
    }
    const trainDataLoss = lossSum / order.length
    // NaN or infinite weights can hide behind a ReLU from the losses, but not from their own squares.
    const trainLoss = trainDataLoss + finite('sum of squared weights', penalty(network), epoch)
    if (network.architecture.task === 'regression') {
      const [trained, judged] = [scoreRegression(network, sample), scoreRegression(network, valid)]
      validLosses.push(finite('validation loss', judged.loss, epoch))
      const regression = { trainR2: trained.r2, validR2: judged.r2, validRmse: judged.rmse }
      const none = { loss: judged.loss, accuracy: Number.NaN }
      yield { ...report(epoch, trainDataLoss, trainLoss, none, none, learningRate, steps), regression }
      continue
    }
    const validScore = score(network, valid)
    validLosses.push(finite('validation loss', validScore.loss, epoch))
    yield report(epoch, trainDataLoss, trainLoss, score(network, sample), validScore, learningRate, steps)
  }
}

function report(
  epoch: number,
  trainDataLoss: number,
  trainLoss: number,
  sampleScore: Score,
  validScore: Score,
  learningRate: number,
  steps: number,
): EpochReport {
  return {
    epoch,
    trainDataLoss,
    trainLoss,
    trainAccuracy: sampleScore.accuracy,
    regression: null,
    validLoss: validScore.loss,
    validAccuracy: validScore.accuracy,
    learningRate,
    steps,
  }
}

/** The rows that the training accuracy is measured on, the same in every epoch. */
function drawSample(train: Examples, streamName: StreamName): Examples {
  if (train.rows.length <= TRAINING_SAMPLE) return train
  const shuffled = shuffle(train.rows.slice(), fastGenerator([...streamName, 'sample']))
  return { ...train, rows: shuffled.slice(0, TRAINING_SAMPLE) }
}

function finite(what: string, value: number, epoch: number): number {
  if (!Number.isFinite(value)) throw nonFinite(what, value, `at the end of epoch ${epoch}`)
  return value
}

function nonFinite(what: string, value: number, where: string): NonFiniteLossError {
  return new NonFiniteLossError(`${what} became ${value} ${where}`)
}
