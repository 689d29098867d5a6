import { describe, expect, it } from 'vitest'
import type { Placed } from '../../src/search/narrow-axis.ts'
import { edgeNear, edgeOf, goesPast, reachPastEdge, stoppingBound } from '../../src/search/narrow-edge.ts'
import { float } from '../../src/space/constructors.ts'
import { pastTrial } from '../../src/testing/requests.ts'

/** The best trials at these places of 100, the others spread evenly. */
function placed(best: readonly number[]): Placed[] {
  const others = Array.from({ length: 100 - best.length }, (_, i) => (i + 0.5) / 100)
  return [...best, ...others].map((place, number) => ({
    place,
    isElite: number < best.length,
    trial: pastTrial(number, { x: place }, number),
  }))
}

const NONE = { anywhere: 1, below: 1, above: 1 }
const BELOW = { ...NONE, below: 0.01 }
const ABOVE = { ...NONE, above: 0.01 }

describe('the edge that the best trials crowd towards', () => {
  it('is one where the effect is lowest, with evidence for its side, that one of the best reaches', () => {
    expect(edgeOf(placed([0.05, 0.2, 0.3]), 0, BELOW)).toBe('lower')
    expect(edgeOf(placed([0.95, 0.8, 0.7]), 1, ABOVE)).toBe('upper')
  })

  it('is none without evidence for that side', () => {
    expect(edgeOf(placed([0.05, 0.2, 0.3]), 0, NONE)).toBeNull()
    expect(edgeOf(placed([0.05, 0.2, 0.3]), 0, ABOVE)).toBeNull()
    expect(edgeOf(placed([0.95, 0.8, 0.7]), 1, NONE)).toBeNull()
    expect(edgeOf(placed([0.95, 0.8, 0.7]), 1, BELOW)).toBeNull()
  })

  it('is none where the best do not reach it, or where the effect is lowest elsewhere', () => {
    expect(edgeOf(placed([0.2, 0.3, 0.4]), 0, BELOW)).toBeNull()
    expect(edgeOf(placed([0.8, 0.7, 0.6]), 1, ABOVE)).toBeNull()
    expect(edgeOf(placed([0.05, 0.2, 0.3]), 0.5, BELOW)).toBeNull()
    expect(edgeOf(placed([0.95, 0.8, 0.7]), 0.5, ABOVE)).toBeNull()
  })

  it('has a tenth of the range', () => {
    expect([0.09, 0.11, 0.89, 0.91].map(edgeNear)).toEqual(['lower', null, null, 'upper'])
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
  })
})
