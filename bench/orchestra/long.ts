/**
 * A long study of an objective that does nothing, in this thread: how fast its trials go early and late, and the memory
 * it takes.
 *
 *     node bench/orchestra/long.ts TRIALS SAMPLER
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Executor } from '../../src/execute/executor.ts'
import { planStages } from '../../src/search/plan.ts'
import { float, int, searchSpace } from '../../src/space/constructors.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { runStudy } from '../../src/study/study-run.ts'

const [count = '100000', sampler = 'random'] = process.argv.slice(2)
const trials = Number(count)
const space = searchSpace({
  learningRate: float(1e-5, 1e-1, { log: true }),
  reg: float(1e-7, 1e-1, { log: true }),
  dropout: float(0, 0.9),
  momentum: float(0, 1),
  units: int(16, 512, { log: true }),
  layers: int(1, 4),
})

/** Eight trials at a time, each over in a turn of the event loop. */
const executor: Executor = {
  slots: 8,
  async run({ spec }) {
    await new Promise(setImmediate)
    const value = spec.params.dropout as number
    return {
      state: 'complete',
      measurements: [{ step: 1, value, metrics: { accuracy: 1 - value }, seconds: 0 }],
      error: null,
      artifact: null,
      arithmetic: null,
      slot: null,
      host: null,
      startedAt: 0,
      durationMs: 1,
    }
  },
  stop() {},
  async close() {},
}

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-long-'))
const store = openWriter(path.join(folder, 'studies.db'))
const study = store.createStudy({
  name: 'long',
  seed: 1,
  direction: 'minimize',
  metric: 'loss',
  tieMetric: null,
  lag: 8,
  experiment: {},
  fingerprints: { data: null, objective: '', space: '' },
  codeVersion: 'bench',
})
const tenth = trials / 10
/** CPU microseconds of this process when each tenth of the trials was finished; that of other processes is none of them. */
const cpu: number[] = []
let finished = 0
const stages = planStages({
  stages: [{ name: 'only', trials, epochs: 1, sampler: sampler as 'random' }],
}).stages
await runStudy({
  study,
  space,
  stages,
  limits: { trialTimeoutMs: null, retries: 0, maxFailures: null, maxEpochs: null },
  store,
  executor,
  listener: ({ kind }) => {
    if (kind !== 'trial-finished' || ++finished % tenth !== 0) return
    const { user, system } = process.cpuUsage()
    cpu.push(user + system)
  },
  say: () => {},
  host: 'here',
  signal: new AbortController().signal,
})
store.close()
rmSync(folder, { recursive: true })
const perSecond = cpu.slice(1).map((end, i) => (tenth * 1e6) / (end - cpu[i]!))
process.stdout.write(
  `${trials} trials, ${sampler}: ${perSecond.map(Math.round).join(' ')} trials per second of CPU in the tenths from the ` +
    `second on, ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`,
)
