import type { Inputs } from '../../inputs.ts'
import type {
  DenseWeights,
  DropoutMask,
  Floats,
  InputBatch,
  LearnedVector,
  Matrix,
  NormState,
  UpdateRule,
} from '../kernels.ts'
import { numStates } from '../update-constants.ts'
import type { Numbers } from './numbers.ts'

/** W (inputs, outputs) and b (outputs), with the optimiser's numbers for each. */
export interface PlainDense extends DenseWeights {
  readonly weights: Floats
  readonly bias: Floats
  readonly weightStates: readonly Floats[]
  readonly biasStates: readonly Floats[]
}

export interface PlainVector extends LearnedVector {
  readonly states: readonly Floats[]
}

export interface PlainBatch extends InputBatch {
  readonly inputs: Inputs
  readonly matrix: Matrix
}

export interface PlainNorm extends NormState {
  /** 1 / sqrt(variance + epsilon) of the last batch, (columns). */
  readonly inverseDeviation: Floats
  /** The last batch's normalised values, before gamma and beta, (rows, columns). */
  readonly normalised: Matrix
}

export function createMatrix(numbers: Numbers, maxRows: number, columns: number): Matrix {
  const stride = Math.ceil(columns / 8) * 8
  return { data: numbers.create(maxRows * stride), maxRows, columns, stride }
}

export function createDense(
  numbers: Numbers,
  inputs: number,
  outputs: number,
  optimizer: UpdateRule['kind'],
): PlainDense {
  const states = (length: number) =>
    Array.from({ length: numStates(optimizer) }, () => numbers.create(length))
  const weights = numbers.create(inputs * outputs)
  const bias = numbers.create(outputs)
  return {
    inputs,
    outputs,
    weights,
    bias,
    weightStates: states(inputs * outputs),
    biasStates: states(outputs),
    read: () => ({ weights: weights.slice(), bias: bias.slice() }),
    write(newWeights, newBias) {
      weights.set(newWeights)
      bias.set(newBias)
    },
  }
}

export function createVector(numbers: Numbers, length: number, optimizer: UpdateRule['kind']): PlainVector {
  return {
    values: numbers.create(length),
    gradient: numbers.create(length),
    states: Array.from({ length: numStates(optimizer) }, () => numbers.create(length)),
  }
}

export function createNorm(numbers: Numbers, maxRows: number, columns: number): PlainNorm {
  return {
    runningMean: numbers.create(columns),
    runningVariance: numbers.create(columns).fill(1),
    inverseDeviation: numbers.create(columns),
    normalised: createMatrix(numbers, maxRows, columns),
  }
}

export function createInputBatch(numbers: Numbers, maxRows: number, inputs: Inputs): PlainBatch {
  const matrix = createMatrix(numbers, maxRows, inputs.columns)
  return { columns: inputs.columns, maxRows, inputs, matrix }
}

export function createDropout(numbers: Numbers, maxRows: number, units: number): DropoutMask {
  return { scale: createMatrix(numbers, maxRows, units) }
}
