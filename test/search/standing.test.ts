import fc from 'fast-check'
import { expect, test } from 'vitest'
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
