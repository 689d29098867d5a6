import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { runCaptured } from './capture.ts'
import { commandsOn } from './commands-on.ts'
import {
  createExampleStudy,
  EXAMPLE_TRIALS,
  exampleSpec,
  makeExampleStore,
  STAGES,
  writeTrial,
} from './example-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-studies-'))
const db = join(folder, 'studies.db')
const { run, runJson } = commandsOn(db)

beforeAll(() => makeExampleStore(db))
afterAll(() => rmSync(folder, { recursive: true }))

describe('studies, status and digest', () => {
  it('list and describe the studies of a store', async () => {
    const { stdout } = await run('studies')
    expect(stdout.split('\n')[1]).toMatch(
      /^quickstart {2}complete {5}9\/9 {9}1 {7}1 {2}validAccuracy {2}0\.5310 {4}42 {2}2026-11-2\d \d\d:\d\d {2}22 s$/,
    )
    expect(await runJson('studies')).toMatchObject({
      schemaVersion: 1,
      studies: [{ name: 'quickstart', state: 'complete', trials: 9, best: { number: 6, value: 0.531 } }],
    })
    expect(await runJson('status')).toMatchObject({
      schemaVersion: 1,
      study: 'quickstart',
      activity: 'complete',
      finished: 9,
      trials: 9,
      counts: { complete: 7, diverged: 1, failed: 1, running: 0 },
      stages: [
        { name: 'coarse', counts: { complete: 4, diverged: 1, failed: 1 }, best: { number: 2 } },
        { name: 'fine', counts: { complete: 3 }, best: { number: 6 } },
      ],
      best: { number: 6, stage: 'fine' },
      evaluations: [{ trial: 6, metrics: { accuracy: 0.5264 } }],
    })
  })

  it('give a study one time, without its pauses', async () => {
    // Nine trials that begin 10 s apart, and take 22 s together.
    expect((await run('status')).stdout).toContain(', ran for 22 s\n')
    expect(await runJson('studies')).toMatchObject({ studies: [{ durationMs: 22_200 }] })
    const html = join(folder, 'time.html')
    await run('report', '-o', html)
    expect(readFileSync(html, 'utf8')).toContain('13 epochs, 22 s; maximize')
  })

  it('tells a study that nobody runs any more from one that runs', async () => {
    const file = join(folder, 'live.db')
    const writer = openWriter(file)
    const study = createExampleStudy(writer, "it's live")
    writer.addStage(study.id, STAGES[0]!)
    writeTrial(writer, study.id, exampleSpec(0), EXAMPLE_TRIALS[0]!)
    writer.startTrial(study.id, exampleSpec(1), 'tester')
    writer.flush()
    const live = await runCaptured(['status', '--db', file])
    expect(live.stdout).toContain("it's live: running, 1 of 9 trials\n")
    expect(live.stdout).toMatch(/running as pid \d+ on .* for /)
    expect(live.stdout).toContain('now running: trial 1\n')
    writer.releaseLease(study.id)
    writer.close()
    const interrupted = await runCaptured(['status', '--db', file])
    expect(interrupted.stdout).toContain("it's live: interrupted, 1 of 9 trials\n")
    expect(interrupted.stdout).toContain(`Continue with: finesweep resume 'it'\\''s live' --db ${file}\n`)
    expect((await runCaptured(['digest', '--db', file])).stderr).toBe(
      "it's live: 1 finished trial; 8 of its 9 trials have not finished\n",
    )
  })

  it('say how a study goes on that no resume can continue', async () => {
    const file = join(folder, 'external.db')
    const writer = openWriter(file)
    const statusOf = async (name: string, code: string | null) => {
      const { id } = createExampleStudy(writer, name, { kind: 'external', code })
      writer.addStage(id, STAGES[0]!)
      writer.startTrial(id, exampleSpec(0), 'tester')
      writer.releaseLease(id)
      return (await runCaptured(['status', name, '--db', file])).stdout
    }
    const asked = await statusOf('asked', null)
    expect(asked).toContain('asked: open, 0 of 9 trials\n')
    expect(asked).toContain(`1 trial pending. Continue with: finesweep ask asked --db ${file}\n`)
    const inCode = await statusOf('in-code', 'f'.repeat(64))
    expect(inCode).toContain('in-code: interrupted, 0 of 9 trials\n')
    expect(inCode).toContain(
      'Run the program that started it again: its objective is a function in that program\n',
    )
    writer.close()
  })

  it('print the digest alone', async () => {
    const reader = openReader(db)
    expect((await run('digest')).stdout).toBe(`${studyDigest(reader, 1)}\n`)
    reader.close()
    expect(await runJson('digest')).toMatchObject({ study: 'quickstart', finished: 9, trials: 9 })
  })
})
