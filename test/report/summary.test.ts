import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nextSteps, readSummary, renderSummary } from '../../src/report/summary.ts'
import { wilsonInterval } from '../../src/report/test-lines.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import {
  createExampleStudy,
  EXAMPLE_TRIALS,
  exampleSpec,
  makeExampleStore,
  STAGES,
  writeTrial,
} from '../cli/example-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-summary-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FACTS = { workers: 2, db: 'results/studies.db', dbOption: '' }
const PLAIN = { width: null, colour: false }

describe('what is told at the end', () => {
  it('is the ranked table, a line for each stage, the test accuracy, and what was run', () => {
    const file = join(folder, 'complete.db')
    makeExampleStore(file)
    const reader = openReader(file)
    const summary = readSummary(reader, reader.latestStudy()!, 2)
    const digest = studyDigest(reader, 1)
    reader.close()
    expect(renderSummary(summary, FACTS, PLAIN)).toBe(
      [
        'RANK  TRIAL  STAGE  VALID ACC  TRAIN ACC  EPOCHS      LR     REG  DROPOUT   TIME',
        '   1      6  fine      0.5310     0.5810       3  1.2e-3  4.0e-3     0.08  4.8 s',
        '   2      7  fine      0.5288     0.5788       3  9.7e-4  1.8e-3     0.11  4.8 s',
        '',
        'coarse done: 6 trials, 4 epochs, 7.8 s, 1 diverged, 1 failed.',
        '',
        'Test accuracy of trial 6, evaluated once: 0.5264 (5,000 examples; 95 % interval 0.513 to 0.540)',
        `9 trials (1 diverged, 1 failed), 13 epochs, 2 workers, 22 s · results/studies.db · digest ${digest.slice(0, 8)}…${digest.slice(-4)}`,
        '',
      ].join('\n'),
    )
    expect(nextSteps(summary, { ...FACTS, dbOption: ' --db x.db' })).toBe(
      'Next: finesweep explain --db x.db · finesweep export --format csv --db x.db · finesweep show quickstart 6 --db x.db',
    )
  })

  it('breaks no line within a word in a window of 60 columns', () => {
    const file = join(folder, 'narrow.db')
    makeExampleStore(file)
    const reader = openReader(file)
    const text = renderSummary(readSummary(reader, reader.latestStudy()!, 2), FACTS, {
      width: 60,
      colour: false,
    })
    reader.close()
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(60)
    expect(text).toMatch(/columns? not shown \(/)
  })

  it('says that nothing succeeded, and how to go on with a study that was stopped', () => {
    const file = join(folder, 'stopped.db')
    const writer = openWriter(file)
    const study = createExampleStudy(writer, 'doomed')
    writer.addStage(study.id, STAGES[0]!)
    writeTrial(writer, study.id, exampleSpec(1), EXAMPLE_TRIALS[1]!)
    writer.finishStudy(study.id, 'stopped', 'stopped by SIGINT')
    const summary = readSummary(writer, writer.findStudy('doomed')!)
    writer.close()
    const lines = renderSummary(summary, FACTS, PLAIN).split('\n')
    expect(lines.slice(0, 2)).toEqual([
      'The study is stopped: stopped by SIGINT. Continue with: finesweep resume doomed',
      'No trial succeeded.',
    ])
    expect(lines[2]).toMatch(/^1 trial \(1 diverged\), 0 epochs, 2 workers, /)
    expect(renderSummary(summary, { ...FACTS, workers: 0 }, PLAIN)).toContain(', remote workers only, ')
    expect(nextSteps(summary, FACTS)).toBe('Next: finesweep explain · finesweep export --format csv')
  })

  it('knows how sure a test accuracy is', () => {
    // By hand: z = 1.959964, n = 5000.
    const [low, high] = wilsonInterval(0.5264, 5000)
    expect(low).toBeCloseTo(0.51255, 4)
    expect(high).toBeCloseTo(0.54021, 4)
    expect(wilsonInterval(0, 10)[0]).toBe(0)
    expect(wilsonInterval(1, 10)[1]).toBeCloseTo(1, 12)
    expect(wilsonInterval(0.5, 0)).toEqual([0, 1])
  })
})
