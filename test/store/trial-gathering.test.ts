import { describe, expect, it } from 'vitest'
import {
  gatherAdopted,
  gatherAnew,
  gatherFinish,
  gatherKeep,
  gatherMeasurements,
  gatherStart,
  type HeldStudy,
  hasGathered,
  newlyHeld,
} from '../../src/store/trial-gathering.ts'
import { outcome, spec } from '../../src/testing/store/records.ts'
import type { TrialOutcome, TrialState } from '../../src/trial.ts'

const PLACE = { host: 'a-host', slot: null }
const artifact = Uint8Array.of(1)
const [first, second] = outcome(0.5).measurements

const start = (held: HeldStudy, number: number, stored?: { state: TrialState; attempts: number }): void =>
  gatherStart(held, stored, spec(number), PLACE, 0)
const finish = (held: HeldStudy, number: number, changes: Partial<TrialOutcome> = {}): void =>
  gatherFinish(held, number, outcome(1, { artifact, ...changes }), true)

/** What the next flush writes of a trial. */
const pending = (held: HeldStudy, number: number) => {
  const { record, again, measurements, artifact: kept } = held.pending.get(number)!
  return [record.state, record.attempts, again, measurements.length, kept?.length ?? 0]
}

describe('what a writer gathers of a trial', () => {
  it('that begins and ends between two flushes is its end alone, with nothing to be replaced', () => {
    const held = newlyHeld(null, true)
    start(held, 0)
    expect(pending(held, 0)).toEqual(['running', 1, false, 0, 0])
    finish(held, 0)
    expect(pending(held, 0)).toEqual(['complete', 1, false, 3, 1])
    expect(held.running.size).toBe(0)
  })

  it('that was in the store before replaces what that attempt has left', () => {
    const held = newlyHeld(null, true)
    start(held, 0, { state: 'failed', attempts: 2 })
    expect(pending(held, 0)).toEqual(['running', 3, true, 0, 0])
    finish(held, 0)
    expect(pending(held, 0)).toEqual(['complete', 3, true, 3, 1])
  })

  it('that begins twice between two flushes remembers what the store may hold', () => {
    const held = newlyHeld(null, true)
    start(held, 0, { state: 'failed', attempts: 1 })
    start(held, 0)
    expect(pending(held, 0)).toEqual(['running', 3, true, 0, 0])
    start(held, 1)
    start(held, 1)
    expect(pending(held, 1)).toEqual(['running', 2, false, 0, 0])
  })

  it('that ends after its start was committed replaces only what it has shown since', () => {
    const held = newlyHeld(null, true)
    for (const number of [0, 1]) start(held, number)
    gatherAnew(held)
    gatherMeasurements(held, 1, [first!])
    gatherMeasurements(held, 1, [second!])
    expect(held.live.get(1)).toEqual([first, second])
    gatherAnew(held)
    for (const number of [0, 1]) finish(held, number)
    expect([pending(held, 0), pending(held, 1)]).toEqual([
      ['complete', 1, false, 3, 1],
      ['complete', 1, true, 3, 1],
    ])
    gatherAnew(held)
    expect(held.shown.size).toBe(0)
  })

  it('that ends or starts again drops what it has not shown yet', () => {
    const held = newlyHeld(null, true)
    for (const number of [0, 1]) {
      start(held, number)
      gatherMeasurements(held, number, [first!])
    }
    finish(held, 0)
    start(held, 1)
    expect(held.live.size).toBe(0)
  })

  it('that was taken over replaces what its first writer has shown', () => {
    const held = newlyHeld(null, true)
    start(held, 0)
    const { record } = held.pending.get(0)!
    const other = newlyHeld(null, true)
    gatherAdopted(other, 0, record)
    expect(hasGathered(other)).toBe(false)
    finish(other, 0)
    expect(pending(other, 0)).toEqual(['complete', 1, true, 3, 1])
    expect(() => gatherAdopted(other, 0, other.pending.get(0)!.record)).toThrow(
      "Trial 0 is complete: it can't be taken over.",
    )
    expect(() => gatherAdopted(other, 1, undefined)).toThrow("Trial 1 is not there: it can't be taken over.")
  })

  it('that was stopped keeps neither measurements nor an artifact', () => {
    const held = newlyHeld(null, true)
    start(held, 0)
    finish(held, 0, { state: 'stopped' })
    expect(pending(held, 0)).toEqual(['waiting', 1, false, 0, 0])
  })

  it('that does not run is refused', () => {
    const held = newlyHeld(null, true)
    expect(() => finish(held, 0)).toThrow('Trial 0 was not started by this writer.')
    expect(() => gatherMeasurements(held, 0, [first!])).toThrow('Trial 0 was not started by this writer.')
    start(held, 0)
    expect(() => finish(held, 0, { measurements: [second!, first!] })).toThrow('increasing')
    finish(held, 0)
    expect(() => finish(held, 0)).toThrow('Trial 0 was not started by this writer.')
  })
})

describe('the artifacts that may stay', () => {
  it('are those that every choice since the flush names, and those that came after', () => {
    const held = newlyHeld(null, true)
    for (const number of [0, 1, 2]) {
      start(held, number)
      finish(held, number)
    }
    gatherKeep(held, [0, 1, 7, 8])
    gatherKeep(held, [1, 2, 8])
    expect([...held.kept!].sort()).toEqual([1, 8])
    expect([0, 1, 2].map((number) => pending(held, number)[4])).toEqual([0, 1, 0])
    start(held, 3)
    finish(held, 3)
    expect(pending(held, 3)[4]).toBe(1)
  })
})

describe('a flush', () => {
  it('has something to write after a start, a measurement or a choice of artifacts', () => {
    const held = newlyHeld(null, false, 4)
    expect(hasGathered(held)).toBe(false)
    start(held, 2)
    expect(hasGathered(held)).toBe(true)
    gatherAnew(held)
    expect(hasGathered(held)).toBe(false)
    gatherMeasurements(held, 2, [first!])
    expect(hasGathered(held)).toBe(true)
    gatherAnew(held)
    gatherKeep(held, [])
    expect(hasGathered(held)).toBe(true)
    gatherAnew(held)
    expect(hasGathered(held)).toBe(false)
  })

  it('is remembered: the highest number, and that the study is marked as running by a trial', () => {
    const held = newlyHeld(null, false, 4)
    gatherKeep(held, [])
    gatherAnew(held)
    expect([held.marked, held.highest]).toEqual([false, 4])
    start(held, 2)
    gatherAnew(held)
    expect([held.marked, held.highest]).toEqual([true, 4])
    for (const number of [9, 6]) start(held, number)
    gatherAnew(held)
    expect([held.marked, held.highest]).toEqual([true, 9])
    expect(newlyHeld(null, false).highest).toBe(-1)
  })
})
