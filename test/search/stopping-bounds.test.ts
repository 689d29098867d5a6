import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type NarrowRequest, narrow } from '../../src/search/narrow.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { stoppingBounds } from '../../src/search/stopping-bounds.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'

const SPACE: SearchSpace = {
  parameters: {
    hard: { kind: 'float', low: 1e-4, high: 1, log: true, step: null, hard: true },
    soft: { kind: 'float', low: 0, high: 1, log: false, step: null, hard: false },
    units: { kind: 'int', low: 1, high: 64, log: false, step: 1, hard: true },
    choice: { kind: 'categorical', choices: ['a', 'b'], ordered: false },
  },
  conditions: { units: { choice: 'a' } },
  constraints: [],
}

/** Trials whose values fall from an edge, as steeply as `slopes` say. */
function request(
  slopes: readonly [number, number, number],
  trials: number,
  isInside: boolean,
): NarrowRequest {
  const place = (number: number, turn: number) => ((number + 1) * [0.618034, 0.754878, 0.569841][turn]!) % 1
  const past = Array.from({ length: trials }, (_, number): PastTrial => {
    const at = [place(number, 0), place(number, 1), place(number, 2)] as const
    const choice = number % 3 === 0 ? 'b' : 'a'
    const params = {
      hard: 1e-4 * 10 ** (4 * at[0]),
      soft: at[1],
      choice,
      ...(choice === 'a' ? { units: 1 + Math.floor(64 * at[2]) } : {}),
    }
    const value = slopes[0] * at[0] + slopes[1] * at[1] + slopes[2] * at[2]
    return {
      number,
      stage: 0,
      epochs: 1,
      params,
      state: number % 11 === 0 ? 'diverged' : 'complete',
      value: number % 11 === 0 ? null : value,
    }
  })
  const inner = { ...SPACE.parameters, hard: { ...SPACE.parameters.hard!, low: 1e-3, high: 0.1 } as never }
  return {
    space: isInside ? { ...SPACE, parameters: inner } : SPACE,
    root: SPACE,
    trials: past,
    direction: 'minimize',
    streamName: [1, 'bounds'],
    plan: { keep: 0.2, margin: 0.1, rootShare: 0 },
  }
}

function remarksOf(asked: NarrowRequest) {
  return narrow(asked).decision.parameters.flatMap(({ name, remarks }) =>
    remarks.flatMap((remark) => (remark.code === 'hard-bound' ? [[name, remark] as const] : [])),
  )
}

it('names none where nothing follows from the trials, or too few of the best have the parameter', () => {
  const many = request([3, 0, 3], 90, false)
  expect([...stoppingBounds(many).keys()]).toEqual(['hard', 'units'])
  expect(stoppingBounds({ ...many, plan: { ...many.plan, keep: 1 } }).size).toBe(0)
  expect(stoppingBounds({ ...many, trials: many.trials.slice(0, 3) }).size).toBe(0)
  const found = (having: number) => {
    // The best trial first: only that many of the best have the units.
    const ranked = many.trials.toSorted((a, b) => (a.value ?? 9) - (b.value ?? 9))
    const elite = ranked.slice(0, 18).filter(({ params }) => params.units !== undefined)
    const without = new Set(elite.slice(having).map(({ number }) => number))
    const trials = many.trials.map((trial) => {
      const { units: _, ...params } = trial.params
      return without.has(trial.number) ? { ...trial, params: { ...params, choice: 'b' } } : trial
    })
    return [...stoppingBounds({ ...many, trials }).keys()]
  }
  expect(found(2)).not.toContain('units')
})

it('names the hard bounds that narrowing remarks on, and no others', () => {
  const slope = fc.double({ min: -3, max: 3, noNaN: true })
  fc.assert(
    fc.property(
      fc.tuple(slope, slope, slope),
      fc.integer({ min: 2, max: 90 }),
      fc.boolean(),
      (slopes, trials, isInside) => {
        const asked = request(slopes, trials, isInside)
        expect([...stoppingBounds(asked)]).toEqual(remarksOf(asked))
      },
    ),
    { numRuns: 40 },
  )
  expect(stoppingBounds(request([3, 0, 0], 90, false)).get('hard')).toMatchObject({
    edge: 'lower',
    bound: 1e-4,
  })
})
