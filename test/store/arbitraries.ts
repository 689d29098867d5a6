import fc from 'fast-check'
import type { TimedMeasurement, TrialOutcome, TrialSpec } from '../../src/trial.ts'

const name = fc.string({ minLength: 1, unit: 'grapheme' })

/** Any doubles at all: NaN, infinities, -0, the smallest. */
const metrics = fc.dictionary(name, fc.double())

const duration = fc.double({ min: 0, max: 1e9, noNaN: true })

const measurements: fc.Arbitrary<TimedMeasurement[]> = fc
  .uniqueArray(fc.nat(1000), { maxLength: 6 })
  .chain((steps) =>
    fc.tuple(
      ...steps
        .sort((a, b) => a - b)
        .map((step) =>
          fc.record(
            { step: fc.constant(step + 1), value: fc.double(), metrics, seconds: duration },
            { noNullPrototype: true },
          ),
        ),
    ),
  )

export const anyOutcome: fc.Arbitrary<TrialOutcome> = fc.record(
  {
    state: fc.constantFrom('complete', 'pruned', 'diverged', 'failed', 'stopped'),
    measurements,
    error: fc.option(
      fc.record({ message: name, code: name, stack: fc.option(name) }, { noNullPrototype: true }),
    ),
    artifact: fc.option(fc.uint8Array({ maxLength: 20 })),
    arithmetic: fc.option(name),
    slot: fc.option(fc.nat(100)),
    host: fc.option(name),
    startedAt: duration,
    durationMs: duration,
  },
  { noNullPrototype: true },
)

/** The spec of a trial; the number is the caller's. */
export const anySpec: fc.Arbitrary<Omit<TrialSpec, 'number'>> = fc.record(
  {
    stage: fc.nat(3),
    params: fc.dictionary(name, fc.oneof(fc.double(), name, fc.boolean())),
    seed: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    budget: fc.record({ epochs: fc.nat(100) }, { noNullPrototype: true }),
    continues: fc.option(fc.nat(100)),
  },
  { noNullPrototype: true },
)
