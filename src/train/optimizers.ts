import type { UpdateRule } from './kernels/kernels.ts'

/** How weights follow their gradients; fields that a kind does not use are ignored. */
export interface OptimizerSettings {
  readonly kind: UpdateRule['kind']
  /** mu of `momentum` and `nesterov`, in [0, 1). */
  readonly momentum: number
  /** Decay of Adam's first and second moments, in [0, 1). */
  readonly beta1: number
  readonly beta2: number
  /** Added to the root of Adam's second moment, > 0. */
  readonly epsilon: number
  /** False for Adam without the division of its moments by 1 - beta^step. */
  readonly biasCorrection: boolean
}

export const OPTIMIZER_KINDS = [
  'sgd',
  'momentum',
  'nesterov',
  'adam',
] as const satisfies readonly UpdateRule['kind'][]

export const DEFAULT_OPTIMIZER: OptimizerSettings = Object.freeze({
  kind: 'adam',
  momentum: 0.9,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  biasCorrection: true,
})

/** The rule of one step; `step` counts from 1 over the whole training. */
export function updateRule(optimizer: OptimizerSettings, learningRate: number, step: number): UpdateRule {
  switch (optimizer.kind) {
    case 'sgd':
      return { kind: 'sgd', learningRate }
    case 'momentum':
    case 'nesterov':
      return { kind: optimizer.kind, learningRate, momentum: optimizer.momentum }
    case 'adam': {
      const { beta1, beta2, epsilon, biasCorrection } = optimizer
      return { kind: 'adam', learningRate, beta1, beta2, epsilon, biasCorrection, step }
    }
  }
}
