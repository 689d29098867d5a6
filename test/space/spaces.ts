import * as fc from 'fast-check'
import type { Distribution } from '../../src/space/distribution.ts'

/** Sound distributions of every kind, for property tests. */
export const distributions: fc.Arbitrary<Distribution> = fc.oneof(
  fc
    .record({
      low: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      width: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      hard: fc.boolean(),
    })
    .map(
      ({ low, width, hard }): Distribution => ({
        kind: 'float',
        // A bound of -0 is read as 0.
        low: low + 0,
        high: low + width,
        log: false,
        step: null,
        hard,
      }),
    ),
  fc
    .record({
      low: fc.integer({ min: -9, max: 3 }),
      decades: fc.integer({ min: 1, max: 9 }),
      hard: fc.boolean(),
    })
    .map(
      ({ low, decades, hard }): Distribution => ({
        kind: 'float',
        low: Number(`1e${low}`),
        high: Number(`1e${low + decades}`),
        log: true,
        step: null,
        hard,
      }),
    ),
  fc
    .record({
      low: fc.integer({ min: -5, max: 5 }),
      steps: fc.integer({ min: 1, max: 30 }),
      step: fc.constantFrom(0.05, 0.1, 0.25, 1, 3),
    })
    .map(
      ({ low, steps, step }): Distribution => ({
        kind: 'float',
        low,
        high: Number((low + steps * step).toPrecision(15)),
        log: false,
        step,
        hard: false,
      }),
    ),
  fc
    .record({
      low: fc.integer({ min: -50, max: 50 }),
      steps: fc.integer({ min: 1, max: 60 }),
      step: fc.integer({ min: 1, max: 5 }),
      hard: fc.boolean(),
    })
    .map(
      ({ low, steps, step, hard }): Distribution => ({
        kind: 'int',
        low,
        high: low + steps * step,
        log: false,
        step,
        hard,
      }),
    ),
  fc
    .record({
      low: fc.integer({ min: 1, max: 50 }),
      width: fc.integer({ min: 1, max: 5000 }),
      hard: fc.boolean(),
    })
    .map(
      ({ low, width, hard }): Distribution => ({
        kind: 'int',
        low,
        high: low + width,
        log: true,
        step: 1,
        hard,
      }),
    ),
  fc
    .record({
      choices: fc.uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
        minLength: 1,
        maxLength: 8,
      }),
      ordered: fc.boolean(),
    })
    .map(({ choices, ordered }): Distribution => ({ kind: 'categorical', choices, ordered })),
)

/** A place in the unit interval, both ends included. */
export const unit = fc.double({ min: 0, max: 1, noNaN: true })
