import type { Activation, Arithmetic } from '../train/kernels/kernels.ts'

/** The `model` and `training` blocks of a study file, all defaults filled in: what a trial's params override. */
export interface ClassifierConfig {
  readonly model: {
    readonly hidden: readonly number[]
    readonly activation: Activation
    readonly maxoutPieces: number
    readonly batchNorm: boolean
    readonly dropout: number
  }
  readonly training: {
    readonly batchSize: number
    readonly learningRate: number
    readonly reg: number
    readonly arithmetic: 'auto' | Arithmetic
  }
  /** Which of the measured metrics is a measurement's value: validAccuracy, validLoss, trainLoss, ... */
  readonly metric: string
}
