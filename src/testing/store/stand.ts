import type { StoreOptions, StudyWriter } from '../../store/store.ts'
import { Cases } from './cases.ts'
import { newStudy, outcome, spec, stage } from './records.ts'

/** A store of its own for a suite, and how its tests begin. */
export interface Stand {
  readonly store: StudyWriter
  /** What the store's clock says, in milliseconds since the epoch. */
  clock: number
  /** Begins a study of its own for a test, with a stage; names are unique. */
  readonly begin: (changes?: Parameters<typeof newStudy>[0]) => number
  /** Random values for a purpose, always the same ones. */
  readonly cases: (purpose: string) => Cases
  /** Runs a trial that ends with `value`. */
  readonly finish: (study: number, number: number, value: number, changes?: object) => void
}

export function createStand(open: (options: StoreOptions) => StudyWriter, seed: number): Stand {
  let count = 0
  const store = open({ now: () => stand.clock })
  const stand: Stand = {
    store,
    clock: 0,
    cases: (purpose) => new Cases(seed, purpose),
    begin(changes = {}) {
      const { id } = store.createStudy(newStudy({ name: `study-${count++}`, ...changes }))
      store.addStage(id, stage())
      return id
    },
    finish(study, number, value, changes = {}) {
      store.startTrial(study, spec(number), 'a-host')
      store.finishTrial(study, number, outcome(value, changes), false)
    },
  }
  return stand
}
