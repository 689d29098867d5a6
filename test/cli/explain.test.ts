import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCaptured } from './capture.ts'
import { commandsOn } from './commands-on.ts'
import { makeExampleStore, NARROWING, STAGES } from './example-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-cli-'))
const db = join(folder, 'studies.db')

beforeAll(() => makeExampleStore(db))
afterAll(() => rmSync(folder, { recursive: true }))

const { run, runJson } = commandsOn(db)

describe('explain', () => {
  it('tells each stage and each decision in sentences with numbers', async () => {
    const { stdout } = await run('explain')
    expect(stdout).toBe(
      [
        'quickstart: maximize validAccuracy, seed 42',
        '',
        'Stage 1, coarse: 6 trials of 1 epoch, drawn at random, over the whole range.',
        '  lr       [1e-6, 10]  log, soft bounds',
        '  reg      [1e-5, 1e5]  log, soft bounds',
        '  dropout  [0, 0.95]',
        'Best: trial 2 with validAccuracy 0.4312.',
        '',
        'coarse done: 6 trials, 4 epochs, 7.8 s, 1 diverged, 1 failed. Narrowing to the best 40 % (2 trials):',
        '  lr       [1e-6, 10]  -> [1.9e-4, 8.8e-3]  narrowed to 1.7 of 7 decades; all 2 diverged trials lie above 0.31',
        '  reg      [1e-5, 1e5] -> [2.2e-7, 0.31]    best 1.4e-5 lies at the lower edge: moved 1.7 decades below it',
        '  dropout  [0, 0.95]   kept                 the best trials are distributed like all trials (p = 0.42)',
        '  The best trials, in order: 2, 4. Margin: 10 % of their width on each side. 25 % of the trials of fine still sample the',
        '  whole range.',
        '',
        'Stage 2, fine: 3 trials of 3 epochs, proposed by TPE from the results so far.',
        'Best: trial 6 with validAccuracy 0.5310.',
        '',
      ].join('\n'),
    )
  })

  it('keeps to the window', async () => {
    for (const columns of [80, 60]) {
      const { stdout } = await runCaptured(['explain', '--db', db], {
        window: { columns, rows: 24 },
        env: { NO_COLOR: '1' },
      })
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns)
    }
  })

  it('has one JSON document with every number behind a decision', async () => {
    const document = (await runJson('explain')) as { stages: { narrowing: unknown; space: unknown }[] }
    expect(document).toMatchObject({ schemaVersion: 1, study: 'quickstart', seed: 42 })
    expect(document.stages[0]!.narrowing).toBeNull()
    const { parameters, ...rest } = NARROWING
    expect(document.stages[1]!.narrowing).toMatchObject(rest)
    const shown = (document.stages[1]!.narrowing as { parameters: unknown[] }).parameters
    for (const [i, { reason, ...decision }] of parameters.entries()) {
      expect(shown[i]).toMatchObject({ ...decision, because: reason, reason: expect.stringMatching(/^\w/) })
    }
    expect(document.stages.map(({ space }) => space)).toEqual(STAGES.map(({ space }) => space))
  })
})

describe('importance', () => {
  it('says how many trials it needs where there are too few', async () => {
    const { stdout } = await run('importance')
    expect(stdout).toBe('quickstart: importance needs 12 trials with a value.\n')
    expect(await runJson('importance')).toMatchObject({ study: 'quickstart', parameters: null })
  })
})
