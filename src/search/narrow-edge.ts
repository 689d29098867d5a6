import { log } from '../numerics/elementary.ts'
import {
  type Distribution,
  type FloatDistribution,
  type IntDistribution,
  isRange,
} from '../space/distribution.ts'
import { subrange } from '../space/subrange.ts'
import { countValues, logEnds, toUnit, valueAt } from '../space/unit-scale.ts'
import type { Evidence } from './evidence.ts'
import { type AxisView, type Placed, SIGNIFICANCE } from './narrow-axis.ts'
import type { Edge, NarrowReason, NarrowRemark } from './narrow-decision.ts'

/** The share of the range at each end that counts as its edge, at least. */
const EDGE = 0.1
/** How far past an edge a log range goes: an optimum two decades outside lies well within it. */
const DECADES_PAST_EDGE = 3
/** How far past an edge the others go, in units of their width on their own scale. */
const WIDTHS_PAST_EDGE = 0.5

/**
 * The edge where the effect is lowest, if the best trials crowd towards it by more than chance and reach it: an
 * adaptive stage's trials crowd where they are, and say nothing of an edge far away. Else null.
 */
export function edgeOf(
  range: Distribution,
  placed: readonly Placed[],
  lowest: number,
  { below, above }: Evidence,
): Edge | null {
  const near = edgeNear(range, lowest)
  if (near === null || !((near === 'lower' ? below : above) < SIGNIFICANCE)) return null
  const reached = Math.max(edgeWidth(range, near), 3 / placed.length)
  const reaches = placed.some(({ isElite, place }) => isElite && distanceFrom(near, place) < reached)
  return reaches ? near : null
}

/** The edge that a place of a range belongs to; null between them. */
export function edgeNear(range: Distribution, place: number): Edge | null {
  if (isAtEdge(range, place, 'lower')) return 'lower'
  return isAtEdge(range, place, 'upper') ? 'upper' : null
}

/** Whether a place of a range counts as that edge: within a tenth of it, or on the end value of few. */
export function isAtEdge(range: Distribution, place: number, edge: Edge): boolean {
  const width = edgeWidth(range, edge)
  return edge === 'lower' ? place < width : place > 1 - width
}

function distanceFrom(edge: Edge, place: number): number {
  return edge === 'lower' ? place : 1 - place
}

/** The share of the range that counts as its edge: of few values none lies within a tenth of it, so that of the last one. */
function edgeWidth(range: Distribution, edge: Edge): number {
  const count = countValues(range)
  if (!isRange(range) || count === Infinity) return Math.max(EDGE, 1 / count)
  const half = (range.step ?? 1) / 2
  const border = edge === 'lower' ? range.low + half : lastOf(range) - half
  return Math.max(EDGE, distanceFrom(edge, toUnit(range, border)))
}

/**
 * How far past an edge a range goes, in units of its width; 0 where it can't. Less where the edge is one that an
 * earlier narrowing drew: what lies past it has been looked at.
 */
export function reachPastEdge(range: Distribution, root: Distribution, edge: Edge): number {
  if (!isRange(range)) return 0
  const drawnByNarrowing = goesPast(range, root, edge)
  if (range.hard && !drawnByNarrowing) return 0
  if (!range.log || range.kind === 'int' || drawnByNarrowing) return WIDTHS_PAST_EDGE
  const [start, end] = logEnds(range)
  return (DECADES_PAST_EDGE * Math.LN10) / (end - start)
}

/** Whether `after` has values farther out at that side than `before`. */
export function goesPast(before: Distribution, after: Distribution, edge: Edge): boolean {
  if (!isRange(before) || !isRange(after)) return false
  return edge === 'lower' ? after.low < before.low : lastOf(after) > lastOf(before)
}

/** The highest value of a range: its high bound, if a step comes to that. */
function lastOf(range: FloatDistribution | IntDistribution): number {
  const count = countValues(range)
  return count === Infinity ? range.high : Number(valueAt(range, count - 1))
}

/** Why the range went past an edge, and how far: in decades on a log scale, else in widths. */
export function pastEdge(
  best: Placed,
  name: string,
  edge: Edge,
  before: Distribution,
  after: Distribution,
  pValue: number,
): NarrowReason {
  return {
    code: 'past-edge',
    pValue,
    edge,
    best: best.trial.params[name]!,
    bestAtEdge: isAtEdge(before, best.place, edge),
    reach: reachOf(before, after, edge),
  }
}

/** That a declared hard bound is what stops the search, if a soft one would have been passed. */
export function stoppingBound(
  { root }: AxisView,
  before: Distribution,
  best: Placed,
  edge: Edge,
): NarrowRemark[] {
  if (!isRange(before) || !isRange(root) || !root.hard || goesPast(before, root, edge)) return []
  const soft = { ...root, hard: false }
  const past = edge === 'lower' ? subrange(soft, -1, 1) : subrange(soft, 0, 2)
  if (!goesPast(root, past, edge)) return []
  return [
    {
      code: 'hard-bound',
      edge,
      bound: edge === 'lower' ? root.low : root.high,
      bestAtEdge: isAtEdge(before, best.place, edge),
    },
  ]
}

function reachOf(before: Distribution, after: Distribution, edge: Edge) {
  if (!isRange(before) || !isRange(after)) return { unit: 'widths', amount: 0 } as const
  const [from, to] = edge === 'lower' ? [after.low, before.low] : [before.high, after.high]
  if (before.log) return { unit: 'decades', amount: (log(to) - log(from)) / Math.LN10 } as const
  return { unit: 'widths', amount: (to - from) / (before.high - before.low) } as const
}
