import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { choice, fixed, float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { contains, countValues } from '../../src/space/unit-scale.ts'
import { pastTrial } from '../../src/testing/requests.ts'
import { away, decision, narrowed, space, trialsOf } from './narrowing.ts'

describe('the evidence that narrows a range', () => {
  it('asks more of the evidence against a choice the more choices there are', () => {
    // None of the best 4 of 20 has "a", which 10 tried: by chance in 4 % of cases.
    const withChoices = (others: readonly string[]) => {
      const one = searchSpace({ c: choice(['a', ...others]) })
      const trials = Array.from({ length: 20 }, (_, number) =>
        pastTrial(number, { c: number < 10 ? others[number % others.length]! : 'a' }, number),
      )
      return decision(narrowed(one, trials), 'c')
    }
    const chance = (10 * 9 * 8 * 7) / (20 * 19 * 18 * 17)
    expect(chance).toBeGreaterThan(0.05 / 2)
    expect(chance).toBeLessThan(0.05)
    expect(withChoices(['b'])).toMatchObject({
      action: 'kept',
      reason: { code: 'choices-present', pValue: expect.closeTo(chance, 10) },
    })
  })

  it('takes failed trials as bad ones, like diverged ones', () => {
    const one = searchSpace({ frac: float(0, 1.5, { hard: true }) })
    const noise = fastGenerator(['failures'])
    const trials = trialsOf(one, 48, 1, ({ frac }) => ((frac as number) > 1 ? Number.NaN : noise.next()))
    const failing = trials.map((trial) =>
      trial.state === 'diverged' ? { ...trial, state: 'failed' as const } : trial,
    )
    const result = narrowed(one, failing)
    expect(result.decision).toMatchObject({
      diverged: 0,
      failed: trials.filter(({ value }) => value === null).length,
    })
    expect(result.space).toEqual(narrowed(one, trials).space)
    expect((result.space.parameters.frac as { high: number }).high).toBeLessThan(1.3)
  })

  it('splits no tie at the border of the best, and lets a second metric break it', () => {
    const one = searchSpace({ x: float(0, 1) })
    const values = (count: number) => Array.from({ length: 20 }, (_, i) => (i < count ? 0 : i))
    const trials = (count: number, tie: number | null = null) =>
      values(count).map((value, number) => ({
        ...pastTrial(number, { x: number / 20 }, value),
        ...(tie === null ? {} : { tie: number * tie }),
      }))
    // 20 % of 20 trials are 4.
    expect(narrowed(one, trials(4)).decision.elite).toHaveLength(4)
    expect(narrowed(one, trials(6)).decision.elite).toHaveLength(6)
    expect(narrowed(one, trials(6, 1)).decision.elite).toEqual([0, 1, 2, 3])
    expect(narrowed(one, trials(6, -1)).decision.elite).toEqual([5, 4, 3, 2])
    const third = trials(1).map((trial, i) => ({ ...trial, value: i < 3 ? i : i < 12 ? 3 : 9 }))
    expect(narrowed(one, third).decision.elite).toEqual([0, 1, 2])
  })

  it('drops only choices that evidence rejects, and keeps at least two values of an int range', () => {
    const mixed = searchSpace({
      activation: choice(['relu', 'tanh', 'sigmoid']),
      idle: choice(['a', 'b', 'c']),
      layers: int(1, 8, { soft: true }),
      batchSize: choice([8, 16, 32, 64, 128], { ordered: true }),
      fixed: fixed(3),
    })
    const value = ({ activation, layers, batchSize }: Params): number =>
      (activation === 'sigmoid' ? 20 : 0) +
      5 * Math.abs((layers as number) - 3) +
      Math.abs((batchSize as number) - 16) / 8
    const result = narrowed(mixed, trialsOf(mixed, 96, 1, value))
    expect(decision(result, 'activation')).toMatchObject({
      action: 'reduced',
      after: { choices: ['relu', 'tanh'] },
      reason: { code: 'choices-missing', elite: result.decision.elite.length, missing: ['sigmoid'] },
    })
    expect(decision(result, 'idle').action).toBe('kept')
    expect(countValues(decision(result, 'layers').after)).toBeGreaterThanOrEqual(2)
    expect(contains(decision(result, 'layers').after, 3)).toBe(true)
    expect(contains(decision(result, 'batchSize').after, 16)).toBe(true)
    expect(result.space.parameters.fixed).toEqual(mixed.parameters.fixed)
  })

  it('counts diverged trials as bad ones and tells where they lie', () => {
    const result = narrowed(
      space,
      trialsOf(space, 64, 3, ({ learningRate }) =>
        (learningRate as number) > 0.1 ? Number.NaN : away(learningRate, -2),
      ),
    )
    const { after, remarks } = decision(result, 'learningRate')
    const { diverged } = result.decision
    expect(diverged).toBeGreaterThan(5)
    expect((after as { high: number }).high).toBeLessThan(1)
    const [remark] = remarks
    expect(remark).toMatchObject({ code: 'diverged-side', count: diverged, side: 'above' })
    expect(remark?.code === 'diverged-side' && remark.from).toBeGreaterThan(0.1)
  })
})
