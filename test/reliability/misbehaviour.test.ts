import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openReader } from '../../src/store/sqlite-store.ts'
import { finesweep, scaled, studyFile } from './finesweep.ts'
import { behaviourOf } from './studies/naughty.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-naughty-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TRIALS = scaled(24, 200)
const WORKERS = 2

test(
  'trials that loop, exit, fill the heap or throw fail with their reason, and the others are not disturbed',
  async () => {
    const db = path.join(folder, 'naughty.db')
    const began = performance.now()
    const run = await finesweep([
      'run',
      studyFile('naughty.yaml'),
      '--db',
      db,
      '--workers',
      String(WORKERS),
      '--set',
      `stages[0].trials=${TRIALS}`,
    ])
    const seconds = (performance.now() - began) / 1000
    expect(run.code, run.stderr).toBe(0)
    const reader = openReader(db)
    const trials = reader.trials(reader.latestStudy()!.id)
    reader.close()
    expect(trials).toHaveLength(TRIALS)
    const codes = { loop: 'timeout', exit: 'exited', heap: 'out-of-memory', throw: 'threw' }
    for (const { number, params, state, error, value } of trials) {
      const behaviour = behaviourOf(params.behaviour as number)
      if (behaviour === 'well') expect({ state, value }).toEqual({ state: 'complete', value: number })
      else
        expect({ state, code: error?.code }, error?.message).toEqual({
          state: 'failed',
          code: codes[behaviour],
        })
    }
    const work = trials.reduce((sum, { params }) => {
      const behaviour = behaviourOf(params.behaviour as number)
      return sum + (behaviour === 'well' ? 0.1 : behaviour === 'loop' ? 3 : 0)
    }, 0)
    console.log(
      `${seconds.toFixed(1)} s; healthy work and timeouts over ${WORKERS} workers: ${(work / WORKERS).toFixed(1)} s`,
    )
  },
  scaled(120_000, 600_000),
)
