import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveMeasurements } from '../../src/store/live-measurements.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { newStudy, outcome, spec } from '../../src/testing/store/records.ts'

describe('measurements of running trials', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const begin = () => {
    const store = createMemoryStore()
    const { id } = store.createStudy(newStudy())
    for (const number of [0, 1]) store.startTrial(id, spec(number), 'a-host')
    store.flush()
    let flushes = 0
    const live = new LiveMeasurements(store, id, () => {
      flushes++
      store.flush()
    })
    return {
      live,
      steps: (trial: number) => store.measurements(id, trial).map(({ step }) => step),
      flushes: () => flushes,
    }
  }
  const [first, second, third] = outcome(0.5).measurements

  it('are handed over together, three times a second at most', () => {
    const { live, steps, flushes } = begin()
    live.add(0, first!)
    live.add(1, first!)
    live.add(0, second!)
    vi.advanceTimersByTime(299)
    expect([steps(0), flushes()]).toEqual([[], 0])
    vi.advanceTimersByTime(1)
    expect([steps(0), steps(1), flushes()]).toEqual([[1, 2], [1], 1])
    live.add(0, third!)
    vi.advanceTimersByTime(10_000)
    expect([steps(0), flushes()]).toEqual([[1, 2, 3], 2])
  })

  it('are not written of a trial that ended meanwhile, nor after the end', () => {
    const { live, steps, flushes } = begin()
    live.add(0, first!)
    live.add(1, first!)
    live.forget(0)
    vi.advanceTimersByTime(1000)
    expect([steps(0), steps(1), flushes()]).toEqual([[], [1], 1])
    live.add(1, second!)
    live.forget(1)
    vi.advanceTimersByTime(1000)
    expect(flushes()).toBe(1)
    live.add(1, second!)
    live.close()
    vi.advanceTimersByTime(1000)
    expect([steps(1), flushes()]).toEqual([[1], 1])
    live.add(1, third!)
    vi.advanceTimersByTime(1000)
    expect([steps(1), flushes()]).toEqual([[1], 1])
  })

  it('may be closed before any came', () => {
    const { live, flushes } = begin()
    live.close()
    vi.advanceTimersByTime(1000)
    expect(flushes()).toBe(0)
  })
})
