import { describe, expect, it } from 'vitest'
import { proposeChecked } from '../../src/search/own-samplers.ts'
import { proposeTrial } from '../../src/search/propose-trial.ts'
import { float, int, searchSpace } from '../../src/space/constructors.ts'
import { request, stage } from '../../src/testing/requests.ts'

const space = searchSpace({ x: float(0, 1), n: int(1, 3) }, { require: 'n > x' })
const asked = { ...request(space, 1, []), index: 4, stages: [stage({ sampler: 'mine' })] }
const proposing = (proposal: unknown) => ({ name: 'mine', adaptive: false, propose: () => proposal as never })
const START = 'Sampler "mine" proposed an invalid point for trial 4 of its stage: '

describe('what a sampler of the program proposes', () => {
  it('is run as it is, if it is a point of the space', () => {
    const params = { x: 0.5, n: 2 }
    expect(proposeChecked(proposing(params), asked)).toEqual(params)
  })

  it.each([
    [{ x: 2, n: 2 }, 'x: 2 lies outside its range'],
    [{ n: 2, y: 1 }, 'y: there is no such parameter; x: it has no value'],
    [null, 'propose must return params, got nothing'],
    [undefined, 'propose must return params, got nothing'],
    [7, 'propose must return params, got 7'],
    [Promise.resolve({ x: 0.5, n: 2 }), 'propose must return params, got a promise'],
  ])('is refused with what is wrong: %j', (proposal, mistake) => {
    expect(() => proposeChecked(proposing(proposal), asked)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: START + mistake,
        hint: 'Call admissible(request, params) to replace a point that may not be run.',
      }),
    )
  })

  it('is checked when a trial is proposed', () => {
    const own = (proposal: unknown) => new Map([['mine', proposing(proposal)]])
    expect(proposeTrial(asked, own({ x: 0, n: 1 }))).toEqual({ params: { x: 0, n: 1 }, continues: null })
    expect(() => proposeTrial(asked, own({ x: 1, n: 1 }))).toThrow(
      `${START}the rule "n > x" is not satisfied`,
    )
  })
})
