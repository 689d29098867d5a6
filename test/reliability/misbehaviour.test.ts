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

test(
  'trials that loop, exit, fill the heap or throw fail with their reason, and the others are not disturbed',
  async () => {
    const db = path.join(folder, 'naughty.db')
    const run = await finesweep([
      'run',
      studyFile('naughty.yaml'),
      '--db',
      db,
      '--workers',
      '2',
      '--set',
      `stages[0].trials=${TRIALS}`,
    ])
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
  },
  scaled(120_000, 600_000),
)
