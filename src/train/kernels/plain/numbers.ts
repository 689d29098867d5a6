import { exp } from '../../../numerics/elementary.ts'
import type { Arithmetic, Floats } from '../kernels.ts'
import { exp32, sigmoid32, tanh32 } from './elementary-float32.ts'
import { fusedMultiplyAdd } from './fused.ts'

export type Precision = 'float32' | 'float64'

/** The operations of one kind of number; every operation of a kernel is one of these, rounded once. */
export interface Numbers {
  create(length: number): Floats
  /** To the nearest number of this kind. */
  round(x: number): number
  /** a·b + c: rounded once if fused, after each operation if not. */
  madd(a: number, b: number, c: number): number
  exp(x: number): number
  tanh(x: number): number
  sigmoid(x: number): number
}

const f = Math.fround

const float32: Omit<Numbers, 'madd'> = {
  create: (length) => new Float32Array(length),
  round: f,
  exp: exp32,
  tanh: tanh32,
  sigmoid: sigmoid32,
}

/** Double precision, where arithmetic makes no difference: what gradients are checked with. */
const float64: Numbers = {
  create: (length) => new Float64Array(length),
  round: (x) => x,
  madd: (a, b, c) => a * b + c,
  exp,
  tanh: (x) => 1 - 2 / (exp(2 * x) + 1),
  sigmoid: (x) => (x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))),
}

/** The numbers of that precision and arithmetic. */
export function numbersOf(precision: Precision, arithmetic: Arithmetic): Numbers {
  if (precision === 'float64') return float64
  return arithmetic === 'fma'
    ? { ...float32, madd: fusedMultiplyAdd }
    : { ...float32, madd: (a, b, c) => f(f(a * b) + c) }
}
