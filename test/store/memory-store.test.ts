import fc from 'fast-check'
import { afterAll, describe, expect, it, test } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyWriter } from '../../src/store/store.ts'
import { checkStore } from '../../src/testing/check-store.ts'
import { Cases } from '../../src/testing/store/cases.ts'
import { newStudy, readAll, spec, stage } from '../../src/testing/store/records.ts'
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
