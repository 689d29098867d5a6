import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { narrow } from '../../src/search/narrow.ts'
import { partOf, placeWithin } from '../../src/search/narrow-part.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { choice, fixed, float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Distribution, Params, ParamValue } from '../../src/space/distribution.ts'
import { sampleUniform } from '../../src/space/points.ts'
import { contains } from '../../src/space/unit-scale.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'
import { decision } from './narrowing.ts'

/** The decision for `x` after a stage in `box`, every fourth trial drawn from the whole range. */
function afterStage(
  root: Distribution,
  box: Distribution,
  value: (x: ParamValue, params: Params) => number,
  seed = 1,
) {
  const whole = searchSpace({ x: root, y: float(0, 1) })
  const part = searchSpace({ x: box, y: float(0, 1) })
  const draws = fastGenerator(['narrow back', seed])
  const trials = Array.from({ length: 48 }, (_, number): PastTrial => {
    const params = sampleUniform(number % 4 === 0 ? whole : part, draws)
    return pastTrial(number, params, value(params.x!, params))
  })
  const request = { space: part, root: whole, trials, direction: 'minimize', streamName: [42] } as const
  return { ...narrow({ ...request, plan: stage() }), trials }
}

describe('choices that an earlier narrowing dropped', () => {
  const letters = choice(['a', 'b', 'c'])
  const sizes = choice([8, 16, 32, 64, 128], { ordered: true })

  it('come back where trials of the whole range are among the best with them', () => {
    const made = afterStage(letters, choice(['a', 'b']), (x, { y }) => (x === 'c' ? -5 : 0) + (y as number))
    expect(decision(made, 'x')).toMatchObject({
      action: 'extended',
      reason: { code: 'choices-back', back: ['c'] },
    })
    expect(contains(made.space.parameters.x!, 'c')).toBe(true)
  })

  it('come back in an ordered list, with those between', () => {
    const few = choice([8, 16], { ordered: true })
    const best = (value: ParamValue) =>
      afterStage(sizes, few, (x, { y }) => (x === value ? -5 : 0) + (y as number))
    expect(decision(best(128), 'x')).toMatchObject({
      action: 'extended',
      reason: { code: 'elite-outside', outermost: 128 },
    })
    expect(contains(best(128).space.parameters.x!, 128)).toBe(true)
    const high = afterStage(sizes, choice([64, 128], { ordered: true }), (x) =>
      x === 16 ? -5 : (x as number) / 100,
    )
    expect(decision(high, 'x')).toMatchObject({
      action: 'extended',
      after: { choices: expect.arrayContaining([16, 32, 64]) },
    })
  })

  it('come back whatever the values are: the next box has every choice of the best', () =>
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), fc.integer({ min: 0, max: 3 }), (seed, isOrdered, first) => {
        const noise = fastGenerator(['back', seed])
        const list: readonly ParamValue[] = isOrdered ? sizes.choices : [...'abcde']
        const root = choice(list, { ordered: isOrdered })
        const box = choice(list.slice(first, first + 2), { ordered: isOrdered })
        const made = afterStage(root, box, () => noise.next(), seed)
        for (const number of made.decision.elite)
          expect(contains(made.space.parameters.x!, made.trials[number]!.params.x!)).toBe(true)
      }),
      { numRuns: 40 },
    ))
})

describe('zero', () => {
  const root = float(-10, 10, { soft: true })

  it('does not bar a range that was declared on both sides of it', () => {
    const low = afterStage(root, float(0.14, 5.91, { soft: true }), (x) => x as number).space.parameters.x
    expect((low as { low: number }).low).toBeLessThan(-2)
    const high = afterStage(root, float(-6, -0.5, { soft: true }), (x) => -(x as number)).space.parameters.x
    expect((high as { high: number }).high).toBeGreaterThan(2)
    const whole = afterStage(int(-5, 5, { soft: true }), int(1, 4, { soft: true }), (x) => x as number)
    expect(whole.space.parameters.x).toMatchObject({ kind: 'int', hard: false })
    expect((whole.space.parameters.x as { low: number }).low).toBeLessThan(0)
  })

  it('bars one that was declared on one side of it', () => {
    const positive = float(0, 10, { soft: true })
    const made = afterStage(positive, float(0.14, 5.91, { soft: true }), (x) => x as number).space.parameters
      .x
    expect((made as { low: number }).low).toBe(0)
    expect(partOf(float(-6, -1, { soft: true }), 0, 3, float(-10, 0, { soft: true }))).toMatchObject({
      high: 0,
    })
  })
})

describe('a place in a narrowed list', () => {
  const root = choice([1, 2, 4, 8, 16], { ordered: true })
  it('is in units of what is left of it, also outside', () => {
    const left = choice([2, 4], { ordered: true })
    expect([1, 2, 4, 8, 16].map((value) => placeWithin(left, root, value))).toEqual([
      -0.25, 0.25, 0.75, 1.25, 1.75,
    ])
    expect(placeWithin(left, root, 3)).toBeNaN()
    expect(partOf(left, 0, 1.75, root)).toEqual(choice([2, 4, 8, 16], { ordered: true }))
    expect(partOf(left, -0.25, 1, root)).toEqual(choice([1, 2, 4], { ordered: true }))
    expect(partOf(left, -9, 9, root)).toEqual(root)
  })

  it('is only known of a list that the whole one has in one piece', () => {
    const apart = choice([2, 8], { ordered: true })
    expect([2, 4, 8].map((value) => placeWithin(apart, root, value))).toEqual([0.25, Number.NaN, 0.75])
    expect(partOf(apart, -1, 2, root)).toEqual(apart)
    const unordered = choice([2, 4])
    expect(placeWithin(unordered, root, 8)).toBeNaN()
    expect(placeWithin(fixed(3), root, 8)).toBe(0.5)
  })
})
