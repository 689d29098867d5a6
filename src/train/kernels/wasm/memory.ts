import type { Inputs } from '../../inputs.ts'
import { INPUT_FORMS, PANEL_COLUMNS } from '../block-sizes.ts'
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
import { type Arena, floatView } from './arena.ts'

/** What every multiplication needs to know of its left side. */
export interface Packable {
  readonly form: number
  readonly address: number
  readonly strideBytes: number
  readonly shift: number
  readonly scale: number
}

export interface WasmMatrix extends Matrix, Packable {}

export interface WasmBatch extends InputBatch, Packable {
  readonly inputs: Inputs
  /** The batch's place, as long as the memory does not grow. */
  view(): Uint8Array | Float32Array
}

export interface WasmDense extends DenseWeights {
  readonly optimizer: UpdateRule['kind']
  readonly address: number
  readonly first: number
  readonly second: number
}

export interface WasmVector extends LearnedVector {
  readonly address: number
  readonly gradientAddress: number
  readonly first: number
  readonly second: number
  readonly bytes: number
}

export interface WasmNorm extends NormState {
  readonly mean: number
  readonly variance: number
  readonly inverse: number
  readonly normalised: number
}

/** Columns rounded up to whole vectors of eight. */
export function padded(columns: number): number {
  return Math.ceil(columns / 8) * 8
}

/** Bytes of a layer's panels, [outputs / 16][inputs + 1][16]; the last is 8 wide if no more is left. */
export function panelBytes(inputs: number, outputs: number): number {
  return padded(outputs) * (inputs + 1) * 4
}

export function createMatrix(arena: Arena, maxRows: number, columns: number): WasmMatrix {
  const stride = padded(columns)
  const address = arena.allocate(maxRows * stride * 4)
  const view = floatView(arena, address, maxRows * stride)
  return {
    get data() {
      return view()
    },
    maxRows,
    columns,
    stride,
    form: INPUT_FORMS.floats,
    address,
    strideBytes: stride * 4,
    shift: 0,
    scale: 0,
  }
}

export function createDense(
  arena: Arena,
  inputs: number,
  outputs: number,
  optimizer: UpdateRule['kind'],
): WasmDense {
  const bytes = panelBytes(inputs, outputs)
  const address = arena.allocate(bytes)
  const states = numStates(optimizer)
  const view = floatView(arena, address, bytes / 4)
  return {
    inputs,
    outputs,
    optimizer,
    address,
    first: states > 0 ? arena.allocate(bytes) : 0,
    second: states > 1 ? arena.allocate(bytes) : 0,
    read: () => readPanels(view(), inputs, outputs),
    write: (weights, bias) => writePanels(view(), inputs, outputs, weights, bias),
  }
}

function writePanels(
  panels: Float32Array,
  inputs: number,
  outputs: number,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
): void {
  for (let first = 0; first < outputs; first += PANEL_COLUMNS) {
    const { start, step, width } = panelAt(inputs, outputs, first)
    for (let k = 0; k < inputs; k++) {
      for (let j = 0; j < width; j++) panels[start + k * step + j] = weights[k * outputs + first + j]!
    }
    for (let j = 0; j < width; j++) panels[start + inputs * step + j] = bias[first + j]!
  }
}

/** Panels as row-major W (inputs, outputs) and b (outputs), copied. */
export function readPanels(
  panels: Float32Array,
  inputs: number,
  outputs: number,
): { readonly weights: Floats; readonly bias: Floats } {
  const weights = new Float32Array(inputs * outputs)
  const bias = new Float32Array(outputs)
  for (let first = 0; first < outputs; first += PANEL_COLUMNS) {
    const { start, step, width } = panelAt(inputs, outputs, first)
    for (let k = 0; k < inputs; k++) {
      for (let j = 0; j < width; j++) weights[k * outputs + first + j] = panels[start + k * step + j]!
    }
    for (let j = 0; j < width; j++) bias[first + j] = panels[start + inputs * step + j]!
  }
  return { weights, bias }
}

/** Where the panel of column `first` starts, how far its rows are apart, and how many of its columns are real. */
function panelAt(
  inputs: number,
  outputs: number,
  first: number,
): { readonly start: number; readonly step: number; readonly width: number } {
  return {
    start: first * (inputs + 1),
    step: Math.min(PANEL_COLUMNS, padded(outputs) - first),
    width: Math.min(PANEL_COLUMNS, outputs - first),
  }
}

export function createVector(arena: Arena, length: number, optimizer: UpdateRule['kind']): WasmVector {
  const bytes = padded(length) * 4
  const address = arena.allocate(bytes)
  const gradientAddress = arena.allocate(bytes)
  const values = floatView(arena, address, length)
  const gradient = floatView(arena, gradientAddress, length)
  const states = numStates(optimizer)
  return {
    get values() {
      return values()
    },
    get gradient() {
      return gradient()
    },
    address,
    gradientAddress,
    first: states > 0 ? arena.allocate(bytes) : 0,
    second: states > 1 ? arena.allocate(bytes) : 0,
    bytes,
  }
}

export function createNorm(arena: Arena, maxRows: number, columns: number): WasmNorm {
  const bytes = padded(columns) * 4
  const mean = arena.allocate(bytes)
  const variance = arena.allocate(bytes)
  const runningMean = floatView(arena, mean, columns)
  const runningVariance = floatView(arena, variance, columns)
  runningVariance().fill(1)
  return {
    get runningMean() {
      return runningMean()
    },
    get runningVariance() {
      return runningVariance()
    },
    mean,
    variance,
    inverse: arena.allocate(bytes),
    normalised: arena.allocate(maxRows * bytes),
  }
}

export function createDropout(arena: Arena, maxRows: number, units: number): DropoutMask {
  return { scale: createMatrix(arena, maxRows, units) }
}

export function createInputBatch(arena: Arena, maxRows: number, inputs: Inputs): WasmBatch {
  const { columns, values } = inputs
  const bytes = values instanceof Uint8Array
  const scaled = inputs.scale.some((scale) => scale !== 1)
  const shifted = inputs.shift.some((shift) => shift !== 0)
  const strideBytes = columns * values.BYTES_PER_ELEMENT
  const address = arena.allocate(maxRows * strideBytes)
  const copy = (numbers: Float32Array): number => {
    const at = arena.allocate(numbers.byteLength)
    new Float32Array(arena.memory.buffer, at, columns).set(numbers)
    return at
  }
  const View = bytes ? Uint8Array : Float32Array
  const viewOf = () => new View(arena.memory.buffer, address, maxRows * columns)
  let view = viewOf()
  return {
    columns,
    maxRows,
    inputs,
    form: bytes
      ? scaled
        ? INPUT_FORMS.bytesScaled
        : INPUT_FORMS.bytes
      : scaled || shifted
        ? INPUT_FORMS.floatsScaled
        : INPUT_FORMS.floats,
    address,
    strideBytes,
    shift: copy(inputs.shift),
    scale: copy(inputs.scale),
    view() {
      if (view.buffer !== arena.memory.buffer) view = viewOf()
      return view
    },
  }
}
