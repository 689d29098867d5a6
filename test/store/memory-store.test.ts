import fc from 'fast-check'
import { afterAll, describe, expect, it, test } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyWriter } from '../../src/store/store.ts'
import { finishedTrial, startedTrial } from '../../src/store/trial-life.ts'
import { checkStore } from '../../src/testing/check-store.ts'
import { Cases } from '../../src/testing/store/cases.ts'
import { newStudy, outcome, readAll, spec, stage } from '../../src/testing/store/records.ts'
import { randomSeed } from '../random-seed.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('a store in memory', () => {
  checkStore(createMemoryStore, { test, after: afterAll }, { seed: randomSeed() })
})

const folder = temporaryFolder()
const now = () => 1000
const stores = [createMemoryStore({ now }), openWriter(`${folder}/twins.db`, { now })]
afterAll(() => {
  for (const store of stores) store.close()
})

const anyOutcome = fc.nat().map((seed) => new Cases(seed, 'outcome').outcome())

const PLACE = { host: 'elsewhere', slot: null }
let shown = 1000

type Operation = (store: StudyWriter, study: number) => void

/** One operation on trials of a small study. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.nat(4).map(
      (n): Operation =>
        (store, id) =>
          store.startTrial(id, spec(n), 'h'),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(4), anyOutcome, fc.boolean()).map(
      ([n, ended, keep]): Operation =>
        (store, id) =>
          store.finishTrial(id, n, ended, keep),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Operation>((store) => store.flush()) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(4), fc.integer({ min: 1, max: 3 }), fc.double())
      .map(([n, count, value]): Operation => {
        // Steps rise, whatever was shown before.
        const steps = Array.from({ length: count }, () => ++shown)
        return (store, id) =>
          store.addMeasurements(
            id,
            n,
            steps.map((step) => ({ step, value, metrics: {}, seconds: 1 })),
          )
      }),
  },
  fc.nat(4).map(
    (n): Operation =>
      (store, id) =>
        store.adoptTrial(id, n),
  ),
  fc.tuple(fc.nat(4), fc.constantFrom('complete', 'failed', 'running')).map(
    ([number, state]): Operation =>
      (store, id) => {
        const record = finishedTrial(startedTrial(undefined, spec(number), PLACE, 0), outcome(1), null)
        const { measurements } = outcome(1)
        store.importTrials(id, [{ record: { ...record, state, origin: 'elsewhere' }, measurements }])
      },
  ),
  fc.constantFrom(0, 3).map(
    (index): Operation =>
      (store, id) =>
        store.updateStage(id, index, { trials: 5 }),
  ),
  fc.array(fc.nat(4)).map(
    (kept): Operation =>
      (store, id) =>
        store.keepArtifacts(id, kept),
  ),
  fc.constant<Operation>((store, id) => {
    store.releaseLease(id)
    store.acquireLease(id)
  }),
  fc.constant<Operation>((store, id) => {
    store.finishStudy(id, 'stopped', 'told to')
    store.acquireLease(id)
  }),
)

it('a store in memory and one in a file answer alike, whatever is done to them in whatever order', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('maximize', 'minimize'),
      fc.array(operation, { maxLength: 20 }),
      (direction, operations) => {
        const name = `study-${stores[0]!.studies().length}`
        const [study] = stores.map((store) => store.createStudy(newStudy({ name, direction })).id)
        for (const store of stores) store.addStage(study!, stage())
        for (const operate of operations) {
          const [first, second] = stores.map((store) => {
            try {
              operate(store, study!)
              return null
            } catch (error) {
              return (error as Error).message
            }
          })
          expect(first).toBe(second)
        }
        const [first, second] = stores.map((store) => readAll(store, study!))
        expect(first).toEqual(second)
        for (const store of stores) store.releaseLease(study!)
      },
    ),
  )
})
