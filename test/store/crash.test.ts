import { copyFileSync, existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyReader } from '../../src/store/store.ts'
import { outcome, readAll } from '../../src/testing/store/records.ts'
import { ended, nextMessage, startChild } from './children/start.ts'
import { failBefore, withFaults } from './faults.ts'
import { runSmallStudy } from './small-study.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

/** At least `finished` trials are complete, and the newest trials are whole or not there. */
function expectWhole(reader: StudyReader, finished: number): void {
  const { complete, running } = reader.countTrials(1)
  expect(complete).toBeGreaterThanOrEqual(finished)
  for (const { number, state } of reader.trials(1, { offset: Math.max(0, complete + running - 20) })) {
    const measurements = reader.measurements(1, number)
    // A running study goes on between the two reads: what was running may be complete by now.
    if (state === 'complete') expect(measurements).toEqual(outcome(1 / number).measurements)
    else expect([0, 3]).toContain(measurements.length)
  }
}

describe('a store', () => {
  it('has every committed trial whole after its writer was killed, again and again', async () => {
    const file = `${folder}/killed.db`
    for (const flushes of [5, 1, 17]) {
      const writer = startChild('busy-writer', file)
      let finished = 0
      for (let k = 0; k < flushes; k++) finished = await nextMessage<number>(writer)
      writer.kill('SIGKILL')
      await ended(writer)
      const reader = openReader(file)
      expectWhole(reader, finished)
      const trials = reader.trials(1)
      expect(trials.map(({ number }) => number)).toEqual([...trials.keys()])
      for (const { trial, measurements } of reader.allMeasurements(1)) {
        expect(measurements).toHaveLength(trials[trial]!.state === 'complete' ? 3 : 0)
      }
      reader.close()
      const db = new Database(file)
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
      db.close()
    }
  })

  it('ends up the same wherever between two writes its process died', () => {
    const undisturbed = openWriter(`${folder}/undisturbed.db`, { now: () => 0 })
    runSmallStudy(undisturbed)
    const expected = strip(readAll(undisturbed, 1))
    undisturbed.close()
    let index = 0
    for (let died = true; died; index++) {
      const file = `${folder}/died-before-${index}.db`
      const store = openWriter(file, { now: () => 0 })
      died = diesIn(() => runSmallStudy(withFaults(store, failBefore(index))))
      // What a dead process leaves behind is its files as they are now.
      const left = `${folder}/left-${index}.db`
      for (const suffix of ['', '-wal']) {
        if (existsSync(`${file}${suffix}`)) copyFileSync(`${file}${suffix}`, `${left}${suffix}`)
      }
      store.close()
      releaseAll(left)
      const resumed = openWriter(left, { now: () => 0 })
      runSmallStudy(resumed)
      expect(strip(readAll(resumed, 1)), `died before write ${index}`).toEqual(expected)
      resumed.close()
    }
    expect(index).toBeGreaterThanOrEqual(18)
  })

  it('serves 32 readers while it is written to', async () => {
    const file = `${folder}/read.db`
    const writer = startChild('busy-writer', file)
    let finished = await nextMessage<number>(writer)
    writer.on('message', (count: number) => {
      finished = count
    })
    const readers = Array.from({ length: 32 }, () => openReader(file))
    const before = finished
    // On a busy machine the writer may not have had a turn yet.
    for (let round = 0; round < 3 || finished === before; round++) {
      for (const reader of readers) {
        expectWhole(reader, finished)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    expect(writer.exitCode).toBeNull()
    writer.kill('SIGKILL')
    await ended(writer)
    for (const reader of readers) reader.close()
  })
})

function diesIn(work: () => void): boolean {
  try {
    work()
    return false
  } catch (error) {
    expect((error as Error).message).toContain('fault before write')
    return true
  }
}

/** The processes are gone that held leases in this file: here they all were this very process. */
function releaseAll(file: string): void {
  const db = new Database(file)
  db.exec('DELETE FROM leases')
  db.close()
}

/** Without how often trials were started, and when: what a digest leaves out too. */
function strip(all: unknown): unknown {
  return JSON.parse(
    JSON.stringify(all, (key, value: unknown) =>
      ['attempts', 'createdAt', 'finishedAt', 'startedAt', 'durationMs'].includes(key) ? undefined : value,
    ),
  )
}
