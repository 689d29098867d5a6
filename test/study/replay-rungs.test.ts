import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { replayRungs } from '../../src/study/replay-rungs.ts'
import { createExampleStudy, EXAMPLE_TRIALS, exampleSpec, STAGES, writeTrial } from '../cli/example-store.ts'

const STAGE = { ...STAGES[1]!, trials: 5, epochs: 3, rungs: { at: [1, 2], reduce: 2 } }

/** A store in which trials 6 to 10 of the second stage measured these values; the last one still runs. */
function storeOf(values: readonly (readonly number[])[]) {
  const store = createMemoryStore()
  const { id } = createExampleStudy(store, 'rungs')
  store.addStage(id, STAGES[0]!)
  store.addStage(id, STAGE)
  for (const [index, measured] of values.entries()) {
    const spec = { ...exampleSpec(6), number: 6 + index }
    if (index < values.length - 1) {
      const state = measured.length === 3 ? 'complete' : measured.length === 0 ? 'diverged' : 'pruned'
      writeTrial(store, id, spec, { ...EXAMPLE_TRIALS[6]!, values: measured, state })
    } else store.startTrial(id, spec, 'here')
  }
  store.flush()
  return { store, id }
}

describe('the rungs of a stage, replayed from its store', () => {
  const values = [[0.3, 0.4, 0.9], [], [0.5, 0.6, 0.7], [0.2], []]

  it('tell what each trial was compared with, and what was decided', () => {
    const { store, id } = storeOf(values)
    const rungs = replayRungs(store, id, STAGE, 'maximize')!
    expect([rungs.at, rungs.reduce, rungs.trials.map(({ number }) => number)]).toEqual([
      [1, 2],
      2,
      [6, 7, 8, 9, 10],
    ])
    expect(rungs.standings(3)).toEqual([
      {
        at: 1,
        own: expect.objectContaining({ step: 1, value: 0.2 }),
        peers: 3,
        ahead: 2,
        allowed: 2,
        goesOn: false,
      },
    ])
    expect(rungs.peersAt(3, 2)).toEqual([
      { number: 6, value: 0.4 },
      { number: 7, value: null },
      { number: 8, value: 0.6 },
    ])
    expect(rungs.standings(4)).toEqual([])
  })

  it('end with the last trial that matters', () => {
    const { store, id } = storeOf(values)
    expect(replayRungs(store, id, STAGE, 'maximize', 8)!.trials.map(({ number }) => number)).toEqual([
      6, 7, 8,
    ])
  })

  it('are not there for a stage without any', () => {
    const { store, id } = storeOf(values)
    expect(replayRungs(store, id, STAGES[0]!, 'maximize')).toBeNull()
  })
})
