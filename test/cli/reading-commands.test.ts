import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openReader } from '../../src/store/sqlite-store.ts'
import { runCaptured } from './capture.ts'
import { commandsOn } from './commands-on.ts'
import { EXAMPLE_TRIALS, makeExampleStore, STAGES } from './example-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-cli-'))
const db = join(folder, 'studies.db')

beforeAll(() => makeExampleStore(db))
afterAll(() => rmSync(folder, { recursive: true }))

const { run, runJson } = commandsOn(db)

const head = {
  schemaVersion: z.literal(1),
  study: z.literal('quickstart'),
  direction: z.literal('maximize'),
  metric: z.literal('validAccuracy'),
}
const summary = {
  number: z.int(),
  stage: z.enum(['coarse', 'fine']),
  state: z.enum(['complete', 'diverged', 'failed']),
  value: z.number().nullable(),
  epochs: z.int(),
  params: z.strictObject({ learningRate: z.number(), reg: z.number(), dropout: z.number() }),
  metrics: z.record(z.string(), z.number()),
  seed: z.int(),
  durationMs: z.number(),
}
const details = {
  ...summary,
  budget: z.strictObject({ epochs: z.int() }),
  continues: z.null(),
  attempts: z.int(),
  startedAt: z.iso.datetime(),
  host: z.string(),
  origin: z.string().nullable(),
  arithmetic: z.string(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
}

describe('best', () => {
  it('ranks the trials with their parameters', async () => {
    const { stdout, stderr } = await run('best', '-n', '3')
    expect(stdout).toBe(
      [
        'RANK  TRIAL  STAGE   VALID ACC  TRAIN ACC  EPOCHS      LR     REG  DROPOUT   TIME',
        '   1      6  fine       0.5310     0.5810       3  1.2e-3  4.0e-3     0.08  4.8 s',
        '   2      7  fine       0.5288     0.5788       3  9.7e-4  1.8e-3     0.11  4.8 s',
        '   3      2  coarse     0.4312     0.4812       1  1.2e-3  1.4e-5     0.10  1.8 s',
        '',
      ].join('\n'),
    )
    expect(stderr).toBe('quickstart: the best 3 trials, highest validAccuracy first\n')
  })

  it('has one JSON document with exactly its fields', async () => {
    const document = await runJson('best')
    const parsed = z
      .strictObject({
        ...head,
        winner: z.null(),
        replicates: z.null(),
        trials: z.array(z.strictObject(summary)),
      })
      .parse(document)
    expect(parsed.trials.map(({ number }) => number)).toEqual([6, 7, 2, 4, 5, 0, 8])
    expect(parsed.trials[0]).toMatchObject({
      stage: 'fine',
      state: 'complete',
      value: 0.531,
      epochs: 3,
      params: { learningRate: 0.0012, reg: 0.004, dropout: 0.08 },
      seed: 1006,
      durationMs: 4800,
    })
  })

  it('colours the best one on a terminal, unless NO_COLOR is set', async () => {
    const window = { columns: 100, rows: 24 }
    const coloured = await runCaptured(['best', '--db', db], { window })
    expect(coloured.stdout).toContain('\x1b[32m0.5310\x1b[39m')
    const plain = await runCaptured(['best', '--db', db], { window, env: { NO_COLOR: '1' } })
    expect(plain.stdout).toBe((await run('best')).stdout)
  })

  it('leaves out columns that a window has no room for, and says which', async () => {
    const window = { columns: 64, rows: 24 }
    const { stdout, stderr } = await runCaptured(['best', '--db', db], { window, env: { NO_COLOR: '1' } })
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(64)
    expect(stderr).toContain(
      '2 columns not shown (reg, dropout): widen the terminal, or choose with --columns.',
    )
  })
})

describe('trials', () => {
  it('lists all of them, with those that went wrong', async () => {
    const { stdout } = await run('trials', '--stage', 'coarse')
    expect(stdout).toBe(
      [
        'TRIAL  STAGE   STATE     VALID ACC  EPOCHS      LR      REG  DROPOUT    TIME',
        '    0  coarse  complete     0.1012       1  3.1e-6   2.5e3      0.71   1.8 s',
        '    1  coarse  diverged          -       0  4.2      0.10       0.33  300 ms',
        '    2  coarse  complete     0.4312       1  1.2e-3   1.4e-5     0.10   1.8 s',
        '    3  coarse  failed            -       0  2.0e-2  40          0.50  300 ms',
        '    4  coarse  complete     0.3951       1  8.7e-4   3.3e-4     0.82   1.8 s',
        '    5  coarse  complete     0.2000       1  9.9e-5  12          0.00   1.8 s',
        '',
      ].join('\n'),
    )
  })

  it('filters by stage and state, sorts by any column in either direction, and limits afterwards', async () => {
    const numbers = async (...argv: string[]) => {
      const document = await runJson('trials', ...argv)
      const schema = z.strictObject({ ...head, trials: z.array(z.strictObject(details)) })
      return schema.parse(document).trials.map(({ number }) => number)
    }
    expect(await numbers()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(await numbers('--stage', '2')).toEqual([6, 7, 8])
    expect(await numbers('--state', 'diverged,failed')).toEqual([1, 3])
    expect(await numbers('--sort', 'learningRate', '--limit', '2')).toEqual([0, 5])
    expect(await numbers('--sort', '-lr', '--limit', '2')).toEqual([1, 8])
    expect(await numbers('--sort', '-validAccuracy', '--limit', '2')).toEqual([6, 7])
    expect(await numbers('--sort=VALID ACC', '--limit', '1')).toEqual([8])
    expect(await numbers('--sort', 'metrics.trainLoss', '--limit', '1')).toEqual([6])
    expect(await numbers('--sort', '-time', '--stage', 'fine')).toEqual([6, 7, 8])
  })

  it('shows the metric that it was sorted by', async () => {
    const { stdout } = await run('trials', '--sort', 'trainLoss', '--limit', '1')
    expect(stdout.split('\n')[0]).toContain('VALID ACC  TRAIN LOSS  EPOCHS')
  })

  it('says so when there are none', async () => {
    const { stdout, stderr } = await run('trials', '--state', 'pruned')
    expect([stdout, stderr]).toEqual(['', 'quickstart: no matching trials.\n'])
    expect((await run('trials', '--state', 'pruned', '--quiet')).stderr).toBe('')
  })
})

describe('show', () => {
  it('tells all of one trial, with or without the study', async () => {
    const { stdout } = await run('show', 'quickstart', '6')
    expect((await run('show', '6')).stdout).toBe(stdout)
    const begun = /begun .*/.exec(stdout)?.[0]
    expect(stdout.replace(/begun .*/, 'begun').replace(db, 'F')).toBe(
      [
        'quickstart, trial 6: complete, validAccuracy 0.5310',
        '',
        '  learningRate  0.0012',
        '  reg           0.004',
        '  dropout       0.08',
        '',
        '  stage       fine (stage 2)',
        '  epochs      3 of 3',
        '  seed        1006',
        '  begun',
        '  arithmetic  fma',
        '  replay      finesweep replay quickstart 6 --db F',
        '',
        'STEP  VALID ACC  TRAIN LOSS  TRAIN ACC      LR   TIME',
        '   1     0.4412      1.8588     0.4912  1.0e-3  1.5 s',
        '   2     0.5012      1.7988     0.5512  1.0e-3  3.0 s',
        '   3     0.5310      1.7690     0.5810  1.0e-3  4.5 s',
        '',
        'Test accuracy of trial 6, evaluated once: 0.5264 (5,000 examples; 95 % interval 0.513 to 0.540)',
        '',
      ].join('\n'),
    )
    expect(begun).toMatch(/^begun {7}2026-11-2\d \d\d:\d\d, took 4\.8 s, on tester$/)
  })

  it('gives the reason of one that went wrong', async () => {
    expect((await run('show', '1')).stdout).toMatch(
      /^quickstart, trial 1: diverged\nloss became NaN in epoch 1, step 32\n/,
    )
  })

  it('has one JSON document', async () => {
    const measurement = z.strictObject({
      step: z.int(),
      value: z.number(),
      metrics: z.record(z.string(), z.number()),
      seconds: z.number(),
    })
    const look = z.strictObject({
      trial: z.literal(6),
      at: z.iso.datetime(),
      part: z.literal('test'),
      examples: z.int(),
      metrics: z.strictObject({ loss: z.number(), accuracy: z.number() }),
      confusion: z.null(),
    })
    const schema = z.strictObject({
      ...head,
      trial: z.strictObject({
        ...details,
        rungs: z.array(z.never()),
        measurements: z.array(measurement),
        evaluations: z.array(look),
      }),
    })
    expect(schema.parse(await runJson('show', '6')).trial.measurements.map(({ value }) => value)).toEqual(
      EXAMPLE_TRIALS[6]!.values,
    )
  })
})

describe('export', () => {
  it('agrees with trials, best and the store in every format', async () => {
    const reader = openReader(db)
    const stored = reader.trials(1)
    const csv: Record<string, string>[] = parse((await run('export', '--format', 'csv')).stdout, {
      columns: true,
    })
    const json = JSON.parse((await run('export', '--format', 'json')).stdout)
    const ndjson = (await run('export', '--format', 'ndjson')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const listed = (await runJson('trials')) as { trials: { number: number }[] }
    for (const [i, trial] of stored.entries()) {
      const { measurements, ...exported } = json.trials[i]
      expect(exported).toEqual(listed.trials[i])
      expect(measurements).toEqual(reader.measurements(1, trial.number))
      expect(ndjson[i]).toEqual({
        ...json.trials[i],
        schemaVersion: 1,
        study: 'quickstart',
        direction: 'maximize',
        metric: 'validAccuracy',
      })
      expect(csv[i]).toMatchObject({
        number: String(trial.number),
        stage: STAGES[trial.stage]!.name,
        state: trial.state,
        value: trial.value === null ? '' : String(trial.value),
        seed: String(trial.seed),
        'params.learningRate': String(trial.params.learningRate),
      })
    }
    expect([csv.length, json.trials.length, ndjson.length]).toEqual([9, 9, 9])
    const markdown = (await run('export', '--format', 'markdown')).stdout
    expect(markdown).toContain('| 6 | fine | complete | 0.5310 | 3 | 1.2e-3 | 4.0e-3 | 0.08 | 4.8 s |')
    reader.close()
  })

  it('writes a file whole, in the format of its name, and leaves nothing else behind', async () => {
    const file = join(folder, 'trials.ndjson')
    const { stdout, stderr } = await run('export', '-o', file)
    expect(stdout).toBe('')
    expect(stderr).toBe(`Wrote quickstart to ${file} (ndjson).\n`)
    expect(readFileSync(file, 'utf8')).toBe((await run('export', '--format', 'ndjson')).stdout)
    expect((await run('export', '-o', file, '--quiet')).stderr).toBe('')
  })
})
