import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DEFAULT_SCHEDULE,
  learningRateAt,
  SCHEDULE_KINDS,
  type ScheduleSettings,
} from '../../src/train/schedules.ts'

/** The rate at the start of each of the first epochs, from a base of 1. */
function rates(changes: Partial<ScheduleSettings>, epochs: number, validLosses: number[] = []): number[] {
  const schedule = { ...DEFAULT_SCHEDULE, ...changes }
  return Array.from({ length: epochs }, (_, epoch) => {
    const seen = validLosses.slice(0, epoch)
    return learningRateAt(schedule, 1, {
      epoch,
      stepOfEpoch: 0,
      stepsPerEpoch: 10,
      epochs,
      validLosses: seen,
    })
  })
}

describe('a schedule', () => {
  test('constant keeps the rate', () => {
    expect(rates({ kind: 'constant' }, 3)).toEqual([1, 1, 1])
  })

  test('exponential multiplies by 0.95 each epoch', () => {
    expect(rates({ kind: 'exponential' }, 4)).toEqual([1, 0.95, 0.95 * 0.95, 0.95 * 0.95 * 0.95])
  })

  test('step halves every 5 epochs, or takes a tenth every 20', () => {
    expect(rates({ kind: 'step' }, 11)).toEqual([1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25])
    const tenths = rates({ kind: 'step', factor: 0.1, every: 20 }, 41)
    expect([tenths[19], tenths[20], tenths[39], tenths[40]]).toEqual([1, 0.1, 0.1, 0.1 * 0.1])
  })

  test('plateau halves when the validation loss has not fallen for `patience` epochs, and counts anew', () => {
    const losses = [1.0, 0.9, 0.95, 0.9, 0.8, 0.85, 0.82, 0.81, 0.83]
    const expected = [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]
    expect(rates({ kind: 'plateau', patience: 2 }, 10, losses)).toEqual(expected)
  })

  test('cosine falls to 0 along half a wave, a little with each step', () => {
    const start = rates({ kind: 'cosine' }, 4)
    expect(start[0]).toBe(1)
    expect(start[2]).toBeCloseTo(0.5, 15)
    const last = { epoch: 3, stepOfEpoch: 9, stepsPerEpoch: 10, epochs: 4, validLosses: [] }
    const rate = learningRateAt({ ...DEFAULT_SCHEDULE, kind: 'cosine' }, 1, last)
    expect(rate).toBeCloseTo(0.5 * (1 + Math.cos(Math.PI * (39 / 40))), 14)
  })

  test('warm-up rises in a line to the full rate, then the schedule begins', () => {
    const schedule = { ...DEFAULT_SCHEDULE, kind: 'step' as const, every: 1, warmup: 2 }
    const at = (epoch: number, stepOfEpoch: number) =>
      learningRateAt(schedule, 1, { epoch, stepOfEpoch, stepsPerEpoch: 5, epochs: 6, validLosses: [] })
    expect([at(0, 0), at(0, 4), at(1, 4)]).toEqual([0.1, 0.5, 1])
    expect([at(2, 0), at(3, 0), at(4, 0)]).toEqual([1, 0.5, 0.25])
  })

  test('plateau does not count what happened during warm-up', () => {
    expect(rates({ kind: 'plateau', patience: 1, warmup: 2 }, 5, [1, 2, 3, 3, 3]).slice(2)).toEqual([
      1, 1, 0.5,
    ])
  })

  test('never leaves (0, base] before its end, whatever the settings', () => {
    fc.assert(
      fc.property(
        fc.record({
          kind: fc.constantFrom(...SCHEDULE_KINDS),
          factor: fc.double({ min: 0.1, max: 1, noNaN: true }),
          every: fc.integer({ min: 1, max: 10 }),
          patience: fc.integer({ min: 1, max: 5 }),
          warmup: fc.integer({ min: 0, max: 5 }),
        }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 20, maxLength: 20 }),
        (schedule, epochs, losses) => {
          for (const rate of rates(schedule, epochs, losses)) {
            expect(rate).toBeGreaterThan(0)
            expect(rate).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })
})
