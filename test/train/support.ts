import { fastGenerator } from '../../src/random/fast-generator.ts'
import { seedWords } from '../../src/random/stream.ts'
import { fillNormal } from '../../src/train/initial-weights.ts'
import type { Examples, Inputs } from '../../src/train/inputs.ts'
import type { Kernels } from '../../src/train/kernels/kernels.ts'
import { createPlainKernels } from '../../src/train/kernels/plain/plain-kernels.ts'
import {
  type Architecture,
  createNetwork,
  type LearningSettings,
  type Network,
} from '../../src/train/network.ts'
import { initialState, writeNetwork } from '../../src/train/network-state.ts'

export function plain(precision: 'float32' | 'float64' = 'float32'): Kernels {
  return createPlainKernels({ precision, arithmetic: 'muladd' })
}

export function learning(changes: Partial<LearningSettings> = {}): LearningSettings {
  return {
    optimizer: 'sgd',
    reg: 0,
    dropout: 0,
    dropoutSeed: (layer) => seedWords(['test', 'dropout', layer]),
    ...changes,
  }
}

export function architecture(changes: Partial<Architecture> = {}): Architecture {
  return {
    inputs: 6,
    hidden: [5, 4],
    classes: 3,
    activation: 'relu',
    maxoutPieces: 2,
    batchNorm: false,
    ...changes,
  }
}

/** Rows of float inputs as they are: nothing subtracted, nothing scaled. Float64 rows reach a float64 kernel unrounded. */
export function inputsOf(rows: readonly (readonly number[])[], precision: 'float32' | 'float64'): Inputs {
  const columns = rows[0]!.length
  const flat = rows.flat()
  // Inputs are typed as what is stored in production; the plain kernels read any array of numbers.
  const values = precision === 'float32' ? Float32Array.from(flat) : (Float64Array.from(flat) as never)
  return { values, columns, shift: new Float32Array(columns), scale: new Float32Array(columns).fill(1) }
}

export function examplesOf(inputs: Inputs, labels: readonly number[]): Examples {
  return { inputs, labels: Uint8Array.from(labels), rows: Uint32Array.from(labels.keys()) }
}

/** Classes as clouds around random centres: easy enough to be learned in a few steps. */
export function clouds(count: number, columns: number, classes: number, seed: number, spread = 1): Examples {
  const centres = new Float32Array(classes * columns)
  fillNormal(centres, 1, ['clouds', seed, 'centres'])
  const noise = new Float32Array(count * columns)
  fillNormal(noise, spread, ['clouds', seed, 'noise'])
  const generator = fastGenerator(['clouds', seed, 'labels'])
  const labels = Array.from({ length: count }, () => generator.below(classes))
  const rows = labels.map((label, r) =>
    Array.from({ length: columns }, (_, c) => centres[label * columns + c]! + noise[r * columns + c]!),
  )
  return examplesOf(inputsOf(rows, 'float32'), labels)
}

export function part(examples: Examples, start: number, end: number): Examples {
  return { ...examples, rows: examples.rows.slice(start, end) }
}

export function freshNetwork(
  shape: Architecture,
  maxRows: number,
  settings: LearningSettings = learning(),
  kernels: Kernels = plain(),
  seed = 1,
): Network {
  const network = createNetwork(kernels, shape, maxRows, settings)
  writeNetwork(network, initialState(shape, null, ['test', seed]))
  return network
}
