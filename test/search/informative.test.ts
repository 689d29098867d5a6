import { describe, expect, it } from 'vitest'
import {
  byFidelity,
  fidelityOf,
  hasEnoughToLearnFrom,
  informativeTrials,
} from '../../src/search/informative.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { pastTrial, request } from '../../src/testing/requests.ts'

const space = searchSpace({ x: float(0, 1) })
const trials = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => pastTrial(from + i, { x: i / count }, i))

describe('what an adaptive sampler learns from', () => {
  it('is nothing until six trials have finished', () => {
    expect(informativeTrials(request(space, 1, trials(0, 5)))).toBeNull()
    expect(informativeTrials(request(space, 1, trials(0, 6)))).toHaveLength(6)
  })

  it('is trials with a value and bad ones, once two have a value', () => {
    const stopped = { ...pastTrial(4, { x: 0 }, 1), state: 'pruned' as const }
    const failed = { ...pastTrial(5, { x: 0 }, Number.NaN), state: 'failed' as const }
    const empty = { ...pastTrial(6, { x: 0 }, 1), value: null }
    const history = [pastTrial(3, { x: 0 }, Number.NaN), stopped, failed, empty]
    const asked = (valued: number) => request(space, 1, [...history, empty, ...trials(7, valued)])
    expect(informativeTrials(asked(0))).toBeNull()
    expect(hasEnoughToLearnFrom(asked(0))).toBe(false)
    expect(informativeTrials(asked(1))).toHaveLength(4)
    expect(hasEnoughToLearnFrom(asked(1))).toBe(true)
    const diverged = Array.from({ length: 9 }, (_, i) => pastTrial(i, { x: 0 }, Number.NaN))
    expect(informativeTrials(request(space, 1, [...diverged, stopped]))).toBeNull()
    expect(hasEnoughToLearnFrom(request(space, 1, diverged))).toBe(true)
  })

  it('includes the trials of earlier stages, from the first trial of a stage on', () => {
    const earlier = trials(0, 16)
    const later = trials(16, 3)
    expect(informativeTrials({ ...request(space, 1, []), earlier })).toEqual(earlier)
    expect(informativeTrials({ ...request(space, 1, later), earlier })).toEqual([...earlier, ...later])
  })
})

describe('comparable values', () => {
  it('are those of the same epochs, planned and run, whatever the stage', () => {
    const stages = [{ epochs: 3 }, { epochs: 27 }, { epochs: 9 }]
    const run = (number: number, stage: number, state: 'complete' | 'pruned', epochs: number) =>
      ({ ...pastTrial(number, { x: 0 }, 0, stage), state, epochs }) as const
    const groups = byFidelity(
      [
        run(0, 0, 'complete', 3),
        run(1, 1, 'pruned', 3),
        run(2, 2, 'pruned', 3),
        run(3, 1, 'complete', 27),
        run(4, 1, 'pruned', 3),
        run(5, 1, 'pruned', 9),
      ],
      stages,
    )
    const fromLeast = [...groups]
      .sort(([a], [b]) => a - b)
      .map(([, group]) => group.map(({ number }) => number))
    expect(fromLeast).toEqual([[2], [1, 4], [0], [5], [3]])
  })

  it('lie just below those of the epochs that a pruned trial ran, the nearer the more were planned', () => {
    const stages = [{ epochs: 3 }, { epochs: 27 }]
    const at = (stage: number, state: 'complete' | 'pruned' | 'diverged', epochs: number) =>
      fidelityOf({ ...pastTrial(0, { x: 0 }, 0, stage), state, epochs }, stages)
    expect(at(0, 'complete', 3)).toBe(3)
    expect(at(1, 'diverged', 2)).toBe(27)
    expect(at(0, 'pruned', 2)).toBe(2 - 1 / 4)
    expect(at(1, 'pruned', 3)).toBe(3 - 1 / 28)
    expect(at(2, 'complete', 5)).toBe(0)
    expect(at(2, 'pruned', 5)).toBe(4)
  })
})
