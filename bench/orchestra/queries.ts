import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openWriter } from '../../src/store/sqlite-store.ts'

/** How long a command takes from the shell's prompt, in milliseconds: the median of several runs. */
export interface QueryFigure {
  readonly command: string
  readonly milliseconds: number
}

const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.js', import.meta.url))

/** Times reading commands of the built program over a store of `trials` trials of five measurements. */
export function measureQueries(trials: number, runs: number): QueryFigure[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-bench-'))
  const db = path.join(folder, 'studies.db')
  try {
    fillStore(db, trials)
    const commands = [
      '--help',
      'best',
      'best --json',
      'trials --limit 20',
      'status',
      'export --format csv',
      'digest',
    ]
    return commands.map((command) => {
      const words = command.split(' ')
      const args = command === '--help' ? [MAIN, ...words] : [MAIN, ...words, '--db', db]
      const times: number[] = []
      for (let run = 0; run <= runs; run++) {
        const began = performance.now()
        execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 30 })
        // The first run fills the caches that every later one finds.
        if (run > 0) times.push(performance.now() - began)
      }
      return { command, milliseconds: times.toSorted((a, b) => a - b)[runs >> 1]! }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function fillStore(db: string, trials: number): void {
  const store = openWriter(db)
  const study = store.createStudy({
    name: 'large',
    seed: 1,
    direction: 'minimize',
    metric: 'loss',
    tieMetric: null,
    lag: 8,
    experiment: {},
    fingerprints: { data: null, objective: '', space: '' },
    codeVersion: 'bench',
  })
  const x = { kind: 'float', low: 0, high: 1, log: false, step: null, hard: false } as const
  store.addStage(study.id, {
    index: 0,
    name: 'only',
    trials,
    epochs: 5,
    sampler: 'random',
    firstTrial: 0,
    space: { parameters: { x, y: x }, conditions: {}, constraints: [] },
    narrowing: null,
    rungs: null,
  })
  for (let number = 0; number < trials; number++) {
    // Any spread of values will do; this one is the golden ratio's.
    const value = (number * 0.6180339887498949) % 1
    const params = { x: value, y: 1 - value }
    store.startTrial(
      study.id,
      { number, stage: 0, params, seed: number, budget: { epochs: 5 }, continues: null },
      'here',
    )
    const measurements = Array.from({ length: 5 }, (_, i) => ({
      step: i + 1,
      value: value / (i + 1),
      metrics: { accuracy: 1 - value },
      seconds: i,
    }))
    const outcome = {
      measurements,
      error: null,
      artifact: null,
      arithmetic: null,
      slot: null,
      host: null,
      startedAt: 0,
      durationMs: 1,
    }
    store.finishTrial(study.id, number, { ...outcome, state: 'complete' }, false)
    if (number % 1000 === 999) store.flush()
  }
  store.finishStudy(study.id, 'complete', null)
  store.close()
}
