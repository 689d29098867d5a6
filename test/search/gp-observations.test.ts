import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { observe } from '../../src/search/gp-observations.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { standardScores } from '../../src/search/standard-scores.ts'
import { axesView } from '../../src/search/unit-view.ts'
import { choice, float, searchSpace } from '../../src/space/constructors.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'

const axes = axesView(searchSpace({ x: float(0, 1000), kind: choice(['a', 'b']) }))
const stages = [stage({ epochs: 2 }), stage({ epochs: 5 })]

/** As many trials of a stage, numbers and values from `first` on; the value is also the place. */
function trialsOf(stageIndex: number, count: number, first = 0): PastTrial[] {
  return Array.from({ length: count }, (_, i) => {
    const value = first + i
    return pastTrial(value, { x: value, kind: value % 2 === 0 ? 'a' : 'b' }, value, stageIndex)
  })
}

function observed(trials: readonly PastTrial[], direction: 'minimize' | 'maximize' = 'minimize') {
  const seen = observe({ stages, stage: 1, direction }, axes, trials)
  return {
    ...seen,
    numbers: seen.places.map(([x]) => Math.round(1000 * x!)),
    groups: [...seen.groups],
  }
}

describe('what the process learns from', () => {
  it('is all of some trials, by their epochs, those of the stage first', () => {
    const [before, now] = [trialsOf(0, 3), trialsOf(1, 4, 10)]
    const { numbers, groups, values, places, isChoice } = observed([...before, ...now])
    expect(numbers).toEqual([10, 11, 12, 13, 0, 1, 2])
    expect(groups).toEqual([5, 5, 5, 5, 2, 2, 2])
    expect([...values]).toEqual([...standardScores(now, 'minimize'), ...standardScores(before, 'minimize')])
    expect(places.map(([, kind]) => kind)).toEqual([0, 1, 0, 1, 0, 1, 0])
    expect(isChoice).toEqual([false, true])
  })

  it('has the high values as the good ones where these are looked for', () => {
    const { values } = observed(trialsOf(1, 4), 'maximize')
    expect([...values]).toEqual([...standardScores(trialsOf(1, 4), 'maximize')])
  })

  it('is all of 128 trials, and of 192 the best 64 and every other one of the rest', () => {
    const mixed = shuffle(trialsOf(1, 192), fastGenerator(['observe']))
    expect(observed(mixed.slice(0, 128)).numbers).toEqual(mixed.slice(0, 128).map(({ number }) => number))
    const expected = Array.from({ length: 128 }, (_, i) => (i < 64 ? i : 64 + 2 * (i - 64)))
    expect(observed(mixed).numbers).toEqual(expected)
    const falling = observed(mixed, 'maximize').numbers
    expect(falling).toEqual(expected.map((number) => 191 - number))
  })

  it('leaves out the worst of 129', () => {
    expect(observed(trialsOf(1, 129)).numbers).toEqual(Array.from({ length: 128 }, (_, i) => i))
  })

  it('is of the other epochs what is left of 128', () => {
    const { numbers, groups } = observed([...trialsOf(0, 80), ...trialsOf(1, 88, 100)])
    expect(groups).toEqual([...Array<number>(88).fill(5), ...Array<number>(40).fill(2)])
    // The best 20, and 20 of the other 60.
    expect(numbers.slice(88)).toEqual(Array.from({ length: 40 }, (_, i) => (i < 20 ? i : 20 + 3 * (i - 20))))
    expect(observed([...trialsOf(0, 9), ...trialsOf(1, 128, 100)]).groups).toEqual(Array(128).fill(5))
    expect(observed([...trialsOf(0, 9), ...trialsOf(1, 127, 100)]).groups.filter((g) => g === 2)).toEqual([2])
  })

  it('is the first ones of equal values', () => {
    const equal = trialsOf(1, 130).map((trial) => ({ ...trial, value: trial.number < 5 ? 1 : 2 }))
    expect(observed(equal).numbers).toEqual(Array.from({ length: 128 }, (_, i) => i))
  })
})
