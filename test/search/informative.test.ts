import { describe, expect, it } from 'vitest'
import { informativeTrials } from '../../src/search/informative.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { pastTrial, request } from './requests.ts'

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
