/**
 * What an engine costs: trials on workers against bare queue jobs and against threads, many sleeping slots, and the
 * memory that Redis takes. Compared figures are measured in turn.
 *
 *     npm run bench:engine -- [--only overhead,threads,sleeping,memory] [--rounds 5] [--json]
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import { defineStudy } from '../src/study-file/define-study.ts'
import { startRedis } from '../test/engine/redis.ts'
import { bareRate } from './engine/bare.ts'
import { end, ROOT, startWorker } from './engine/processes.ts'
import { median, studyRate } from './engine/study-rate.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'overhead,threads,sleeping,memory' },
    rounds: { type: 'string', default: '5' },
    data: { type: 'string', default: path.join(ROOT, '../shared/data/cifar-10-small') },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(options.rounds)
const BENCH = import.meta.dirname

const server = await startRedis()
const figures: Record<string, unknown> = {}
const measures = { overhead, threads, sleeping, memory }
for (const name of options.only.split(',')) {
  const measure = measures[name as keyof typeof measures]
  if (measure === undefined)
    throw new Error(`--only: ${name} is not one of ${Object.keys(measures).join(', ')}`)
  const figure = await measure()
  figures[name] = figure
  if (!options.json) console.log(`${name}: ${JSON.stringify(figure)}`)
}
if (options.json) console.log(JSON.stringify({ schemaVersion: 1, ...figures }, null, 2))
await server.stop()

/** Trials that do nothing but measure five times, eight slots in two processes, against bare jobs with five reports. */
async function overhead() {
  const trials = 2_000
  const bare: number[] = []
  const finesweep: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareRate(server.url, trials, 2, 4))
    finesweep.push(await onWorkers([4, 4], () => trivialRate(trials)))
  }
  return compare({ bareJobsPerSecond: bare, trialsPerSecond: finesweep })
}

function trivialRate(trials: number): Promise<number> {
  const experiment = defineStudy(
    {
      name: 'nothing',
      objective: './orchestra/trivial.ts',
      direction: 'minimize',
      stages: [{ name: 'only', trials, epochs: 5, sampler: 'random' }],
    },
    BENCH,
  )
  const url = server.url
  return studyRate(experiment, { workers: 0, url, root: ROOT, kind: 'trial-finished', skip: trials / 10 })
}

/** Trials of one network on CIFAR-10: two workers of one core each against two threads of one process. */
async function threads() {
  const { data } = options
  if (!existsSync(data)) return `skipped: no ${data}`
  const experiment = defineStudy(
    {
      name: 'cifar10',
      objective: 'mlp-classifier',
      data: { source: 'cifar10', path: data },
      model: { hidden: [200, 100], activation: 'relu' },
      training: { batchSize: 200, optimizer: { kind: 'nesterov', momentum: 0.9 } },
      space: { learningRate: { float: [1e-3, 2e-3], log: true }, reg: 1e-4, dropout: 0 },
      stages: [{ name: 'only', trials: 12, epochs: 4, sampler: 'random' }],
    },
    BENCH,
  )
  const root = path.dirname(path.resolve(data))
  const measured = { root, kind: 'measured', skip: 4 } as const
  const local: number[] = []
  const remote: number[] = []
  for (let round = 0; round < rounds; round++) {
    local.push(await studyRate(experiment, { ...measured, workers: 2, url: null }))
    const workers = await Promise.all(
      [0, 1].map((core) => startWorker(server.url, `core-${core}`, 1, { core, root })),
    )
    remote.push(await studyRate(experiment, { ...measured, workers: 0, url: server.url }))
    await Promise.all(workers.map((worker) => end(worker)))
  }
  return compare({ epochsPerSecondOnThreads: local, epochsPerSecondOnWorkers: remote })
}

/** 64 slots in four processes, each trial a second of sleep, with a lag of 64; with a sampler that learns and without. */
async function sleeping() {
  const shareOfSlots: Record<string, number> = {}
  for (const sampler of ['random', 'tpe'] as const) {
    const experiment = defineStudy(
      {
        name: 'sleeping',
        objective: './engine/sleeping.ts',
        direction: 'minimize',
        lag: 64,
        stages: [{ name: 'only', trials: 1_280, epochs: 1, sampler }],
      },
      BENCH,
    )
    const run = { workers: 0, url: server.url, root: ROOT, kind: 'trial-finished', skip: 256 } as const
    shareOfSlots[sampler] = (await onWorkers([16, 16, 16, 16], () => studyRate(experiment, run))) / 64
  }
  return { shareOfSlots }
}

/** What Redis takes while 10,000 trials run, and once the study has ended. */
async function memory() {
  const redis = new Redis(server.url)
  const used = async (): Promise<number> => {
    const info = await redis.info('memory')
    return Number(/used_memory:(\d+)/.exec(info)![1]) / 2 ** 20
  }
  const before = await used()
  let most = 0
  const timer = setInterval(() => void used().then((mb) => (most = Math.max(most, mb))), 200)
  const trialsPerSecond = await onWorkers([4, 4], () => trivialRate(10_000))
  clearInterval(timer)
  const after = await used()
  const keys = await redis.dbsize()
  redis.disconnect()
  return { trialsPerSecond, beforeMb: before, mostMb: most, afterMb: after, keysAfter: keys }
}

async function onWorkers<T>(slots: readonly number[], work: () => Promise<T>): Promise<T> {
  const workers = await Promise.all(slots.map((count, i) => startWorker(server.url, `worker-${i}`, count)))
  try {
    return await work()
  } finally {
    await Promise.all(workers.map((worker) => end(worker)))
  }
}

/** Both medians, and the median of the second over the first, round by round. */
function compare(rates: Record<string, readonly number[]>) {
  const [first, second] = Object.values(rates) as [readonly number[], readonly number[]]
  const medians = Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, median(values)]))
  return { ...medians, ratio: median(second.map((rate, i) => rate / first[i]!)) }
}
