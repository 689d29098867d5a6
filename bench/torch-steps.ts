/**
 * Trains the same network twice, here and with PyTorch, from the same weights, batches and dropout masks, for every
 * optimiser, and prints how far the two come apart. PyTorch itself defines what counts as rounding: its own float32
 * run comes as far apart from its float64 run.
 *
 *     npm run bench:torch-steps -- [--python FILE] [--steps 50] [--hidden 200,100] [--backend auto|wasm|plain]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { fastGenerator } from '../src/random/fast-generator.ts'
import { seedWords } from '../src/random/stream.ts'
import { fillNormal } from '../src/train/initial-weights.ts'
import type { Examples } from '../src/train/inputs.ts'
import type { Activation, Kernels } from '../src/train/kernels/kernels.ts'
import { type KernelOptions, openKernels } from '../src/train/kernels/open-kernels.ts'
import { type Architecture, createNetwork, drawMasks, trainStep } from '../src/train/network.ts'
import { initialState, type NetworkState, readNetwork, writeNetwork } from '../src/train/network-state.ts'
import { DEFAULT_OPTIMIZER, type OptimizerSettings, updateRule } from '../src/train/optimizers.ts'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../src/train/safetensors.ts'

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    steps: { type: 'string', default: '50' },
    batch: { type: 'string', default: '200' },
    inputs: { type: 'string', default: '3072' },
    hidden: { type: 'string', default: '200,100' },
    backend: { type: 'string', default: 'auto' },
  },
})

const steps = Number(options.steps)
const batch = Number(options.batch)
const columns = Number(options.inputs)
const hidden = options.hidden.split(',').map(Number)
const CLASSES = 10
const IMAGES = 2000
const DROPOUT = 0.3

interface Case {
  readonly optimizer: string
  readonly settings: OptimizerSettings
  readonly learningRate: number
  readonly activation: Activation
  readonly maxoutPieces: number
  readonly batchNorm: boolean
  readonly dropout: number
  readonly reg: number
}

function makeCase(optimizer: string, settings: Partial<OptimizerSettings>, learningRate: number): Case {
  return {
    optimizer,
    settings: { ...DEFAULT_OPTIMIZER, ...settings },
    learningRate,
    // Smooth: a ReLU at its kink may go either way by rounding, and from there on the two trainings differ by a row.
    activation: 'tanh',
    maxoutPieces: 2,
    batchNorm: true,
    dropout: DROPOUT,
    reg: 1e-3,
  }
}

const nesterov = makeCase('nesterov', { kind: 'nesterov' }, 1e-2)
const CASES: readonly Case[] = [
  makeCase('sgd', { kind: 'sgd' }, 1e-2),
  makeCase('momentum', { kind: 'momentum' }, 1e-2),
  nesterov,
  makeCase('adam', { kind: 'adam' }, 1e-3),
  makeCase('adam plain', { kind: 'adam', biasCorrection: false }, 1e-3),
  { ...nesterov, activation: 'relu', batchNorm: false, dropout: 0, learningRate: 1e-3 },
  { ...nesterov, activation: 'relu' },
  { ...nesterov, activation: 'sigmoid' },
  { ...nesterov, activation: 'maxout' },
]

/** Images of bytes: a pattern for each class under noise. */
function makeImages(): Examples {
  const patterns = new Float32Array(CLASSES * columns)
  fillNormal(patterns, 30, ['torch-steps', 'patterns'])
  const noise = new Float32Array(IMAGES * columns)
  fillNormal(noise, 50, ['torch-steps', 'noise'])
  const generator = fastGenerator(['torch-steps', 'labels'])
  const labels = Uint8Array.from({ length: IMAGES }, () => generator.below(CLASSES))
  const values = new Uint8Array(IMAGES * columns)
  for (let i = 0; i < values.length; i++) {
    const pattern = patterns[labels[Math.floor(i / columns)]! * columns + (i % columns)]!
    values[i] = Math.max(0, Math.min(255, Math.round(128 + pattern + noise[i]!)))
  }
  const inputs = {
    values,
    columns,
    shift: new Float32Array(columns).fill(127.3),
    scale: new Float32Array(columns).fill(1),
  }
  const order = fastGenerator(['torch-steps', 'order'])
  return { inputs, labels, rows: Uint32Array.from({ length: steps * batch }, () => order.below(IMAGES)) }
}

interface Run {
  readonly losses: Float64Array
  readonly state: NetworkState
  readonly masks: Readonly<Record<string, Tensor>>
}

function trainHere(
  of: Case,
  kernels: Kernels,
  start: NetworkState,
  shape: Architecture,
  images: Examples,
): Run {
  const network = createNetwork(kernels, shape, batch, {
    optimizer: of.settings.kind,
    reg: of.reg,
    dropout: of.dropout,
    dropoutSeed: (layer) => seedWords(['torch-steps', 'dropout', layer]),
  })
  writeNetwork(network, start)
  const losses = new Float64Array(steps)
  const masks: Record<string, Tensor> = {}
  for (let step = 1; step <= steps; step++) {
    // The step draws the same masks again.
    drawMasks(network, step, batch)
    for (const [index, { mask }] of network.hidden.entries()) {
      if (mask === null) continue
      const units = hidden[index]!
      const shape = [steps, batch, units]
      const tensor = masks[`mask${index + 1}`] ?? { shape, data: new Float32Array(steps * batch * units) }
      masks[`mask${index + 1}`] = tensor
      for (let r = 0; r < batch; r++) {
        const at = r * mask.scale.stride
        tensor.data.set(mask.scale.data.subarray(at, at + units), ((step - 1) * batch + r) * units)
      }
    }
    const rule = updateRule(of.settings, of.learningRate, step)
    losses[step - 1] = trainStep(network, images, images.rows, (step - 1) * batch, batch, step, rule)
  }
  return { losses, state: readNetwork(network), masks }
}

function trainWithTorch(
  of: Case,
  start: NetworkState,
  masks: Run['masks'],
  images: Examples,
  folder: string,
) {
  const { settings: _, ...rest } = of
  const settings = { ...rest, layers: hidden.length, steps, batch }
  const { values, shift, scale } = images.inputs
  const floats = (data: ArrayLike<number>): Tensor => ({
    shape: [data.length],
    data: Float32Array.from(data),
  })
  const tensors = {
    ...start,
    ...masks,
    values: { shape: [IMAGES, columns], data: Float32Array.from(values) },
    shift: floats(shift),
    scale: floats(scale),
    labels: floats(images.labels),
    order: floats(images.rows),
  }
  const [given, got] = [path.join(folder, 'case'), path.join(folder, 'result')]
  writeFileSync(given, encodeSafetensors({ tensors, metadata: { settings: JSON.stringify(settings) } }))
  const script = path.join(import.meta.dirname, 'torch-steps.py')
  execFileSync(options.python, [script, given, got], { stdio: ['ignore', 'inherit', 'inherit'] })
  return decodeSafetensors(readFileSync(got), 'the result of PyTorch').tensors
}

/**
 * The distance of two lists relative to the second, by root mean squares: one ReLU at its kink, or one weight whose
 * whole gradient is rounding, may go either way. The second counts as 0.01 at least.
 */
function distance(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let size = 0
  let apart = 0
  for (let i = 0; i < want.length; i++) {
    size += want[i]! ** 2
    apart += (got[i]! - want[i]!) ** 2
  }
  return Math.sqrt(apart / want.length) / Math.max(1e-2, Math.sqrt(size / want.length))
}

const folder = mkdtempSync(path.join(tmpdir(), 'torch-steps-'))
try {
  const images = makeImages()
  console.log(
    `${columns}-${hidden.join('-')}-${CLASSES}, batch ${batch}, ${steps} steps, distances from PyTorch in float64`,
  )
  console.log(
    'case                          last loss   losses: here   torch f32    weights: here   torch f32',
  )
  for (const of of CASES) {
    const shape: Architecture = {
      inputs: columns,
      hidden,
      classes: CLASSES,
      activation: of.activation,
      maxoutPieces: of.maxoutPieces,
      batchNorm: of.batchNorm,
    }
    const start = initialState(shape, null, ['torch-steps'])
    const kernels = openKernels({ backend: options.backend as NonNullable<KernelOptions['backend']> })
    const here = trainHere(of, kernels, start, shape, images)
    const torch = trainWithTorch(of, start, here.masks, images, folder)
    const truth = (name: string): Tensor['data'] => torch[`float64.${name}`]!.data
    // Before batch normalisation a bias has no effect and no gradient but rounding, which Adam blows up to whole steps.
    const idle = of.batchNorm && of.settings.kind === 'adam' ? /^(b\d|runningMean)/ : /^$/
    const last = `b${hidden.length + 1}`
    const names = Object.keys(here.state).filter((name) => name === last || !idle.test(name))
    const worst = (state: (name: string) => ArrayLike<number>): number =>
      Math.max(...names.map((name) => distance(state(name), truth(name))))
    const figures = [
      distance(here.losses, truth('losses')),
      distance(torch['float32.losses']!.data, truth('losses')),
      worst((name) => here.state[name]!.data),
      worst((name) => torch[`float32.${name}`]!.data),
    ]
    const extras = [of.activation, ...(of.batchNorm ? ['bn'] : []), ...(of.dropout > 0 ? ['dropout'] : [])]
    const label = `${of.optimizer}, ${extras.join(', ')}`
    console.log(
      `${label.padEnd(30)}${here.losses.at(-1)!.toFixed(5).padStart(9)}`,
      figures.map((figure) => figure.toExponential(1).padStart(13)).join(''),
      names.length === 0 ? '' : ` (${kernels.variant})`,
    )
    kernels.close()
  }
} finally {
  rmSync(folder, { recursive: true })
}
