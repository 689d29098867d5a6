import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { byFidelity } from '../../src/search/informative.ts'
import { hasValue, isBad, rankTrials } from '../../src/search/rank.ts'
import type { PastTrial, ProposalRequest } from '../../src/search/sampler.ts'
import { MOST_RANKED, standings } from '../../src/search/standing.ts'
import { ALL_STATES, TRIAL_STATES } from '../../src/trial.ts'

const stages = [{ epochs: 1 }, { epochs: 3 }] as unknown as ProposalRequest['stages']
const trial = fc.record({
  stage: fc.constantFrom(0, 1),
  state: fc.constantFrom(...ALL_STATES),
  value: fc.integer({ min: 0, max: 40 }),
  epochs: fc.integer({ min: 1, max: 3 }),
})

test('the standing of a growing history is that of ranking all of it again', () => {
  fc.assert(
    fc.property(fc.array(trial, { maxLength: 600 }), fc.nat(5), fc.boolean(), (drawn, first, falling) => {
      const direction = falling ? 'maximize' : 'minimize'
      const all = drawn.map(
        (given, number): PastTrial => ({
          ...given,
          number,
          params: {},
          value: TRIAL_STATES[given.state].ranked ? given.value : null,
        }),
      )
      const earlier = all.slice(0, first)
      const history: PastTrial[] = []
      const request = { earlier, history, stages, direction } as unknown as ProposalRequest
      for (const [i, next] of all.slice(first).entries()) {
        history.push(next)
        if (i % 97 !== 0 && i + first < all.length - 1) continue
        const { groups, valued } = standings(request)
        const known = [...earlier, ...history].filter((past) => hasValue(past) || isBad(past))
        expect(valued).toBe(known.filter(hasValue).length)
        const expected = [...byFidelity(known, stages)].map(([epochs, group]) => [
          epochs,
          { count: group.length, best: rankTrials(group, direction).slice(0, MOST_RANKED) },
        ])
        expect([...groups]).toEqual(expected)
      }
    }),
    { numRuns: 30 },
  )
})

describe('the standing of trials', () => {
  const at = (number: number, value: number, stage = 0): PastTrial => ({
    ...{ number, value, stage, state: 'complete', epochs: 1, params: {} },
  })
  const none: PastTrial[] = []
  const standing = (changes: Partial<ProposalRequest>) => {
    const asked = { earlier: none, history: [], stages, direction: 'minimize', ...changes }
    const { groups, valued } = standings(asked as unknown as ProposalRequest)
    return {
      valued,
      best: [...groups].map(([epochs, { best }]) => [epochs, best.map(({ number }) => number)]),
    }
  }

  it('is worked out again for the same history beside other trials, in other stages or in another direction', () => {
    const history = [at(2, 2), at(3, 1)]
    const earlier = [at(0, 1, 1)]
    const alone = { valued: 2, best: [[1, [3, 2]]] }
    expect(standing({ history })).toEqual(alone)
    expect(standing({ history, direction: 'maximize' }).best).toEqual([[1, [2, 3]]])
    expect(standing({ history })).toEqual(alone)
    expect(standing({ history, earlier })).toEqual({
      valued: 3,
      best: [
        [3, [0]],
        [1, [3, 2]],
      ],
    })
    const longer = [{ epochs: 7 }, { epochs: 3 }] as unknown as ProposalRequest['stages']
    expect(standing({ history, earlier, stages: longer }).best[1]).toEqual([7, [3, 2]])
    expect(standing({ history, earlier })).toMatchObject({ valued: 3 })
    expect(standing({ history })).toEqual(alone)
  })

  it('is continued as a history grows', () => {
    const history = [at(0, 2)]
    const asked = { earlier: none, history, stages, direction: 'minimize' } as unknown as ProposalRequest
    const { groups } = standings(asked)
    expect(standings({ ...asked, index: 1 }).groups).toBe(groups)
    history.push(at(1, 1))
    expect(standings({ ...asked, index: 2 }).groups).toBe(groups)
    expect(groups.get(1)!.best.map(({ number }) => number)).toEqual([1, 0])
  })

  it('is worked out again for a history that has become shorter', () => {
    const history = [at(2, 2), at(3, 1), at(4, 0)]
    const earlier: PastTrial[] = []
    expect(standing({ history, earlier }).valued).toBe(3)
    history.length = 1
    expect(standing({ history, earlier })).toEqual({ valued: 1, best: [[1, [2]]] })
  })

  it('ranks the best 225 trials of a group and counts the others', () => {
    const history = Array.from({ length: 230 }, (_, number) => at(number, ((number * 7) % 230) / 1000))
    const { groups } = standings({ earlier: [], history, stages, direction: 'minimize' } as never)
    const { count, best } = groups.get(1)!
    expect(count).toBe(230)
    expect(best.map(({ value }) => value)).toEqual(Array.from({ length: 225 }, (_, i) => i / 1000))
  })
})
