/**
 * All figures of this machine in a few minutes: kernels, whole training steps, the orchestra's overhead, store queries.
 *
 *     npm run bench -- [--json] [--seconds 3]
 */
import { execFileSync } from 'node:child_process'
import { arch, cpus, platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { renderTable } from '../src/report/table.ts'
import { measureOverhead, type OverheadFigures } from './orchestra/overhead.ts'
import { measureQueries } from './orchestra/queries.ts'
import { isSteady } from './peak.ts'
import { measureTraining, parseWork, type TrainResult } from './train-work.ts'

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '3' } },
})

/** Each line is a command of `npm run bench:train`. */
const WORKS = ['sgd', 'momentum', 'nesterov', 'adam'].flatMap((optimizer) => [
  `--batch 200 --optimizer ${optimizer} --workers 1`,
  `--batch 200 --optimizer ${optimizer} --workers 2`,
  `--batch 200 --optimizer ${optimizer} --workers 2 --batch-norm --dropout 0.3`,
  `--batch 2000 --optimizer ${optimizer} --workers 2`,
])
WORKS.push('--batch 200 --optimizer momentum --workers 2 --arithmetic muladd')

interface KernelFigures {
  readonly variant: string
  readonly peakGflops: number
  readonly lines: readonly { readonly work: string; readonly gflops: number; readonly shareOfPeak: number }[]
}

interface TrainFigures extends TrainResult {
  readonly work: string
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

function kernelFigures(batch: number): KernelFigures {
  say(`kernels, batch ${batch}`)
  const script = fileURLToPath(new URL('./kernels.ts', import.meta.url))
  const json = execFileSync(process.execPath, [script, '--batch', String(batch), '--json'], {
    encoding: 'utf8',
  })
  return JSON.parse(json) as KernelFigures
}

const kernels = [200, 2000].map(kernelFigures)
const training: TrainFigures[] = []
for (const work of WORKS) {
  say(`training ${work}`)
  const parsed = parseWork([...work.split(' '), '--seconds', options.seconds])
  training.push({ work, ...(await measureTraining(parsed.work)) })
}
say('orchestra: 10,000 trials that do nothing')
const overhead: OverheadFigures[] = []
for (const workers of [1, 2]) overhead.push(await measureOverhead(10_000, workers))
say('store: 100,000 trials')
const queries = measureQueries(100_000, 5)

const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  system: `${platform()} ${arch()}`,
  node: process.versions.node,
  date: new Date().toISOString().slice(0, 10),
}
if (options.json) {
  console.log(JSON.stringify({ schemaVersion: 1, machine, kernels, training, overhead, queries }, null, 2))
} else {
  console.log(Object.values(machine).join(' · '))
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`
  show(
    ['KERNEL', 'GFLOP/S', 'OF PEAK'],
    kernels.flatMap(({ lines }) =>
      lines.map((line) => [line.work, line.gflops.toFixed(1), percent(line.shareOfPeak)]),
    ),
  )
  show(
    ['TRAINING', 'NET-STEPS/S', 'SLOWEST', 'FASTEST', 'GFLOP/S', 'OF PEAK', 'KERNELS'],
    training.map(({ work, netStepsPerSecond, spread, gflops, shareOfPeak, peaks, variant }) => [
      work.replaceAll('--', ''),
      netStepsPerSecond.toFixed(1),
      ...spread.map((rate) => rate.toFixed(1)),
      gflops.toFixed(1),
      isSteady(...peaks) ? percent(shareOfPeak) : 'unsteady',
      variant,
    ]),
  )
  show(
    ['TRIALS OF NOTHING', 'WORKERS', 'TRIALS/S', 'LAST OVER 100TH'],
    overhead.map(({ trials, workers, trialsPerSecond, growth }) => [
      String(trials),
      String(workers),
      trialsPerSecond.toFixed(0),
      growth.toFixed(2),
    ]),
  )
  show(
    ['COMMAND, 100,000 TRIALS STORED', 'MS', 'FASTEST', 'SLOWEST'],
    queries.map(({ command, milliseconds, spread }) => [
      command,
      ...[milliseconds, ...spread].map((figure) => figure.toFixed(0)),
    ]),
  )
}

function show(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const columns = titles.map((title, index) => ({
    title,
    align: index === 0 ? ('left' as const) : ('right' as const),
    maxWidth: 80,
    cell: (row: readonly string[]) => row[index] ?? '',
  }))
  console.log(`\n${renderTable(columns, rows, { width: null, colour: false }).text.trimEnd()}`)
}
