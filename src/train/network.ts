import type { Examples, Inputs } from './inputs.ts'
import type {
  Activation,
  DenseWeights,
  DropoutMask,
  InputBatch,
  Kernels,
  LearnedVector,
  Matrix,
  NormState,
  SeedWords,
  UpdateRule,
} from './kernels/kernels.ts'
import { type RegressionLoss, regressionLoss } from './regression.ts'
import { weightedSoftmaxLoss } from './weighted-softmax.ts'

/** What a network is, apart from its numbers: enough to build it again. */
export interface Architecture {
  readonly inputs: number
  /** Units of each hidden layer, from the inputs up; empty for a linear classifier. */
  readonly hidden: readonly number[]
  readonly classes: number
  readonly activation: Activation
  /** Affine pieces a unit of `maxout` takes the largest of; >= 1, ignored by the other activations. */
  readonly maxoutPieces: number
  readonly batchNorm: boolean
  /** Present if the one output is a number that is predicted, not a class. */
  readonly task?: 'regression'
}

/** What a network needs to learn; a network that only predicts takes `PREDICTING`. */
export interface LearningSettings {
  readonly optimizer: UpdateRule['kind']
  /** Strength of L2 on every layer's W and on nothing else, >= 0. */
  readonly reg: number
  /** Probability to drop a unit after each hidden activation, in [0, 1). */
  readonly dropout: number
  /** Names the dropout stream of hidden layer `layer`, from 0. */
  readonly dropoutSeed: (layer: number) => SeedWords
  /** Of networks that predict a number; squared if absent. */
  readonly loss?: RegressionLoss
  /** What each class's examples count, by class; all 1 if absent. */
  readonly classWeights?: Float64Array
}

export const PREDICTING: LearningSettings = Object.freeze({
  optimizer: 'sgd',
  reg: 0,
  dropout: 0,
  dropoutSeed: (): SeedWords => [0, 0, 0, 0],
})

/** affine -> [batch normalisation] -> activation -> [dropout], with the memory its passes work in. */
export interface HiddenLayer {
  readonly dense: DenseWeights
  readonly norm: Normalization | null
  readonly mask: DropoutMask | null
  readonly dropoutSeed: SeedWords
  readonly pieces: number
  /** (rows, units · pieces): the affine step's result, then normalised in place. */
  readonly z: Matrix
  /** (rows, units): what the layer hands up. The same matrix as z where the activation can work in place. */
  readonly h: Matrix
  /** Gradients of h and z; the same matrix unless a unit has several pieces. */
  readonly dh: Matrix
  readonly dz: Matrix
}

export interface Normalization {
  readonly state: NormState
  readonly gamma: LearnedVector
  readonly beta: LearnedVector
}

/** A network in a backend's memory. Its numbers change by `trainStep` and `writeNetwork`, and by nothing else. */
export interface Network {
  readonly architecture: Architecture
  readonly kernels: Kernels
  readonly maxRows: number
  readonly reg: number
  readonly dropout: number
  readonly hidden: readonly HiddenLayer[]
  readonly output: DenseWeights
  /** (rows, classes): the scores, and after the loss their gradient. */
  readonly scores: Matrix
  /** The rows of each `Inputs` that has been asked for. */
  readonly batches: Map<Inputs, InputBatch>
  /** Labels of the current batch, (maxRows). */
  readonly labels: Uint16Array
  /** Targets of the current batch, (maxRows), of networks that predict a number. */
  readonly targets: Float32Array
  readonly loss: RegressionLoss
  readonly classWeights: Float64Array | null
}

/** How much of the old running statistics of batch normalisation stays after a step. */
export const NORM_MOMENTUM = 0.9
/** Added to the variance before its root. */
export const NORM_EPSILON = 1e-5

/**
 * A network of zeros (gammas and running variances are 1) for batches of up to `maxRows` rows; `writeNetwork` gives it
 * weights. All memory of later steps is taken here.
 */
export function createNetwork(
  kernels: Kernels,
  architecture: Architecture,
  maxRows: number,
  learning: LearningSettings,
): Network {
  const { activation, maxoutPieces, batchNorm, classes } = architecture
  const pieces = activation === 'maxout' ? maxoutPieces : 1
  const hidden: HiddenLayer[] = []
  let inputs = architecture.inputs
  for (const [index, units] of architecture.hidden.entries()) {
    const mask = learning.dropout > 0 ? kernels.createDropout(maxRows, units) : null
    const z = kernels.createMatrix(maxRows, units * pieces)
    const dh = kernels.createMatrix(maxRows, units)
    const inPlace = activation === 'relu' || (activation !== 'maxout' && mask === null)
    hidden.push({
      dense: kernels.createDense(inputs, units * pieces, learning.optimizer),
      norm: batchNorm ? createNormalization(kernels, maxRows, units * pieces, learning.optimizer) : null,
      mask,
      dropoutSeed: learning.dropoutSeed(index),
      pieces,
      z,
      h: inPlace ? z : kernels.createMatrix(maxRows, units),
      dh,
      dz: pieces === 1 ? dh : kernels.createMatrix(maxRows, units * pieces),
    })
    inputs = units
  }
  return {
    architecture,
    kernels,
    maxRows,
    reg: learning.reg,
    dropout: learning.dropout,
    hidden,
    output: kernels.createDense(inputs, classes, learning.optimizer),
    scores: kernels.createMatrix(maxRows, classes),
    batches: new Map(),
    labels: new Uint16Array(maxRows),
    targets: new Float32Array(architecture.task === 'regression' ? maxRows : 0),
    loss: learning.loss ?? 'squared',
    classWeights: learning.classWeights ?? null,
  }
}

function createNormalization(
  kernels: Kernels,
  maxRows: number,
  columns: number,
  optimizer: UpdateRule['kind'],
): Normalization {
  const gamma = kernels.createVector(columns, optimizer)
  gamma.values.fill(1)
  return {
    state: kernels.createNorm(maxRows, columns),
    gamma,
    beta: kernels.createVector(columns, optimizer),
  }
}

/**
 * One step of learning from rows `order[start .. start + rows)` of the examples' inputs; returns their mean cross
 * entropy before the step, without the penalty. `step` counts from 1 over the whole training and names the dropout
 * masks. Allocates nothing that lasts.
 */
export function trainStep(
  network: Network,
  examples: Examples,
  order: Uint32Array,
  start: number,
  rows: number,
  step: number,
  rule: UpdateRule,
): number {
  const { kernels, reg } = network
  const x = gatherBatch(network, examples, order, start, rows)
  drawMasks(network, step, rows)
  forwardTraining(network, x, rows)
  const dataLoss = lossAndGradient(network, rows)
  backward(network, x, rows, {
    dense: (dense, input, dy) => kernels.update(input, dy, dense, rows, reg, rule),
    vector: (vector) => kernels.updateVector(vector, rule),
  })
  return dataLoss
}

/** The mean loss of a batch whose scores are computed; these become its gradient. */
export function lossAndGradient(network: Network, rows: number): number {
  const { kernels, architecture, scores, labels, targets, classWeights } = network
  if (architecture.task === 'regression') return regressionLoss(scores, targets, rows, network.loss)
  if (classWeights !== null) return weightedSoftmaxLoss(scores, labels, classWeights, rows)
  return kernels.softmaxLoss(scores, labels, rows)
}

/** 0.5 · reg · Σ W² over all layers: what L2 adds to the loss. */
export function penalty(network: Network): number {
  const { kernels, hidden, output, reg } = network
  let sum = kernels.sumOfSquares(output)
  for (const { dense } of hidden) sum += kernels.sumOfSquares(dense)
  return 0.5 * reg * sum
}

/** Copies the rows and their labels into the network's memory; returns the rows. */
export function gatherBatch(
  network: Network,
  examples: Examples,
  order: Uint32Array,
  start: number,
  rows: number,
): InputBatch {
  const { kernels, batches, labels, maxRows } = network
  const { inputs } = examples
  let batch = batches.get(inputs)
  if (batch === undefined) {
    batch = kernels.createInputBatch(maxRows, inputs)
    batches.set(inputs, batch)
  }
  kernels.gather(batch, order, start, rows)
  if (examples.targets !== undefined) {
    for (let r = 0; r < rows; r++) network.targets[r] = examples.targets[order[start + r]!]!
    return batch
  }
  for (let r = 0; r < rows; r++) labels[r] = examples.labels[order[start + r]!]!
  return batch
}

/** Draws the dropout masks of a step, where there is dropout. */
export function drawMasks(network: Network, step: number, rows: number): void {
  for (const { mask, dropoutSeed } of network.hidden) {
    if (mask !== null) network.kernels.fillDropout(mask, network.dropout, dropoutSeed, step, rows)
  }
}

/** The scores of a batch in training: batch statistics, which also move the running ones, and the masks as they are. */
export function forwardTraining(network: Network, batch: InputBatch, rows: number): void {
  const { kernels, architecture } = network
  let x: InputBatch | Matrix = batch
  for (const { dense, norm, mask, z, h, pieces } of network.hidden) {
    kernels.forward(x, dense, z, rows)
    if (norm !== null) {
      kernels.normForward(z, norm.state, norm.gamma, norm.beta, rows, NORM_MOMENTUM, NORM_EPSILON)
    }
    kernels.activationForward(architecture.activation, z, h, rows, pieces, mask)
    x = h
  }
  kernels.forward(x, network.output, network.scores, rows)
}

/** The scores of a batch in testing: running statistics, no dropout. Changes nothing that is learned. */
export function forwardTesting(network: Network, batch: InputBatch, rows: number): void {
  const { kernels, architecture } = network
  let x: InputBatch | Matrix = batch
  for (const { dense, norm, z, h, pieces } of network.hidden) {
    kernels.forward(x, dense, z, rows)
    if (norm !== null) kernels.normInfer(z, norm.state, norm.gamma, norm.beta, rows, NORM_EPSILON)
    kernels.activationForward(architecture.activation, z, h, rows, pieces, null)
    x = h
  }
  kernels.forward(x, network.output, network.scores, rows)
}

/** What is done with a layer once its gradient is known and nothing below needs its old values any more. */
export interface Learner {
  /** `input` is what the layer saw, `dy` the gradient of what it gave. */
  dense(dense: DenseWeights, input: InputBatch | Matrix, dy: Matrix): void
  vector(vector: LearnedVector): void
}

/**
 * Carries the gradient of the scores down through all layers, from the last to the first, and lets `learner` have
 * each. Nobody learns from the gradient of the inputs: it is never computed.
 */
export function backward(network: Network, batch: InputBatch, rows: number, learner: Learner): void {
  const { kernels, architecture, hidden } = network
  let dense = network.output
  let dy = network.scores
  for (let index = hidden.length - 1; index >= 0; index--) {
    const layer = hidden[index]!
    kernels.inputGradient(dy, dense, layer.dh, rows)
    learner.dense(dense, layer.h, dy)
    const { z, h, dh, dz, norm, mask, pieces } = layer
    kernels.activationBackward(architecture.activation, z, h, dh, dz, rows, pieces, mask)
    if (norm !== null) {
      kernels.normBackward(dz, norm.state, norm.gamma, norm.beta, rows)
      learner.vector(norm.gamma)
      learner.vector(norm.beta)
    }
    dense = layer.dense
    dy = dz
  }
  learner.dense(dense, batch, dy)
}
