import { describe, expect, it } from 'vitest'
import {
  admissible,
  drawAdmissible,
  hasFeasiblePoint,
  isAdmissible,
  trialDraws,
} from '../../src/search/admissible.ts'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { constraintsHold, pointKey } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { pastTrial, request } from '../../src/testing/requests.ts'

const units = searchSpace({ units: int(1, 500) })
const all = Array.from({ length: 500 }, (_, i) => ({ units: i + 1 }))

/** Draws that are given, and the last one again and again; of a list it takes the last. Counts. */
function scripted(...draws: readonly number[]) {
  const counted = {
    count: 0,
    next: () => draws[Math.min(draws.length - 1, counted.count++)]!,
    below: (bound: number) => bound - 1,
  }
  return counted
}
const keys = (points: readonly Params[]) => new Set(points.map(pointKey))
const ruled = (space: SearchSpace, ...constraints: readonly string[]): SearchSpace => ({
  ...space,
  constraints,
})

describe('a point that may be run', () => {
  it('keeps the rules and is not taken, which no point is where none repeats', () => {
    const pairs = searchSpace({ a: choice([1, 2, 3]), b: choice([1, 2, 3]) }, { require: 'a < b' })
    const taken = keys([{ a: 1, b: 3 }])
    const asked = { ...request(pairs, 1, []), taken }
    const may = [1, 2, 3].flatMap((a) => [1, 2, 3].map((b) => ({ a, b })))
    expect(may.filter((params) => isAdmissible(asked, params))).toEqual([
      { a: 1, b: 2 },
      { a: 2, b: 3 },
    ])
    const line = searchSpace({ x: float(0, 1) })
    expect(isAdmissible({ ...request(line, 1, []), taken: keys([{ x: 0.5 }]) }, { x: 0.5 })).toBe(true)
  })
})

describe('a draw among the points that may be run', () => {
  it('is the last point that is left of 500, for every seed', () => {
    for (let seed = 0; seed < 20; seed++) {
      const left = all[(37 * seed) % 500]!
      const taken = new Set(all.filter((params) => params !== left).map(pointKey))
      const asked = { ...request(units, seed, []), taken }
      expect(drawAdmissible(asked, trialDraws(asked, 'uniform'))).toEqual(left)
      expect(admissible(asked, all[(37 * seed + 1) % 500]!)).toEqual(left)
      expect(admissible(asked, left)).toBe(left)
    }
  })

  it('repeats points once all are taken, each as likely as the others', () => {
    const kinds = searchSpace({ kind: choice(['a', 'b', 'c']) })
    const taken = new Set(['a', 'b', 'c'].map((kind) => pointKey({ kind })))
    const drawn = Array.from({ length: 300 }, (_, seed) => {
      const asked = { ...request(kinds, seed, []), taken }
      return drawAdmissible(asked, trialDraws(asked, 'uniform')).kind
    })
    for (const kind of ['a', 'b', 'c']) {
      expect(drawn.filter((each) => each === kind).length).toBeGreaterThan(70)
    }
  })

  it('satisfies a constraint that hardly any uniform draw satisfies', () => {
    const narrow = searchSpace(
      { x: float(0, 1), y: float(0, 1), z: float(0, 1) },
      { require: ['x < y and y < z and z < x + 0.001'] },
    )
    const asked = request(narrow, 3, [pastTrial(0, { x: 0.5, y: 0.5002, z: 0.5004 }, 1)])
    const drawn = drawAdmissible(asked, trialDraws(asked, 'uniform'))
    expect(constraintsHold(narrow, drawn)).toBe(true)
  })

  it('is drawn again up to 64 times, then from the points that are left', () => {
    const ten = searchSpace({ n: int(1, 10) })
    const asked = { ...request(ten, 1, []), taken: keys([{ n: 1 }, { n: 10 }]) }
    const times = (count: number, u: number) => Array.from({ length: count }, () => u)
    const early = scripted(...times(63, 0), 0.45)
    expect(drawAdmissible(asked, early)).toEqual({ n: 5 })
    expect(early.count).toBe(64)
    const late = scripted(...times(64, 0), 0.45)
    expect(drawAdmissible(asked, late)).toEqual({ n: 9 })
    expect(late.count).toBe(64)
  })

  it('is from a list of up to 20,000 points; of more it is drawn 16 times more, then repeats the first of these', () => {
    const listed = searchSpace({ n: int(1, 20_000) })
    const taken = keys([{ n: 1 }])
    expect(drawAdmissible({ ...request(listed, 1, []), taken }, scripted(0))).toEqual({ n: 20_000 })
    const asked = { ...request(searchSpace({ n: int(1, 20_001) }), 1, []), taken: keys([{ n: 1 }, { n: 2 }]) }
    const drawing = (first: number, count: number, last: number) =>
      scripted(...Array.from({ length: 64 + count }, (_, i) => (i === 64 ? first : 0)), last)
    const soon = drawing(0, 15, 0.5)
    expect(drawAdmissible(asked, soon)).toEqual({ n: 10_001 })
    expect(soon.count).toBe(80)
    const never = drawing(1.5 / 20_001, 16, 0.5)
    expect(drawAdmissible(asked, never)).toEqual({ n: 2 })
    expect(never.count).toBe(80)
  })

  it('starts from a trial on its way or one of the latest 64 where points that keep the rules are rare', () => {
    const thin = searchSpace({ x: float(0, 1), y: float(0, 1) }, { require: 'x < y and y < x + 0.001' })
    const at = (i: number) => ({ x: i / 100, y: i / 100 + 0.0005 })
    const history = Array.from({ length: 70 }, (_, i) => pastTrial(i, at(i), 1))
    // Draws of a half satisfy nothing, and move nothing at the last of the twelve scales.
    const started = (first: boolean, pending: readonly Params[] = []) =>
      drawAdmissible(request(thin, 1, history, pending), {
        next: () => 0.5,
        below: (bound) => (first && bound !== 12 ? 0 : bound - 1),
      })
    expect(started(true).x).toBeCloseTo(0.06, 9)
    expect(started(false).x).toBeCloseTo(0.69, 9)
    expect(started(true, [at(90), at(91)]).x).toBeCloseTo(0.9, 9)
  })

  it('finds every point of an equation, one after the other, and then repeats one', () => {
    const space = searchSpace({ a: int(0, 150), b: int(0, 150) }, { require: 'a + b == 149' })
    const taken = new Set<string>()
    const points: Params[] = []
    for (let index = 0; index < 151; index++) {
      const pending = points.slice(-8)
      const asked = { ...request(space, 5, [], pending), index, taken }
      const params = drawAdmissible(asked, trialDraws(asked, 'uniform'))
      expect(constraintsHold(space, params)).toBe(true)
      taken.add(pointKey(params))
      points.push(params)
    }
    expect(taken.size).toBe(150)
  })

  it('says which rules no point keeps', () => {
    const refusal = (rules: string) =>
      expect.objectContaining({
        code: 'usage',
        message: `require: no random point satisfied ${rules}`,
        hint: 'Widen the ranges, or loosen the rules.',
      })
    const few = request(ruled(searchSpace({ x: int(1, 3) }), 'x > 3', 'x < 7'), 1, [])
    expect(() => drawAdmissible(few, trialDraws(few, 'uniform'))).toThrow(refusal('"x > 3", "x < 7"'))
    const many = request(ruled(searchSpace({ x: float(0, 1) }), 'x > 1'), 1, [])
    expect(() => drawAdmissible(many, trialDraws(many, 'uniform'))).toThrow(refusal('"x > 1"'))
  })
})

describe('whether any point keeps the rules', () => {
  it('is looked up among few points, and searched for among many', () => {
    const few = searchSpace({ x: int(1, 3) })
    const many = searchSpace({ x: float(0, 1), y: float(0, 1) })
    expect(hasFeasiblePoint(many, [])).toBe(true)
    expect(hasFeasiblePoint(ruled(few, 'x > 2'), [])).toBe(true)
    expect(hasFeasiblePoint(ruled(few, 'x > 3'), [])).toBe(false)
    expect(hasFeasiblePoint(ruled(many, 'x < y and y < x + 0.0001'), [])).toBe(true)
    expect(hasFeasiblePoint(ruled(many, 'x > 1'), [])).toBe(false)
  })
})
