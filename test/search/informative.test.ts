import { describe, expect, it } from 'vitest'
import { byFidelity, informativeTrials } from '../../src/search/informative.ts'
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
})
