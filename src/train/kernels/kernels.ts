import type { Inputs } from '../inputs.ts'

/** Numbers in a backend's memory: float32 in production, float64 in the reference used for gradient checks. */
export type Floats = Float32Array | Float64Array

export type Activation = 'relu' | 'tanh' | 'sigmoid' | 'maxout'

/** How the products of a multiplication are added: fused, or rounded after the product and after the sum. */
export type Arithmetic = 'fma' | 'muladd'

/**
 * The weights of an affine layer, (inputs, outputs), and its bias (outputs), with the optimiser's state,
 * in whatever layout the backend likes best. Read and write convert from and to plain row-major arrays.
 */
export interface DenseWeights {
  readonly inputs: number
  readonly outputs: number
  /** W row-major (inputs, outputs) and b (outputs), copied. */
  read(): { readonly weights: Floats; readonly bias: Floats }
  write(weights: ArrayLike<number>, bias: ArrayLike<number>): void
}

/** One optimiser step's settings. `step` counts from 1 over the whole training. */
export type UpdateRule =
  | { readonly kind: 'sgd'; readonly learningRate: number }
  /** v = mu·v - lr·g; x += v */
  | { readonly kind: 'momentum'; readonly learningRate: number; readonly momentum: number }
  /** v' = v; v = mu·v - lr·g; x += -mu·v' + (1 + mu)·v */
  | { readonly kind: 'nesterov'; readonly learningRate: number; readonly momentum: number }
  | {
      readonly kind: 'adam'
      readonly learningRate: number
      readonly beta1: number
      readonly beta2: number
      readonly epsilon: number
      /** Divide the moments by 1 - beta^step (Kingma and Ba 2015, algorithm 1). */
      readonly biasCorrection: boolean
      readonly step: number
    }

/**
 * A rows × columns matrix of activations in the backend's memory, row-major: element (r, c) is data[r · stride + c].
 * The stride is the number of columns rounded up to a multiple of 8; the columns from `columns` to `stride` belong
 * to the backend and may hold anything. Allocated once, for the largest batch.
 */
export interface Matrix {
  readonly data: Floats
  readonly maxRows: number
  readonly columns: number
  readonly stride: number
}

/** A vector of learned numbers (gamma, beta) with its gradient and the optimiser's state. */
export interface LearnedVector {
  readonly values: Floats
  readonly gradient: Floats
}

/** A batch of input rows, gathered from `Inputs`; bytes stay bytes until they are packed for multiplication. */
export interface InputBatch {
  readonly columns: number
  readonly maxRows: number
}

/** Per-column statistics of batch normalisation, in the backend's memory. */
export interface NormState {
  /** (columns) each: running mean and biased variance for testing. */
  readonly runningMean: Floats
  readonly runningVariance: Floats
}

/**
 * Which activations are kept, and by what they are multiplied: (rows, units), 0 or 1 / (1 - p).
 * `fillDropout` draws it; a test may write other numbers into `scale.data`.
 */
export interface DropoutMask {
  readonly scale: Matrix
}

/** Four 32-bit words that name a stream of random numbers; `seedWords` of src/random makes them. */
export type SeedWords = readonly [number, number, number, number]

/**
 * The numeric operations of a training step. Implementations hold all memory they work on and allocate only in the
 * `create...` methods. Rows are given at each call, at most the `maxRows` of what was created; 0 rows are allowed.
 *
 * The order of every sum is part of the contract, so that all backends of one arithmetic give the same bits; it is
 * written down in docs/arithmetic.md, and the plain reference says it in code.
 */
export interface Kernels {
  readonly backend: 'plain' | 'wasm'
  /** For people and records: `wasm 256-bit fma 6x16`, `plain float32 fma`. */
  readonly variant: string
  readonly arithmetic: Arithmetic

  createMatrix(maxRows: number, columns: number): Matrix
  /** Zeros, until `write` gives values. */
  createDense(inputs: number, outputs: number, optimizer: UpdateRule['kind']): DenseWeights
  /** Zeros. */
  createVector(length: number, optimizer: UpdateRule['kind']): LearnedVector
  /** Running mean 0, running variance 1. */
  createNorm(maxRows: number, columns: number): NormState
  createInputBatch(maxRows: number, inputs: Inputs): InputBatch
  createDropout(maxRows: number, units: number): DropoutMask

  /** Copies the given rows of the inputs into the batch. `order[start .. start + rows)` are row numbers of `inputs`. */
  gather(batch: InputBatch, order: Uint32Array, start: number, rows: number): void

  /** out = x·W + b; x (rows, inputs), out (rows, outputs) overwritten. */
  forward(x: Matrix | InputBatch, dense: DenseWeights, out: Matrix, rows: number): void
  /** dx = dy·Wᵀ; dy (rows, outputs), dx (rows, inputs) overwritten. Before the weights are updated. */
  inputGradient(dy: Matrix, dense: DenseWeights, dx: Matrix, rows: number): void
  /** W, b stepped along dW = xᵀ·dy + reg·W, db = Σ dy, which never reach memory. `rule` is of the kind of createDense. */
  update(
    x: Matrix | InputBatch,
    dy: Matrix,
    dense: DenseWeights,
    rows: number,
    reg: number,
    rule: UpdateRule,
  ): void
  /** dW = xᵀ·dy + reg·W row-major (inputs, outputs) and db = Σ dy, new arrays: for checks, not for training. */
  gradient(
    x: Matrix | InputBatch,
    dy: Matrix,
    dense: DenseWeights,
    rows: number,
    reg: number,
  ): { readonly weights: Floats; readonly bias: Floats }
  /** Σ W² over a layer's weights (not its bias), for the loss; reads all of W: once an epoch, not once a step. */
  sumOfSquares(dense: DenseWeights): number

  /**
   * z normalised over the batch (mean and biased variance), times gamma plus beta, in place;
   * running = momentum · running + (1 - momentum) · batch statistic. Keeps what `normBackward` needs.
   */
  normForward(
    z: Matrix,
    norm: NormState,
    gamma: LearnedVector,
    beta: LearnedVector,
    rows: number,
    momentum: number,
    epsilon: number,
  ): void
  /** The same with the running statistics: for testing. Changes nothing but z. */
  normInfer(
    z: Matrix,
    norm: NormState,
    gamma: LearnedVector,
    beta: LearnedVector,
    rows: number,
    epsilon: number,
  ): void
  /** dz in place from the gradient of the normalised output; writes gamma's and beta's gradients. Before they are updated. */
  normBackward(dz: Matrix, norm: NormState, gamma: LearnedVector, beta: LearnedVector, rows: number): void
  updateVector(vector: LearnedVector, rule: UpdateRule): void

  /**
   * Draws a mask: each unit is dropped with `probability` in [0, 1), rounded to a multiple of 2^-16, the others get
   * 1 / (1 - that). The numbers are a function of `seed` (one per network and layer), `step` and the unit's place.
   */
  fillDropout(mask: DropoutMask, probability: number, seed: SeedWords, step: number, rows: number): void
  /**
   * h = activation(z), times the mask if there is one (inverted dropout). z (rows, units · pieces), h (rows, units);
   * unit u of maxout takes the largest of columns u · pieces .. u · pieces + pieces - 1 of z, pieces is 1 otherwise.
   * h may be z for relu, and for tanh and sigmoid without a mask. z belongs to the backend until `activationBackward`:
   * it may be overwritten.
   */
  activationForward(
    kind: Activation,
    z: Matrix,
    h: Matrix,
    rows: number,
    pieces: number,
    dropout: DropoutMask | null,
  ): void
  /**
   * dz from dh, and z and h as `activationForward` left them. dh (rows, units); dz (rows, units · pieces) overwritten;
   * dz may be dh where pieces is 1. Of equal pieces the first gets the gradient; relu's derivative at 0 is 0.
   */
  activationBackward(
    kind: Activation,
    z: Matrix,
    h: Matrix,
    dh: Matrix,
    dz: Matrix,
    rows: number,
    pieces: number,
    dropout: DropoutMask | null,
  ): void

  /** Mean cross entropy of the softmax of the scores (maximum subtracted), and its gradient over the scores in place. */
  softmaxLoss(scores: Matrix, labels: Uint8Array | Uint16Array, rows: number): number
  /** Sum of cross entropies and number of rows whose largest score (the first of equals) is the label. Changes nothing. */
  score(
    scores: Matrix,
    labels: Uint8Array | Uint16Array,
    rows: number,
  ): { readonly loss: number; readonly correct: number }
  /** Softmax of the scores in place. */
  softmax(scores: Matrix, rows: number): void

  /** Gives the memory back to the thread; everything created here must not be used any more. */
  close(): void
}
