import { PANEL_COLUMNS } from '../block-sizes.ts'
import type { Floats, InputBatch, Matrix, UpdateRule } from '../kernels.ts'
import { SMALLEST_KEPT, type UpdateConstants, updateConstants } from '../update-constants.ts'
import type { PlainBatch, PlainDense, PlainVector } from './memory.ts'
import type { Numbers } from './numbers.ts'

/** The batch's element (r, c) becomes (value - shift[c]) · scale[c]. */
export function gather(
  numbers: Numbers,
  batch: PlainBatch,
  order: Uint32Array,
  start: number,
  rows: number,
): void {
  const { values, columns, shift, scale } = batch.inputs
  const { data, stride } = batch.matrix
  for (let r = 0; r < rows; r++) {
    const row = (order[start + r] as number) * columns
    for (let c = 0; c < columns; c++) {
      const centred = numbers.round((values[row + c] as number) - (shift[c] as number))
      data[r * stride + c] = numbers.round(centred * (scale[c] as number))
    }
  }
}

/** out[r, j] = b[j] + Σ x[r, k]·W[k, j], k ascending. */
export function forward(
  numbers: Numbers,
  x: Matrix | InputBatch,
  dense: PlainDense,
  out: Matrix,
  rows: number,
): void {
  const { data, stride } = matrixOf(x)
  const { inputs, outputs, weights, bias } = dense
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < outputs; j++) {
      let sum = bias[j] as number
      for (let k = 0; k < inputs; k++) {
        sum = numbers.madd(data[r * stride + k] as number, weights[k * outputs + j] as number, sum)
      }
      out.data[r * out.stride + j] = sum
    }
  }
}

/** dx[r, k] = Σ dy[r, j]·W[k, j], j ascending from 0. */
export function inputGradient(
  numbers: Numbers,
  dy: Matrix,
  dense: PlainDense,
  dx: Matrix,
  rows: number,
): void {
  const { inputs, outputs, weights } = dense
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < inputs; k++) {
      let sum = 0
      for (let j = 0; j < outputs; j++) {
        sum = numbers.madd(dy.data[r * dy.stride + j] as number, weights[k * outputs + j] as number, sum)
      }
      dx.data[r * dx.stride + k] = sum
    }
  }
}

/** dW[k, j] = Σ x[r, k]·dy[r, j], then + reg·W[k, j]; db[j] = Σ dy[r, j]; r ascending from 0. */
export function gradient(
  numbers: Numbers,
  x: Matrix | InputBatch,
  dy: Matrix,
  dense: PlainDense,
  rows: number,
  reg: number,
): { readonly weights: Floats; readonly bias: Floats } {
  const { data, stride } = matrixOf(x)
  const { inputs, outputs } = dense
  const penalty = numbers.round(reg)
  const weights = numbers.create(inputs * outputs)
  const bias = numbers.create(outputs)
  for (let j = 0; j < outputs; j++) {
    for (let k = 0; k < inputs; k++) {
      let sum = 0
      for (let r = 0; r < rows; r++) {
        sum = numbers.madd(data[r * stride + k] as number, dy.data[r * dy.stride + j] as number, sum)
      }
      const index = k * outputs + j
      weights[index] = numbers.madd(dense.weights[index] as number, penalty, sum)
    }
    let sum = 0
    for (let r = 0; r < rows; r++) sum = numbers.round(sum + (dy.data[r * dy.stride + j] as number))
    bias[j] = sum
  }
  return { weights, bias }
}

/** W and b stepped along their gradient. */
export function update(
  numbers: Numbers,
  x: Matrix | InputBatch,
  dy: Matrix,
  dense: PlainDense,
  rows: number,
  reg: number,
  rule: UpdateRule,
): void {
  const step = gradient(numbers, x, dy, dense, rows, reg)
  stepAll(numbers, dense.weights, step.weights, dense.weightStates, rule)
  stepAll(numbers, dense.bias, step.bias, dense.biasStates, rule)
}

export function updateVector(numbers: Numbers, vector: PlainVector, rule: UpdateRule): void {
  stepAll(numbers, vector.values, vector.gradient, vector.states, rule)
}

/** Σ W² in double, in the order of the panels: see docs/arithmetic.md. */
export function sumOfSquares(dense: PlainDense): number {
  const { inputs, outputs, weights } = dense
  const lanes = new Float64Array(PANEL_COLUMNS)
  for (let first = 0; first < outputs; first += PANEL_COLUMNS) {
    for (let k = 0; k < inputs; k++) {
      for (let j = first; j < Math.min(outputs, first + PANEL_COLUMNS); j++) {
        const weight = weights[k * outputs + j] as number
        lanes[j - first] = (lanes[j - first] as number) + weight * weight
      }
    }
  }
  return lanes.reduce((sum, lane) => sum + lane, 0)
}

/** One optimiser step for each number of x; the formulas stand at `UpdateConstants`. */
function stepAll(numbers: Numbers, x: Floats, g: Floats, states: readonly Floats[], rule: UpdateRule): void {
  const { round, madd } = numbers
  const c = roundAll(numbers, updateConstants(rule))
  const [first, second] = states as [Floats, Floats]
  for (let i = 0; i < x.length; i++) {
    const value = x[i] as number
    const slope = g[i] as number
    if (rule.kind === 'sgd') {
      x[i] = flushed(madd(slope, c.rate, value))
    } else if (rule.kind === 'momentum') {
      const v = flushed(madd(slope, c.rate, round(c.keep * (first[i] as number))))
      first[i] = v
      x[i] = flushed(round(value + v))
    } else if (rule.kind === 'nesterov') {
      const kept = round(c.keep * (first[i] as number))
      const v = flushed(madd(slope, c.rate, kept))
      first[i] = v
      x[i] = flushed(madd(v, c.take, round(value - kept)))
    } else {
      const m = flushed(madd(slope, c.take, round(c.keep * (first[i] as number))))
      const v = flushed(madd(round(slope * slope), c.takeSquare, round(c.keepSquare * (second[i] as number))))
      first[i] = m
      second[i] = v
      const deviation = madd(round(Math.sqrt(v)), c.spread, c.epsilon)
      x[i] = flushed(round(value - round(round(m * c.rate) / deviation)))
    }
  }
}

/** NaN stays. */
function flushed(value: number): number {
  return Math.abs(value) < SMALLEST_KEPT ? 0 : value
}

function roundAll(numbers: Numbers, constants: UpdateConstants): UpdateConstants {
  const { rate, keep, take, keepSquare, takeSquare, spread, epsilon } = constants
  const { round } = numbers
  return {
    rate: round(rate),
    keep: round(keep),
    take: round(take),
    keepSquare: round(keepSquare),
    takeSquare: round(takeSquare),
    spread: round(spread),
    epsilon: round(epsilon),
  }
}

function matrixOf(x: Matrix | InputBatch): Matrix {
  return 'data' in x ? x : (x as PlainBatch).matrix
}
