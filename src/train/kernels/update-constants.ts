import type { UpdateRule } from './kernels.ts'

/**
 * An update rule as the constants of its inner loop, in double; a float32 backend rounds each once.
 * The loops they belong to, for a number x with gradient g (docs/arithmetic.md):
 *
 *     sgd       x = g·rate + x
 *     momentum  v = g·rate + mu·v;              x = x + v
 *     nesterov  t = mu·v;  v = g·rate + t;      x = v·(1 + mu) + (x - t)
 *     adam      m = g·(1 - beta1) + beta1·m;    v = (g·g)·(1 - beta2) + beta2·v;
 *               x = x - (m·rate) / (√v·spread + epsilon)
 *
 * Of what a step stores, numbers below SMALLEST_KEPT become 0.
 */
export interface UpdateConstants {
  /** -learningRate; for Adam learningRate / (1 - beta1^step), or without the division. */
  readonly rate: number
  /** mu; beta1 for Adam. */
  readonly keep: number
  /** 1 + mu; 1 - beta1 for Adam. */
  readonly take: number
  /** beta2. */
  readonly keepSquare: number
  /** 1 - beta2. */
  readonly takeSquare: number
  /** 1 / √(1 - beta2^step), or 1 without bias correction. */
  readonly spread: number
  readonly epsilon: number
}

/**
 * Smaller numbers are not stored by a step. Weights that a strong L2 penalty shrinks, and velocities of units that get
 * no gradient any more, fall through the subnormal numbers, where a processor takes some hundred cycles for what
 * otherwise takes half a one: such a trial would train ten times as long.
 */
export const SMALLEST_KEPT = 2 ** -100

/** The constants of a rule; those its loop does not use are 0. */
export function updateConstants(rule: UpdateRule): UpdateConstants {
  const none = { keep: 0, take: 0, keepSquare: 0, takeSquare: 0, spread: 0, epsilon: 0 }
  if (rule.kind === 'sgd') return { ...none, rate: -rule.learningRate }
  if (rule.kind !== 'adam') {
    return { ...none, rate: -rule.learningRate, keep: rule.momentum, take: 1 + rule.momentum }
  }
  const { learningRate, beta1, beta2, epsilon, biasCorrection, step } = rule
  return {
    rate: biasCorrection ? learningRate / (1 - power(beta1, step)) : learningRate,
    keep: beta1,
    take: 1 - beta1,
    keepSquare: beta2,
    takeSquare: 1 - beta2,
    spread: biasCorrection ? 1 / Math.sqrt(1 - power(beta2, step)) : 1,
    epsilon,
  }
}

/** How many numbers of state an optimiser keeps for each weight. */
export function numStates(kind: UpdateRule['kind']): 0 | 1 | 2 {
  return kind === 'sgd' ? 0 : kind === 'adam' ? 2 : 1
}

/** base^exponent for a whole exponent >= 0, by squaring: multiplications alone, the same bits everywhere. */
function power(base: number, exponent: number): number {
  let result = 1
  let square = base
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square
    square *= square
  }
  return result
}
