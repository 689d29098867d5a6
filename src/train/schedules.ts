import { cosPi } from '../numerics/elementary.ts'

export const SCHEDULE_KINDS = ['constant', 'exponential', 'step', 'plateau', 'cosine'] as const

export type ScheduleKind = (typeof SCHEDULE_KINDS)[number]

/** How the learning rate changes over a training; fields that a kind does not use are ignored. */
export interface ScheduleSettings {
  readonly kind: ScheduleKind
  /** What the rate is multiplied by at each drop, in (0, 1]; null for the kind's own: 0.95 for `exponential`, else 0.5. */
  readonly factor: number | null
  /** `step` drops the rate every this many epochs; a whole number >= 1. */
  readonly every: number
  /** `plateau` drops the rate after this many epochs without a better validation loss; a whole number >= 1. */
  readonly patience: number
  /** Epochs at the start over which the rate rises linearly from near 0; a whole number >= 0. */
  readonly warmup: number
}

export const DEFAULT_SCHEDULE: ScheduleSettings = Object.freeze({
  kind: 'constant',
  factor: null,
  every: 5,
  patience: 2,
  warmup: 0,
})

/** Where a training stands at one of its steps. */
export interface TrainingProgress {
  /** Finished epochs, from 0. */
  readonly epoch: number
  /** The step within the epoch, from 0. */
  readonly stepOfEpoch: number
  readonly stepsPerEpoch: number
  /** How many epochs the whole training has; `cosine` reaches 0 at its end. */
  readonly epochs: number
  /** Validation losses of the finished epochs, oldest first: all that `plateau` looks at. */
  readonly validLosses: readonly number[]
}

/**
 * The learning rate of one step, `base` times what the schedule says. Pure: the same arguments give the same bits.
 * During warm-up the rate rises with each step and reaches `base` at its last one; the schedule proper begins after
 * it, as if at epoch 0. `exponential`, `step` and `plateau` change between epochs, `cosine` (Loshchilov and Hutter
 * 2017, equation 5, to 0 and without restarts) at each step.
 */
export function learningRateAt(schedule: ScheduleSettings, base: number, progress: TrainingProgress): number {
  const { epoch, stepOfEpoch, stepsPerEpoch } = progress
  const { warmup } = schedule
  if (epoch < warmup) {
    return (base * (epoch * stepsPerEpoch + stepOfEpoch + 1)) / (warmup * stepsPerEpoch)
  }
  return base * decay(schedule, progress)
}

function decay(schedule: ScheduleSettings, progress: TrainingProgress): number {
  const epoch = progress.epoch - schedule.warmup
  switch (schedule.kind) {
    case 'constant':
      return 1
    case 'exponential':
      return wholePower(schedule.factor ?? 0.95, epoch)
    case 'step':
      return wholePower(schedule.factor ?? 0.5, Math.floor(epoch / schedule.every))
    case 'plateau':
      return wholePower(
        schedule.factor ?? 0.5,
        countPlateaus(progress.validLosses.slice(schedule.warmup), schedule.patience),
      )
    case 'cosine': {
      const epochs = Math.max(1, progress.epochs - schedule.warmup)
      return 0.5 * (1 + cosPi(Math.min(1, (epoch + progress.stepOfEpoch / progress.stepsPerEpoch) / epochs)))
    }
  }
}

/** How often `patience` losses in a row were no better than the best before them; a drop restarts the count. */
function countPlateaus(losses: readonly number[], patience: number): number {
  let best = Number.POSITIVE_INFINITY
  let waited = 0
  let plateaus = 0
  for (const loss of losses) {
    if (loss < best) {
      best = loss
      waited = 0
    } else {
      waited += 1
    }
    if (waited === patience) {
      plateaus += 1
      waited = 0
    }
  }
  return plateaus
}

/** base^n by multiplication alone: `**` may differ in the last bit between engines. */
function wholePower(base: number, n: number): number {
  let power = 1
  for (let i = 0; i < n; i++) power *= base
  return power
}
