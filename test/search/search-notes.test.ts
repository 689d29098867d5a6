import { describe, expect, it } from 'vitest'
import { searchNotes } from '../../src/search/search-notes.ts'
import { choice, float, searchSpace } from '../../src/space/constructors.ts'
import { stage } from '../../src/testing/requests.ts'

describe('what is told before a search', () => {
  it('is the share of points that satisfy the rules, where it is below a tenth', () => {
    const notes = (rule: string) =>
      searchNotes(searchSpace({ x: float(0, 1), y: float(0, 1) }, { require: rule }), [stage()])
    // Of 4000 draws, which are always the same.
    expect(notes('x < 0.05')).toEqual(['require: about 4.7 % of the points of the space satisfy it.'])
    expect(notes('x < 0.08')).toEqual(['require: about 7.2 % of the points of the space satisfy it.'])
    expect(notes('x < 0.002')).toEqual(['require: about 0.33 % of the points of the space satisfy it.'])
    expect(notes('x < 0.12')).toEqual([])
    expect(notes('x < y and y < x + 0.00001')).toEqual([
      'require: less than one in a thousand points of the space satisfies it; points are found by local moves.',
    ])
    expect(searchNotes(searchSpace({ x: float(0, 1) }), [stage()])).toEqual([])
  })

  it('is how much is tried of a grid that does not fit its stage', () => {
    const space = searchSpace(
      Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`c${i}`, choice([true, false])])),
    )
    const notes = (trials: number, sampler = 'grid') =>
      searchNotes(space, [stage(), stage({ sampler, trials })])
    expect(notes(8)).toEqual([
      'Stage coarse: the grid has 128 points, of which 8 are tried, with each value of a parameter equally often.',
    ])
    expect(notes(127)).toHaveLength(1)
    expect(notes(128)).toEqual([])
    expect(notes(8, 'random')).toEqual([])
  })
})
