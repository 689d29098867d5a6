/** One thread of bench/train.ts: trains one network in rounds, and measures the processor's peak between them. */
import { parentPort, workerData } from 'node:worker_threads'
import { fastGenerator } from '../src/random/fast-generator.ts'
import { seedWords } from '../src/random/stream.ts'
import type { Examples } from '../src/train/inputs.ts'
import { openKernels } from '../src/train/kernels/open-kernels.ts'
import { load, peakRunner, VARIANTS } from '../src/train/kernels/wasm/variants.ts'
import { createNetwork, trainStep } from '../src/train/network.ts'
import { initialState, writeNetwork } from '../src/train/network-state.ts'
import { DEFAULT_OPTIMIZER, updateRule } from '../src/train/optimizers.ts'
import type { Round, TrainWork } from './train-work.ts'

const { work, values, rows, index } = workerData as {
  work: TrainWork
  values: SharedArrayBuffer
  rows: number
  index: number
}
const port = parentPort
if (port === null) throw new Error('train-worker.ts runs as a worker of bench/train.ts')

const columns = 3072
const examples: Examples = {
  inputs: {
    values: new Uint8Array(values),
    columns,
    shift: new Float32Array(columns).fill(127.3),
    scale: new Float32Array(columns).fill(1),
  },
  labels: Uint8Array.from({ length: rows }, (_, i) => i % 10),
  rows: new Uint32Array(0),
}
const generator = fastGenerator(['bench', index])
const order = Uint32Array.from({ length: rows }, () => generator.below(rows))
const kernels = openKernels({ backend: work.backend, arithmetic: work.arithmetic })
const optimizer = { ...DEFAULT_OPTIMIZER, kind: work.optimizer }
const architecture = {
  inputs: columns,
  hidden: work.hidden,
  classes: 10,
  activation: work.activation,
  maxoutPieces: 2,
  batchNorm: work.batchNorm,
}
const network = createNetwork(kernels, architecture, work.batch, {
  optimizer: work.optimizer,
  reg: 1e-3,
  dropout: work.dropout,
  dropoutSeed: (layer) => seedWords(['bench', index, layer]),
})
writeNetwork(network, initialState(architecture, null, ['bench', index]))

const widest = VARIANTS.find(
  (variant) => variant.arithmetic === kernels.arithmetic && 'module' in load(variant),
)
const runPeak = widest === undefined ? () => 0 : peakRunner(widest)
let steps = 0
let start = 0

function takeStep(): void {
  if (start + work.batch > rows) start = 0
  steps += 1
  trainStep(network, examples, order, start, work.batch, steps, updateRule(optimizer, 1e-5, steps))
  start += work.batch
}

function runRound(milliseconds: number): Round {
  let peakGflops = 0
  for (let i = 0; i < 200; i++) peakGflops = Math.max(peakGflops, runPeak())
  const before = steps
  const began = performance.now()
  while (performance.now() - began < milliseconds) takeStep()
  return { stepsPerSecond: ((steps - before) * 1000) / (performance.now() - began), peakGflops }
}

runRound(work.backend === 'plain' ? 1 : 400)
port.postMessage({
  ready: { backend: kernels.backend, variant: kernels.variant, arithmetic: kernels.arithmetic },
})
port.once('message', () => {
  const rounds: Round[] = []
  const end = performance.now() + work.seconds * 1000
  while (performance.now() < end) rounds.push(runRound(250))
  port.postMessage({ rounds })
})
