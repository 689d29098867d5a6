import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/cli/program.ts'
import { formatMetric } from '../../src/report/numbers.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { CapturedStream, runCaptured } from './capture.ts'
import { createExampleStudy, EXAMPLE_TIME, exampleSpec, makeExampleStore, STAGES } from './example-store.ts'

let folder: string
let db: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-columns-'))
  db = join(folder, 'studies.db')
  makeExampleStore(db)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...words: string[]) => runCaptured([...words, '--db', db])

it('best breaks what it says between words, where its window has no room', async () => {
  const stderr = new CapturedStream({ columns: 24, rows: 24 })
  const terminal = { stdout: new CapturedStream(), stderr, env: {} }
  expect(await runCommandLine(['best', '-n', '3', '--db', db], terminal)).toBe(0)
  expect(stderr.text).toBe('quickstart: the best 3\ntrials, highest\nvalidAccuracy first\n')
})

describe('--columns', () => {
  it('shows the columns asked for, in that order', async () => {
    const { stdout } = await run('trials', '--columns', 'value,lr,metrics.trainLoss,number')
    expect(stdout.split('\n')[0]).toBe('VALID ACC      LR  TRAIN LOSS  TRIAL')
    const best = await run('best', '--columns', 'number,reg')
    expect(best.stdout.split('\n')[0]).toMatch(/^TRIAL +REG$/)
  })

  it('never leaves out what was asked for, however narrow the window', async () => {
    const window = { columns: 20, rows: 24 }
    const { stdout } = await runCaptured(['trials', '--columns', 'number,lr,reg,dropout', '--db', db], {
      window,
    })
    expect(stdout).toContain('DROPOUT')
  })

  it('shows where each trial ran, unless a parameter has that name', async () => {
    const own = join(folder, 'placed.db')
    const writer = openWriter(own)
    const study = createExampleStudy(writer, 'placed')
    writer.addStage(study.id, STAGES[0]!)
    const spec = exampleSpec(0)
    writer.startTrial(study.id, { ...spec, params: { ...spec.params, host: 0.25 } }, 'tester', 3)
    writer.finishStudy(study.id, 'complete', null)
    writer.close()
    const { stdout } = await runCaptured([...'trials --columns number,slot,host --db'.split(' '), own])
    expect(stdout).toMatch(/^TRIAL +SLOT +HOST\n +0 +3 +0\.25\n$/)
    const first = await run('trials', '--columns', 'number,host', '--limit', '1')
    expect(first.stdout).toMatch(/^TRIAL +HOST\n +0 +tester\n$/)
  })

  it('names the nearest column', async () => {
    const { code, stderr } = await run('trials', '--columns', 'number,leaningRate')
    expect(code).toBe(2)
    expect(stderr).toContain('--columns: there is no column "leaningRate". Did you mean "learningRate"?')
  })

  it('shows the metric of the study once, however it is named', async () => {
    const { stdout } = await run('trials', '--sort', '-metrics.validAccuracy')
    expect(stdout.split('\n')[0]!.match(/VALID ACC/g)).toHaveLength(1)
  })
})

describe('show', () => {
  it('prints the metric as measured at each step, and beside it what the study ranks by', async () => {
    const writer = openWriter(db)
    const study = createExampleStudy(writer, 'ranked')
    writer.addStage(study.id, STAGES[0]!)
    writer.startTrial(study.id, exampleSpec(0), 'tester')
    const measured = [0.3, 0.5, 0.4]
    writer.finishTrial(
      study.id,
      0,
      {
        state: 'complete',
        error: null,
        artifact: null,
        arithmetic: null,
        slot: 0,
        host: null,
        measurements: measured.map((validAccuracy, i) => ({
          step: i + 1,
          value: Math.max(...measured.slice(0, i + 1)),
          seconds: i,
          metrics: { validAccuracy, bestEpoch: Math.min(i + 1, 2) },
        })),
        startedAt: EXAMPLE_TIME,
        durationMs: 10,
      },
      false,
    )
    writer.finishStudy(study.id, 'complete', null)
    writer.close()
    const { stdout } = await run('show', 'ranked', '0')
    const table = stdout.slice(stdout.indexOf('STEP')).trimEnd().split('\n')
    expect(table[0]).toMatch(/^STEP +VALID ACC +RANKED BY +BEST EPOCH +TIME$/)
    expect(table[3]).toMatch(/^ +3 +0\.4000 +0\.5000 +2 /)
  })
})

describe('metrics', () => {
  it('that count are whole', () => {
    expect(formatMetric('bestEpoch', 10)).toBe('10')
    expect(formatMetric('validAccuracy', 1)).toBe('1.0000')
    expect(formatMetric('trainLoss', 12)).toBe('12.000')
  })
})
