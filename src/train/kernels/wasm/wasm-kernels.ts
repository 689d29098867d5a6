import { log } from '../../../numerics/elementary.ts'
import { BLOCK_ROW_BYTES, BLOCK_ROWS, CHUNK_COLUMNS, OPTIMIZER_CODES } from '../block-sizes.ts'
import { dropoutKeys, dropoutScale, dropoutThreshold } from '../dropout-words.ts'
import type { Arithmetic, InputBatch, Kernels, LearnedVector, Matrix, UpdateRule } from '../kernels.ts'
import { updateConstants } from '../update-constants.ts'
import { type Arena, floatView } from './arena.ts'
import type { KernelExports } from './exports.ts'
import {
  createDense,
  createDropout,
  createInputBatch,
  createMatrix,
  createNorm,
  createVector,
  type Packable,
  padded,
  panelBytes,
  readPanels,
  type WasmBatch,
  type WasmDense,
  type WasmMatrix,
  type WasmNorm,
  type WasmVector,
} from './memory.ts'

const BLOCK_BYTES = BLOCK_ROWS * BLOCK_ROW_BYTES

/** The kernels of a compiled module, in an arena of their own; `release` is called by `close`. */
export function createWasmKernels(options: {
  readonly exports: KernelExports
  readonly arena: Arena
  readonly arithmetic: Arithmetic
  readonly variant: string
  readonly release: () => void
}): Kernels {
  const { exports: wasm, arena, arithmetic, variant, release } = options
  const block = arena.allocate(BLOCK_BYTES)
  const constantsAddress = arena.allocate(32)
  const constants = floatView(arena, constantsAddress, 8)
  const zeros = arena.allocate(64)
  const panels = scratch(arena)
  const sums = scratch(arena)
  const transposed = scratch(arena)
  const gradientPlace = scratch(arena)
  const labelPlace = scratch(arena)
  const rowPlace = scratch(arena)
  const termPlace = scratch(arena)

  function setRule(rule: UpdateRule, reg: number): void {
    const c = updateConstants(rule)
    const to = constants()
    to[0] = c.rate
    to[1] = c.keep
    to[2] = c.take
    to[3] = c.keepSquare
    to[4] = c.takeSquare
    to[5] = c.spread
    to[6] = c.epsilon
    to[7] = reg
  }

  function update(
    left: Matrix | InputBatch,
    dy: Matrix,
    dense: { readonly inputs: number; readonly outputs: number },
    rows: number,
    optimizer: number,
    w: number,
    first: number,
    second: number,
  ): void {
    const x = left as unknown as Packable
    const { address, strideBytes } = dy as WasmMatrix
    const width = padded(dense.outputs) * 4
    wasm.update(
      x.form,
      x.address,
      x.strideBytes,
      x.shift,
      x.scale,
      address,
      strideBytes,
      w,
      first,
      second,
      dense.inputs,
      dense.outputs,
      rows,
      optimizer,
      constantsAddress,
      block,
      panels(rows * width),
      sums(CHUNK_COLUMNS * width),
      zeros,
    )
  }

  /** Labels as 16-bit numbers in the module's memory. */
  function placeLabels(labels: Uint8Array | Uint16Array, rows: number): number {
    const address = labelPlace(rows * 2)
    const to = new Uint16Array(arena.memory.buffer, address, rows)
    for (let r = 0; r < rows; r++) to[r] = labels[r] as number
    return address
  }

  /** Σ log(sum) - margin over the rows, from what the module left at `address`: sums, then margins. */
  function totalLoss(address: number, rows: number): number {
    const numbers = new Float32Array(arena.memory.buffer, address, 2 * rows)
    let loss = 0
    for (let r = 0; r < rows; r++) loss += log(numbers[r] as number) - (numbers[rows + r] as number)
    return loss
  }

  const kernels: Kernels = {
    backend: 'wasm',
    variant,
    arithmetic,
    createMatrix: (maxRows, columns) => createMatrix(arena, maxRows, columns),
    createDense: (inputs, outputs, optimizer) => createDense(arena, inputs, outputs, optimizer),
    createVector: (length, optimizer) => createVector(arena, length, optimizer),
    createNorm: (maxRows, columns) => createNorm(arena, maxRows, columns),
    createInputBatch: (maxRows, inputs) => createInputBatch(arena, maxRows, inputs),
    createDropout: (maxRows, units) => createDropout(arena, maxRows, units),

    gather(batch, order, start, rows) {
      const { inputs, columns, view, address, strideBytes } = batch as WasmBatch
      if (wasm.gather !== undefined) {
        wasm.gather(address, rows, strideBytes, start, inputs.values, order)
        return
      }
      const to = view()
      for (let r = 0; r < rows; r++) {
        const from = (order[start + r] as number) * columns
        to.set(inputs.values.subarray(from, from + columns), r * columns)
      }
    },

    forward(left, dense, out, rows) {
      const x = left as unknown as Packable
      const { address, inputs, outputs } = dense as WasmDense
      const to = out as WasmMatrix
      wasm.forward(
        x.form,
        x.address,
        x.strideBytes,
        x.shift,
        x.scale,
        address,
        inputs,
        outputs,
        to.address,
        to.strideBytes,
        rows,
        block,
      )
    },

    inputGradient(dy, dense, dx, rows) {
      const from = dy as WasmMatrix
      const to = dx as WasmMatrix
      const { address, inputs, outputs } = dense as WasmDense
      const w = transposed(panelBytes(outputs, inputs))
      wasm.transpose(address, inputs, outputs, w)
      wasm.forward(
        from.form,
        from.address,
        from.strideBytes,
        0,
        0,
        w,
        outputs,
        inputs,
        to.address,
        to.strideBytes,
        rows,
        block,
      )
    },

    update(x, dy, dense, rows, reg, rule) {
      const { address, first, second } = dense as WasmDense
      setRule(rule, reg)
      update(x, dy, dense, rows, OPTIMIZER_CODES[rule.kind], address, first, second)
    },

    gradient(x, dy, dense, rows, reg) {
      const { address, inputs, outputs } = dense as WasmDense
      const bytes = panelBytes(inputs, outputs)
      const to = gradientPlace(bytes)
      setRule({ kind: 'sgd', learningRate: 0 }, reg)
      update(x, dy, dense, rows, OPTIMIZER_CODES.gradient, to, address, 0)
      return readPanels(new Float32Array(arena.memory.buffer, to, bytes / 4), inputs, outputs)
    },

    sumOfSquares(dense) {
      const { address, inputs, outputs } = dense as WasmDense
      const lanes = termPlace(128)
      wasm.squares(address, inputs, outputs, lanes)
      return new Float64Array(arena.memory.buffer, lanes, 16).reduce((sum, lane) => sum + lane, 0)
    },

    normForward(z, norm, gamma, beta, rows, momentum, epsilon) {
      const { address, strideBytes } = z as WasmMatrix
      const { normalised, inverse, mean, variance } = norm as WasmNorm
      wasm.normForward(
        address,
        strideBytes,
        normalised,
        inverse,
        mean,
        variance,
        addressOf(gamma),
        addressOf(beta),
        rows,
        momentum,
        1 - momentum,
        epsilon,
      )
    },

    normInfer(z, norm, gamma, beta, rows, epsilon) {
      const { address, strideBytes } = z as WasmMatrix
      const { mean, variance } = norm as WasmNorm
      wasm.normInfer(address, strideBytes, mean, variance, addressOf(gamma), addressOf(beta), rows, epsilon)
    },

    normBackward(dz, norm, gamma, beta, rows) {
      const { address, strideBytes } = dz as WasmMatrix
      const { normalised, inverse } = norm as WasmNorm
      const { address: values, gradientAddress } = gamma as WasmVector
      wasm.normBackward(
        address,
        strideBytes,
        normalised,
        inverse,
        values,
        gradientAddress,
        (beta as WasmVector).gradientAddress,
        rows,
      )
    },

    updateVector(vector, rule) {
      const { address, gradientAddress, first, second, bytes } = vector as WasmVector
      setRule(rule, 0)
      wasm.step(
        OPTIMIZER_CODES[rule.kind],
        constantsAddress,
        gradientAddress,
        address,
        first,
        second,
        bytes,
        false,
      )
    },

    fillDropout(mask, probability, seed, step, rows) {
      const { address, strideBytes } = mask.scale as WasmMatrix
      const threshold = dropoutThreshold(probability)
      const [key0, key1, key2] = dropoutKeys(seed, step)
      wasm.fillDropout(address, rows * strideBytes, threshold, dropoutScale(threshold), key0, key1, key2)
    },

    activationForward(kind, z, h, rows, pieces, dropout) {
      const from = z as WasmMatrix
      const to = h as WasmMatrix
      const mask = dropout === null ? 0 : (dropout.scale as WasmMatrix).address
      const bytes = rows * to.strideBytes
      if (kind === 'relu') wasm.reluForward(from.address, to.address, mask, bytes)
      else if (kind === 'tanh') wasm.tanhForward(from.address, to.address, mask, bytes)
      else if (kind === 'sigmoid') wasm.sigmoidForward(from.address, to.address, mask, bytes)
      else {
        wasm.maxoutForward(
          from.address,
          from.strideBytes,
          to.address,
          to.strideBytes,
          mask,
          rows,
          h.columns,
          pieces,
        )
      }
    },

    activationBackward(kind, z, h, dh, dz, rows, pieces, dropout) {
      const from = z as WasmMatrix
      const slope = dh as WasmMatrix
      const to = dz as WasmMatrix
      const mask = dropout === null ? 0 : (dropout.scale as WasmMatrix).address
      const bytes = rows * slope.strideBytes
      if (kind === 'relu') {
        wasm.reluBackward((h as WasmMatrix).address, slope.address, to.address, mask, bytes)
      } else if (kind === 'tanh') {
        wasm.tanhBackward(from.address, slope.address, to.address, mask, bytes)
      } else if (kind === 'sigmoid') {
        wasm.sigmoidBackward(from.address, slope.address, to.address, mask, bytes)
      } else {
        wasm.maxoutBackward(
          from.address,
          from.strideBytes,
          slope.address,
          slope.strideBytes,
          to.address,
          mask,
          rows,
          h.columns,
          pieces,
        )
      }
    },

    softmaxLoss(scores, labels, rows) {
      const { address, strideBytes, columns } = scores as WasmMatrix
      const at = rowPlace(rows * 8)
      const labelsAt = placeLabels(labels, rows)
      wasm.softmaxLoss(address, strideBytes, columns, labelsAt, rows, 1 / rows, at, at + rows * 4)
      return totalLoss(at, rows) / rows
    },

    score(scores, labels, rows) {
      const { address, strideBytes, columns } = scores as WasmMatrix
      const at = rowPlace(rows * 8)
      const terms = termPlace(Math.max(128, strideBytes))
      const labelsAt = placeLabels(labels, rows)
      const correct = wasm.score(address, strideBytes, columns, labelsAt, rows, at, at + rows * 4, terms)
      return { loss: totalLoss(at, rows), correct }
    },

    softmax(scores, rows) {
      const { address, strideBytes, columns } = scores as WasmMatrix
      wasm.softmax(address, strideBytes, columns, rows)
    },

    close: release,
  }
  return kernels
}

function addressOf(vector: LearnedVector): number {
  return (vector as WasmVector).address
}

/** A place that is enlarged when more is asked for than ever before: in the first step of a training, not after. */
function scratch(arena: Arena): (bytes: number) => number {
  let address = 0
  let size = 0
  return (bytes) => {
    if (address === 0 || bytes > size) {
      address = arena.allocate(bytes)
      size = bytes
    }
    return address
  }
}
