import { log } from '../numerics/elementary.ts'
import type { Distribution, FloatDistribution, IntDistribution } from '../space/distribution.ts'
import { subrange } from '../space/subrange.ts'
import { logEnds } from '../space/unit-scale.ts'
import type { Evidence } from './evidence.ts'
import { type AxisView, type Placed, SIGNIFICANCE } from './narrow-axis.ts'
import type { Edge, NarrowReason, NarrowRemark } from './narrow-decision.ts'

/** The share of the range at each end that counts as its edge. */
const EDGE = 0.1
/** How far past an edge a log range goes: an optimum two decades outside lies well within it. */
const DECADES_PAST_EDGE = 3
/** How far past an edge the others go, in units of their width on their own scale. */
const WIDTHS_PAST_EDGE = 0.5

/**
 * The edge where the effect is lowest, if the best trials crowd towards it by more than chance and reach it: an
 * adaptive stage's trials crowd where they are, and say nothing of an edge far away. Else null.
 */
export function edgeOf(placed: readonly Placed[], lowest: number, { below, above }: Evidence): Edge | null {
  const reached = Math.max(EDGE, 3 / placed.length)
  const reaches = (distance: (place: number) => number): boolean =>
    placed.some(({ isElite, place }) => isElite && distance(place) < reached)
  const near = edgeNear(lowest)
  if (near === 'lower' && below < SIGNIFICANCE && reaches((place) => place)) return near
  if (near === 'upper' && above < SIGNIFICANCE && reaches((place) => 1 - place)) return near
  return null
}

/** The edge that a place of a range belongs to; null between them. */
export function edgeNear(place: number): Edge | null {
  if (place < EDGE) return 'lower'
  return place > 1 - EDGE ? 'upper' : null
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

/** Whether `after` reaches farther at that side than `before`. */
export function goesPast(before: Distribution, after: Distribution, edge: Edge): boolean {
  if (!isRange(before) || !isRange(after)) return false
  return edge === 'lower' ? after.low < before.low : after.high > before.high
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
    bestAtEdge: isAtEdge(best, edge),
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
      bestAtEdge: isAtEdge(best, edge),
    },
  ]
}

function isAtEdge({ place }: Placed, edge: Edge): boolean {
  return edge === 'lower' ? place < EDGE : place > 1 - EDGE
}

function reachOf(before: Distribution, after: Distribution, edge: Edge) {
  if (!isRange(before) || !isRange(after)) return { unit: 'widths', amount: 0 } as const
  const [from, to] = edge === 'lower' ? [after.low, before.low] : [before.high, after.high]
  if (before.log) return { unit: 'decades', amount: (log(to) - log(from)) / Math.LN10 } as const
  return { unit: 'widths', amount: (to - from) / (before.high - before.low) } as const
}

function isRange(distribution: Distribution): distribution is FloatDistribution | IntDistribution {
  return distribution.kind === 'float' || distribution.kind === 'int'
}
