import { describe, expect, it } from 'vitest'
import type { Placed } from '../../src/search/narrow-axis.ts'
import {
  edgeNear,
  edgeOf,
  goesPast,
  pastEdge,
  reachPastEdge,
  stoppingBound,
} from '../../src/search/narrow-edge.ts'
import { choice, float, int } from '../../src/space/constructors.ts'
import type { Distribution } from '../../src/space/distribution.ts'
import { countValues, toUnit, valueAt } from '../../src/space/unit-scale.ts'
import { pastTrial } from '../../src/testing/requests.ts'

/** The best trials at these places of 100, the others spread evenly. */
function placed(best: readonly number[], count = 100): Placed[] {
  const others = Array.from({ length: count - best.length }, (_, i) => (i + 0.5) / 100)
  return [...best, ...others].map((place, number) => ({
    place,
    isElite: number < best.length,
    trial: pastTrial(number, { x: place }, number),
  }))
}

const unit = float(0, 1)
const NONE = { anywhere: 1, below: 1, above: 1 }
const BELOW = { ...NONE, below: 0.01 }
const ABOVE = { ...NONE, above: 0.01 }

describe('the edge that the best trials crowd towards', () => {
  it('is one where the effect is lowest, with evidence for its side, that one of the best reaches', () => {
    expect(edgeOf(unit, placed([0.05, 0.2, 0.3]), 0, BELOW)).toBe('lower')
    expect(edgeOf(unit, placed([0.95, 0.8, 0.7]), 1, ABOVE)).toBe('upper')
  })

  it('is none without evidence for that side', () => {
    expect(edgeOf(unit, placed([0.05, 0.2, 0.3]), 0, NONE)).toBeNull()
    expect(edgeOf(unit, placed([0.05, 0.2, 0.3]), 0, ABOVE)).toBeNull()
    expect(edgeOf(unit, placed([0.95, 0.8, 0.7]), 1, NONE)).toBeNull()
    expect(edgeOf(unit, placed([0.95, 0.8, 0.7]), 1, BELOW)).toBeNull()
  })

  it('is none where the best do not reach it, or where the effect is lowest elsewhere', () => {
    expect(edgeOf(unit, placed([0.2, 0.3, 0.4]), 0, BELOW)).toBeNull()
    expect(edgeOf(unit, placed([0.8, 0.7, 0.6]), 1, ABOVE)).toBeNull()
    expect(edgeOf(unit, placed([0.05, 0.2, 0.3]), 0.5, BELOW)).toBeNull()
    expect(edgeOf(unit, placed([0.95, 0.8, 0.7]), 0.5, ABOVE)).toBeNull()
  })

  it('is reached within a tenth of the range, or three trials of few', () => {
    const at = (place: number, count: number) => [
      edgeOf(unit, placed([place, 0.5, 0.6], count), 0, BELOW),
      edgeOf(unit, placed([1 - place, 0.5, 0.4], count), 1, ABOVE),
    ]
    expect(at(0.0999, 100)).toEqual(['lower', 'upper'])
    expect(at(0.1001, 100)).toEqual([null, null])
    expect(at(0.1001, 29)).toEqual(['lower', 'upper'])
    expect(at(0.1499, 20)).toEqual(['lower', 'upper'])
    expect(at(0.1501, 20)).toEqual([null, null])
    expect(edgeOf(unit, placed([0.15, 0.5, 0.6], 20), 0, BELOW)).toBeNull()
  })

  it('takes a chance below 5 %', () => {
    expect(edgeOf(unit, placed([0.05, 0.2, 0.3]), 0, { ...NONE, below: 0.05 })).toBeNull()
    expect(edgeOf(unit, placed([0.05, 0.2, 0.3]), 0, { ...NONE, below: 0.0499 })).toBe('lower')
    expect(edgeOf(unit, placed([0.95, 0.8, 0.7]), 1, { ...NONE, above: 0.05 })).toBeNull()
    expect(edgeOf(unit, placed([0.95, 0.8, 0.7]), 1, { ...NONE, above: 0.0499 })).toBe('upper')
  })

  it('has a tenth of the range', () => {
    expect([0.1, 0.9].map((place) => edgeNear(unit, place))).toEqual([null, null])
    expect([0.09, 0.11, 0.89, 0.91].map((place) => edgeNear(unit, place))).toEqual([
      'lower',
      null,
      null,
      'upper',
    ])
  })
})

describe('the edge of a range of few values', () => {
  const upTo = (range: Distribution, value: number) => edgeNear(range, toUnit(range, value))
  it('is its first or last value, wherever that lies', () => {
    for (const range of [
      int(1, 3),
      int(1, 4),
      int(1, 9),
      int(0, 10, { step: 4 }),
      float(0.25, 1, { step: 0.25 }),
    ]) {
      const count = countValues(range)
      const edges = Array.from({ length: count }, (_, i) => upTo(range, valueAt(range, i) as number))
      expect(edges).toEqual(['lower', ...Array.from({ length: count - 2 }, () => null), 'upper'])
    }
    const log = int(2, 16, { log: true })
    expect([2, 3, 12, 15, 16].map((value) => upTo(log, value))).toEqual([
      'lower',
      null,
      null,
      'upper',
      'upper',
    ])
    expect(upTo(int(1, 30), 3)).toBe('lower')
    expect(edgeNear(choice([1, 2, 4, 8], { ordered: true }), 0.125)).toBe('lower')
  })

  it('is reached by a trial on that value, and by none on the next', () => {
    const four = int(1, 4)
    expect(edgeOf(four, placed([0.875, 0.625, 0.625]), 0.9, ABOVE)).toBe('upper')
    expect(edgeOf(four, placed([0.125, 0.375, 0.375]), 0.2, BELOW)).toBe('lower')
    expect(edgeOf(four, placed([0.625, 0.625, 0.625]), 0.9, ABOVE)).toBeNull()
    expect(edgeOf(four, placed([0.875, 0.625, 0.625]), 0.7, ABOVE)).toBeNull()
  })

  it('ends with its last value: nothing lies past that, though its bound does', () => {
    const root = int(0, 10, { step: 4 })
    expect(goesPast(int(4, 8, { step: 4 }), root, 'upper')).toBe(false)
    expect(goesPast(int(0, 4, { step: 4 }), root, 'upper')).toBe(true)
    const best = placed([0.75])[0]!
    expect(stoppingBound({ root } as never, int(4, 8, { step: 4 }), best, 'upper')).toEqual([
      { code: 'hard-bound', edge: 'upper', bound: 10, bestAtEdge: true },
    ])
  })
})

describe('how far a range goes past an edge', () => {
  const soft = float(0, 1, { soft: true })
  it('is half its width, three decades on a log scale, and nothing past a hard bound', () => {
    expect(reachPastEdge(soft, soft, 'upper')).toBe(0.5)
    const log = float(1e-4, 1e-1, { log: true, soft: true })
    expect(reachPastEdge(log, log, 'lower')).toBeCloseTo(1, 9)
    expect(reachPastEdge(float(0, 1), float(0, 1), 'upper')).toBe(0)
  })

  it('is half its width where narrowing drew the edge, whatever the scale', () => {
    const root = float(1e-6, 1, { log: true })
    const box = float(1e-4, 1e-1, { log: true })
    expect(reachPastEdge(box, root, 'lower')).toBe(0.5)
    expect(reachPastEdge(box, root, 'upper')).toBe(0.5)
    expect(goesPast(box, root, 'lower') && goesPast(box, root, 'upper')).toBe(true)
    expect(goesPast(root, box, 'lower') || goesPast(root, box, 'upper')).toBe(false)
  })

  it('is half the width of an int range, on a log scale too, and nothing for choices', () => {
    const units = int(16, 256, { log: true, soft: true })
    expect(reachPastEdge(units, units, 'upper')).toBe(0.5)
    const sizes = choice([8, 16, 32], { ordered: true })
    expect(reachPastEdge(sizes, sizes, 'upper')).toBe(0)
    expect(goesPast(sizes, soft, 'lower') || goesPast(soft, sizes, 'upper')).toBe(false)
    expect(goesPast(soft, soft, 'lower') || goesPast(soft, soft, 'upper')).toBe(false)
  })

  it('is told in decades on a log scale, in widths of the range before on others', () => {
    const [best] = placed([0.05])
    const told = (
      before: ReturnType<typeof float>,
      after: ReturnType<typeof float>,
      edge: 'lower' | 'upper',
    ) => pastEdge(best!, 'x', edge, before, after, 0.01)
    const log = (low: number, high: number) => float(low, high, { log: true })
    expect(told(float(2, 4), float(1, 3), 'lower')).toEqual({
      ...{ code: 'past-edge', pValue: 0.01, edge: 'lower', best: 0.05, bestAtEdge: true },
      reach: { unit: 'widths', amount: 0.5 },
    })
    expect(told(float(2, 4), float(3, 7), 'upper')).toMatchObject({
      ...{ edge: 'upper', bestAtEdge: false },
      reach: { unit: 'widths', amount: 1.5 },
    })
    expect(told(log(1e-3, 1), log(1e-5, 0.1), 'lower')).toMatchObject({
      reach: { unit: 'decades', amount: expect.closeTo(2, 12) },
    })
    expect(told(log(1e-3, 1), log(0.1, 1e3), 'upper')).toMatchObject({
      reach: { unit: 'decades', amount: expect.closeTo(3, 12) },
    })
  })

  it('is from the edge itself if the best trial lies within a tenth of it', () => {
    const at = (place: number, edge: 'lower' | 'upper') => {
      const reason = pastEdge(placed([place])[0]!, 'x', edge, soft, float(-1, 2), 0.01)
      return reason.code === 'past-edge' && reason.bestAtEdge
    }
    expect([at(0.0999, 'lower'), at(0.1, 'lower'), at(0.9, 'upper'), at(0.9001, 'upper')]).toEqual([
      ...[true, false, false, true],
    ])
  })

  it('is said of a hard bound that stops it, and of no other', () => {
    const view = (root: ReturnType<typeof float>) => ({ root }) as never
    const [best] = placed([0.05])
    expect(stoppingBound(view(float(-1, 1)), float(-1, 1), best!, 'lower')).toEqual([
      { code: 'hard-bound', edge: 'lower', bound: -1, bestAtEdge: true },
    ])
    expect(stoppingBound(view(float(-1, 1)), float(-1, 1), best!, 'upper')).toEqual([
      { code: 'hard-bound', edge: 'upper', bound: 1, bestAtEdge: false },
    ])
    expect(stoppingBound(view(soft), soft, best!, 'lower')).toEqual([])
    expect(stoppingBound(view(float(-1, 1)), float(-0.5, 0.5), best!, 'lower')).toEqual([])
    expect(stoppingBound(view(float(-1, 1)), float(-0.5, 1), best!, 'upper')).toHaveLength(1)
    // A soft range would not go below zero either.
    expect(stoppingBound(view(float(0, 1)), float(0, 1), best!, 'lower')).toEqual([])
    expect(stoppingBound(view(float(0, 1)), float(0, 1), best!, 'upper')).toHaveLength(1)
    const sizes = choice([8, 16, 32], { ordered: true })
    expect(stoppingBound({ root: sizes } as never, sizes, best!, 'upper')).toEqual([])
    expect(stoppingBound({ root: sizes } as never, float(-1, 1), best!, 'upper')).toEqual([])
    expect(stoppingBound(view(float(-1, 1)), sizes, best!, 'upper')).toEqual([])
  })
})
