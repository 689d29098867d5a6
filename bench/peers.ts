/**
 * Whole training steps here and in PyTorch and NumPy, in turn in one run, two networks at once each, and their ratios.
 *
 *     npm run bench:peers -- [--seconds 3] [--rounds 3] [--workers 2] [--json]
 *     npm run bench:peers -- --study --data FOLDER [--seconds 150] [--seeds 3] [--workers 2] [--json]
 *     npm run bench:peers -- --draw FILE [--to docs/pictures]
 *
 * The second searches for a network of CIFAR-10 (its binary layout in FOLDER) here and with Optuna driving PyTorch. The
 * third draws what it printed as JSON.
 *
 * The Python is $FINESWEEP_PYTHON or python3; what it lacks is said and left out.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { isSteady, withSpread } from './peak.ts'
import { measureTraining, median, parseWork } from './train-work.ts'

const run = promisify(execFile)
const python = process.env.FINESWEEP_PYTHON ?? 'python3'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    workers: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    study: { type: 'boolean', default: false },
    data: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    draw: { type: 'string' },
    to: { type: 'string', default: 'docs/pictures' },
  },
})
if (options.draw !== undefined) {
  const { drawStudies } = await import('./peers/study-picture.ts')
  drawStudies(JSON.parse(readFileSync(options.draw, 'utf8')), options.to)
  process.exit()
}
if (options.study) {
  if (options.data === undefined)
    throw new Error('--study needs --data FOLDER, with CIFAR-10 in its binary layout.')
  const { compareStudies } = await import('./peers/study.ts')
  await compareStudies({
    python,
    data: resolve(options.data),
    seconds: Number(options.seconds ?? 150),
    seeds: Number(options.seeds),
    workers: Number(options.workers),
    json: options.json,
  })
  process.exit()
}
const seconds = Number(options.seconds ?? 3)
const rounds = Number(options.rounds)
const workers = Number(options.workers)

interface Comparison {
  readonly name: string
  /** Arguments of bench:train. */
  readonly ours: readonly string[]
  readonly peers: readonly {
    readonly module: 'torch' | 'numpy'
    readonly script: string
    readonly args: readonly string[]
  }[]
}

const torch = (...args: string[]) => ({ module: 'torch', script: 'torch_network.py', args }) as const
const numpy = (...args: string[]) => ({ module: 'numpy', script: 'numpy_tutorial.py', args }) as const

const COMPARISONS: readonly Comparison[] = [
  {
    name: 'batch 200, momentum',
    ours: ['--optimizer', 'momentum'],
    peers: [torch('--optimizer', 'momentum'), numpy()],
  },
  {
    name: 'batch 200, momentum, mul+add',
    ours: ['--optimizer', 'momentum', '--arithmetic', 'muladd'],
    peers: [torch('--optimizer', 'momentum')],
  },
  {
    name: 'batch 200, Adam, batch norm, dropout 0.3',
    ours: ['--optimizer', 'adam', '--batch-norm', '--dropout', '0.3'],
    peers: [torch('--optimizer', 'adam', '--batch-norm', '--dropout', '0.3')],
  },
  {
    name: 'batch 2000, momentum',
    ours: ['--optimizer', 'momentum', '--batch', '2000'],
    peers: [torch('--optimizer', 'momentum', '--batch', '2000'), numpy('--batch', '2000')],
  },
]

async function has(module: string): Promise<boolean> {
  return await run(python, ['-c', `import ${module}`]).then(
    () => true,
    () => false,
  )
}

/** Steps a second of `workers` processes with one thread each, together. */
async function measurePeer(
  script: string,
  args: readonly string[],
): Promise<{ rate: number; version: string }> {
  const file = fileURLToPath(new URL(`./peers/${script}`, import.meta.url))
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
  const results = await Promise.all(
    Array.from({ length: workers }, async () => {
      const { stdout } = await run(python, [file, ...args, '--seconds', String(seconds)], { env })
      return JSON.parse(stdout) as { stepsPerSecond: number; version: string }
    }),
  )
  return { rate: results.reduce((sum, each) => sum + each.stepsPerSecond, 0), version: results[0]!.version }
}

const available = new Set<string>()
for (const module of ['torch', 'numpy']) {
  if (await has(module)) available.add(module)
  else console.error(`${python} has no ${module}: left out. Point FINESWEEP_PYTHON at a Python that has it.`)
}

const report = []
for (const { name, ours, peers } of COMPARISONS) {
  const { work } = parseWork([...ours, '--workers', String(workers), '--seconds', String(seconds)])
  const present = peers.filter(({ module }) => available.has(module))
  const own: number[] = []
  const shares: number[] = []
  const peaks: number[] = []
  const theirs = present.map(() => [] as number[])
  const versions = present.map(({ module }) => module as string)
  for (let round = 0; round < rounds; round++) {
    const result = await measureTraining(work)
    own.push(result.netStepsPerSecond)
    shares.push(result.shareOfPeak)
    peaks.push(result.peakGflops)
    for (const [i, { script, args }] of present.entries()) {
      const { rate, version } = await measurePeer(script, args)
      theirs[i]!.push(rate)
      versions[i] = version
    }
  }
  if (!isSteady(peaks[0]!, peaks.at(-1)!)) {
    process.exitCode = 1
    continue
  }
  const rate = median(own)
  const against = versions.map((version, i) => {
    const peerRate = median(theirs[i]!)
    return {
      version,
      netStepsPerSecond: peerRate,
      ratio: median(own.map((each, r) => each / theirs[i]![r]!)),
    }
  })
  report.push({ name, netStepsPerSecond: rate, shareOfPeak: median(shares), peers: against })
  if (!options.json) {
    console.log(
      `${name}: ${withSpread(own, 1)} net-steps/s, ${(100 * median(shares)).toFixed(0)} % of the peak`,
    )
    for (const { version, netStepsPerSecond, ratio } of against) {
      console.log(`    ${ratio.toFixed(2)} times ${version} (${netStepsPerSecond.toFixed(1)})`)
    }
  }
}
if (options.json) console.log(JSON.stringify({ workers, seconds, rounds, comparisons: report }))
