import type { Arithmetic, Kernels } from '../kernels.ts'
import { activationBackward, activationForward, fillDropout } from './activation.ts'
import { forward, gather, gradient, inputGradient, sumOfSquares, update, updateVector } from './dense.ts'
import {
  createDense,
  createDropout,
  createInputBatch,
  createMatrix,
  createNorm,
  createVector,
  type PlainBatch,
  type PlainDense,
  type PlainNorm,
  type PlainVector,
} from './memory.ts'
import { normBackward, normForward, normInfer } from './norm.ts'
import { numbersOf, type Precision } from './numbers.ts'
import { score, softmax, softmaxLoss } from './softmax.ts'

/**
 * The plain reference: every kernel as its definition, one rounded operation after the other.
 * In float32 it gives the same bits as the WASM kernels of that arithmetic, hundreds of times slower; in float64
 * it is what gradients are checked with.
 */
export function createPlainKernels(options: {
  readonly precision: Precision
  readonly arithmetic: Arithmetic
}): Kernels {
  const { precision, arithmetic } = options
  const n = numbersOf(precision, arithmetic)
  return {
    backend: 'plain',
    variant: precision === 'float64' ? 'plain float64' : `plain float32 ${arithmetic}`,
    arithmetic,
    createMatrix: (maxRows, columns) => createMatrix(n, maxRows, columns),
    createDense: (inputs, outputs, optimizer) => createDense(n, inputs, outputs, optimizer),
    createVector: (length, optimizer) => createVector(n, length, optimizer),
    createNorm: (maxRows, columns) => createNorm(n, maxRows, columns),
    createInputBatch: (maxRows, inputs) => createInputBatch(n, maxRows, inputs),
    createDropout: (maxRows, units) => createDropout(n, maxRows, units),
    gather: (batch, order, start, rows) => gather(n, batch as PlainBatch, order, start, rows),
    forward: (x, dense, out, rows) => forward(n, x, dense as PlainDense, out, rows),
    inputGradient: (dy, dense, dx, rows) => inputGradient(n, dy, dense as PlainDense, dx, rows),
    update: (x, dy, dense, rows, reg, rule) => update(n, x, dy, dense as PlainDense, rows, reg, rule),
    gradient: (x, dy, dense, rows, reg) => gradient(n, x, dy, dense as PlainDense, rows, reg),
    sumOfSquares: (dense) => sumOfSquares(dense as PlainDense),
    normForward: (z, norm, gamma, beta, rows, momentum, epsilon) =>
      normForward(n, z, norm as PlainNorm, gamma, beta, rows, momentum, epsilon),
    normInfer: (z, norm, gamma, beta, rows, epsilon) =>
      normInfer(n, z, norm as PlainNorm, gamma, beta, rows, epsilon),
    normBackward: (dz, norm, gamma, beta, rows) => normBackward(n, dz, norm as PlainNorm, gamma, beta, rows),
    updateVector: (vector, rule) => updateVector(n, vector as PlainVector, rule),
    fillDropout: (mask, probability, seed, step, rows) => fillDropout(n, mask, probability, seed, step, rows),
    activationForward: (kind, z, h, rows, pieces, dropout) =>
      activationForward(n, kind, z, h, rows, pieces, dropout),
    activationBackward: (kind, z, h, dh, dz, rows, pieces, dropout) =>
      activationBackward(n, kind, z, h, dh, dz, rows, pieces, dropout),
    softmaxLoss: (scores, labels, rows) => softmaxLoss(n, scores, labels, rows),
    score: (scores, labels, rows) => score(n, scores, labels, rows),
    softmax: (scores, rows) => softmax(n, scores, rows),
    close() {},
  }
}
