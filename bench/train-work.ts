import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Activation, Arithmetic, UpdateRule } from '../src/train/kernels/kernels.ts'

/** What bench/train.ts trains: 3072 bytes an image, 10 classes, weights from He, L2. */
export interface TrainWork {
  readonly batch: number
  readonly optimizer: UpdateRule['kind']
  readonly workers: number
  readonly seconds: number
  readonly batchNorm: boolean
  readonly dropout: number
  readonly hidden: readonly number[]
  readonly activation: Activation
  readonly backend: 'auto' | 'wasm' | 'plain'
  readonly arithmetic: 'auto' | Arithmetic
}

/** What a thread measures in one round. */
export interface Round {
  readonly stepsPerSecond: number
  /** GFLOP/s of multiply-adds alone, just before. 0 where no variant runs. */
  readonly peakGflops: number
}

export interface TrainResult {
  /** Steps of all networks together, the median of the rounds. */
  readonly netStepsPerSecond: number
  /** The same of the slowest and of the fastest rounds. */
  readonly spread: readonly [number, number]
  readonly gflops: number
  /** Of the multiply-adds the same threads can do with nothing else to do, measured in the same run. */
  readonly shareOfPeak: number
  readonly peakGflops: number
  /** That peak before the first rounds and before the last. */
  readonly peaks: readonly [number, number]
  readonly backend: string
  readonly variant: string
  readonly arithmetic: Arithmetic
}

/** Options of the command line; unknown ones are refused. */
export function parseWork(args: readonly string[]): { work: TrainWork; json: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      batch: { type: 'string', default: '200' },
      optimizer: { type: 'string', default: 'momentum' },
      workers: { type: 'string', default: String(cpus().length) },
      seconds: { type: 'string', default: '5' },
      'batch-norm': { type: 'boolean', default: false },
      dropout: { type: 'string', default: '0' },
      hidden: { type: 'string', default: '200,100' },
      activation: { type: 'string', default: 'relu' },
      backend: { type: 'string', default: 'auto' },
      arithmetic: { type: 'string', default: 'auto' },
      json: { type: 'boolean', default: false },
    },
  })
  const oneOf = <T extends string>(name: string, value: string, allowed: readonly T[]): T => {
    const found = allowed.find((each) => each === value)
    if (found === undefined) throw new Error(`--${name}: one of ${allowed.join(', ')}, got ${value}`)
    return found
  }
  const work: TrainWork = {
    batch: Number(values.batch),
    optimizer: oneOf('optimizer', values.optimizer, ['sgd', 'momentum', 'nesterov', 'adam']),
    workers: Number(values.workers),
    seconds: Number(values.seconds),
    batchNorm: values['batch-norm'],
    dropout: Number(values.dropout),
    hidden: values.hidden.split(',').map(Number),
    activation: oneOf('activation', values.activation, ['relu', 'tanh', 'sigmoid', 'maxout']),
    backend: oneOf('backend', values.backend, ['auto', 'wasm', 'plain']),
    arithmetic: oneOf('arithmetic', values.arithmetic, ['auto', 'fma', 'muladd']),
  }
  return { work, json: values.json }
}

/**
 * Floating-point operations a step cannot do without: forward and the weights' gradient with the bias counted as an
 * input, the gradient handed down by every layer but the first.
 */
export function flopsOfStep({ batch, hidden, activation }: TrainWork): number {
  const pieces = activation === 'maxout' ? 2 : 1
  let inputs = 3072
  let products = 0
  for (const [layer, units] of [...hidden.map((each) => each * pieces), 10].entries()) {
    products += 2 * (inputs + 1) * units + (layer > 0 ? inputs * units : 0)
    inputs = layer < hidden.length ? units / pieces : units
  }
  return 2 * batch * products
}

const IMAGES = 10_000

/** Trains one network in each of `workers` threads over the same bytes. */
export async function measureTraining(work: TrainWork): Promise<TrainResult> {
  const values = new SharedArrayBuffer(IMAGES * 3072)
  const bytes = new Uint8Array(values)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i + 1, 0x9e3779b9) >>> 24
  type Ready = { readonly backend: string; readonly variant: string; readonly arithmetic: Arithmetic }
  const workers = await Promise.all(
    Array.from({ length: work.workers }, async (_, index) => {
      const worker = new Worker(new URL('./train-worker.ts', import.meta.url), {
        workerData: { work, values, rows: IMAGES, index },
      })
      const { ready } = await message<{ ready: Ready }>(worker)
      return { worker, ready }
    }),
  )
  const rounds = await Promise.all(
    workers.map(async ({ worker }) => {
      const answer = message<{ rounds: readonly Round[] }>(worker)
      worker.postMessage('go')
      const { rounds } = await answer
      await worker.terminate()
      return rounds
    }),
  )
  const overRounds = (of: (rates: number[]) => number): number =>
    sum(rounds.map((each) => of(each.map((round) => round.stepsPerSecond))))
  const netStepsPerSecond = overRounds(median)
  const peakGflops = sum(rounds.map((each) => Math.max(...each.map((round) => round.peakGflops))))
  const peakAt = (index: number): number => sum(rounds.map((each) => each.at(index)!.peakGflops))
  const gflops = (netStepsPerSecond * flopsOfStep(work)) / 1e9
  const { backend, variant, arithmetic } = workers[0]!.ready
  return {
    netStepsPerSecond,
    spread: [overRounds((rates) => Math.min(...rates)), overRounds((rates) => Math.max(...rates))],
    gflops,
    shareOfPeak: gflops / peakGflops,
    peakGflops,
    peaks: [peakAt(0), peakAt(-1)],
    backend,
    variant,
    arithmetic,
  }
}

function message<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
