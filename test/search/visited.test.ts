import { describe, expect, it } from 'vitest'
import type { ProposalRequest } from '../../src/search/sampler.ts'
import { axesView } from '../../src/search/unit-view.ts'
import { nearVisited } from '../../src/search/visited.ts'
import { choice, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { pastTrial, request, stage } from '../../src/testing/requests.ts'

const plane = searchSpace({ x: float(0, 1), y: float(0, 1) })
const tried = { x: 0.5, y: 0.5 }

function isNear(space: SearchSpace, unit: readonly number[], changes: Partial<ProposalRequest>): boolean {
  const asked = { ...request(space, 1, []), ...changes }
  return nearVisited(asked, axesView(space))(Float64Array.from(unit))
}

describe('a point that all but repeats one', () => {
  it('lies within a hundredth of the spacing of the grid of the trials, on every axis', () => {
    // A grid of 100 trials on two axes has ten levels of each.
    const at = (x: number, y: number, trials = 100) =>
      isNear(plane, [x, y], { stages: [stage({ trials })], history: [pastTrial(0, tried, 1)] })
    expect(at(0.5009, 0.4991)).toBe(true)
    expect(at(0.5011, 0.5)).toBe(false)
    expect(at(0.5, 0.4989)).toBe(false)
    expect(at(0.501, 0.5, 64)).toBe(true)
    expect(at(0.501, 0.5, 400)).toBe(false)
  })

  it('lies within a two-hundredth of the only axis where a stage has one trial or two', () => {
    const line = searchSpace({ x: float(0, 1) })
    const at = (x: number, trials: number) =>
      isNear(line, [x], { stages: [stage({ trials })], pending: [{ x: 0.5 }] })
    for (const trials of [1, 2]) {
      expect(at(0.5049, trials)).toBe(true)
      expect(at(0.5051, trials)).toBe(false)
    }
    expect(at(0.5034, 3)).toBe(false)
  })

  it('has the same step and the same choice', () => {
    const space = searchSpace({ n: int(1, 4), kind: choice(['a', 'b']) })
    const at = (n: number, kind: number) =>
      isNear(space, [n, kind], { history: [pastTrial(0, { n: 2, kind: 'b' }, 1)] })
    expect(at(0.3, 0.9)).toBe(true)
    expect(at(0.49, 0.5)).toBe(true)
    expect(at(0.51, 0.9)).toBe(false)
    expect(at(0.3, 0.49)).toBe(false)
  })

  it('is compared on the axes that exist where the other was tried', () => {
    const space = searchSpace({ kind: choice(['a', 'b']), x: when({ kind: 'a' }, float(0, 1)) })
    const at = (kind: number, x: number) => isNear(space, [kind, x], { pending: [{ kind: 'b' }] })
    expect(at(0.9, 0.123)).toBe(true)
    expect(at(0.1, 0.123)).toBe(false)
  })

  it('repeats a trial of the stage, one on its way, or one of an earlier stage of the same epochs', () => {
    const stages = [stage({ epochs: 1 }), stage({ epochs: 3 }), stage({ epochs: 3 })]
    const at = (changes: Partial<ProposalRequest>) =>
      isNear(plane, [0.5, 0.5], { stages, stage: 2, ...changes })
    const elsewhere = { x: 0.1, y: 0.1 }
    expect(at({})).toBe(false)
    expect(at({ history: [pastTrial(0, elsewhere, 1, 2), pastTrial(1, tried, 1, 2)] })).toBe(true)
    expect(at({ pending: [elsewhere, tried] })).toBe(true)
    expect(at({ earlier: [pastTrial(0, elsewhere, 1, 1), pastTrial(1, tried, 1, 1)] })).toBe(true)
    expect(at({ earlier: [pastTrial(0, tried, 1, 0), pastTrial(1, elsewhere, 1, 1)] })).toBe(false)
  })
})
