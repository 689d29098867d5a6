import { log } from '../numerics/elementary.ts'
import type { Distribution, FloatDistribution, IntDistribution } from '../space/distribution.ts'
import { subrange } from '../space/subrange.ts'
import { logEnds, toUnit } from '../space/unit-scale.ts'
import { lowestPlace, nearlyLowest } from './effect-profile.ts'
import { chanceOfSoFew, type Evidence, evidence } from './evidence.ts'
import { type AxisView, keptBecause, LEAST_ELITE, SIGNIFICANCE } from './narrow-axis.ts'
import type { Edge, NarrowReason, NarrowRemark, ParameterDecision } from './narrow-decision.ts'
import type { PastTrial } from './sampler.ts'

/** The share of the range at each end that counts as its edge. */
const EDGE = 0.1
/** How far past an edge a log range goes: an optimum two decades outside lies well within it. */
const DECADES_PAST_EDGE = 3
/** How far past an edge the others go, in units of their width on their own scale. */
const WIDTHS_PAST_EDGE = 0.5

/** A trial on one axis. */
interface Placed {
  readonly place: number
  readonly isElite: boolean
  readonly trial: PastTrial
}

/**
 * Narrows, moves or extends a range, or an ordered list of choices, to where the best trials lie; leaves it alone
 * without evidence. `profile` is the parameter's effect, from `effectProfiles`.
 */
export function narrowRange(view: AxisView, before: Distribution, profile: Float64Array): ParameterDecision {
  const { name, margin } = view
  const placed = placedTrials(view, before)
  const elite = placed.filter(({ isElite }) => isElite)
  const best = elite[0]
  if (best === undefined || elite.length < LEAST_ELITE) {
    return keptBecause(name, before, { code: 'too-few-elite', elite: elite.length })
  }
  const found = evidence(
    placed.map(({ place }) => place),
    placed.map(({ isElite }) => isElite),
    view.streamName,
  )
  const pValue = found.anywhere
  const remarks = divergedSide(placed, name)
  const lowest = lowestPlace(profile)
  const [start, end] = eliteBox(placed, elite, margin, profile)

  const edge = edgeOf(placed, lowest, found)
  if (edge !== null) {
    const past = reachPastEdge(before, view.root, edge)
    const after =
      edge === 'lower'
        ? subrange(before, Math.min(-past, start), end)
        : subrange(before, start, Math.max(1 + past, end))
    if (goesPast(before, after, edge)) {
      const action = (edge === 'lower' ? end < 1 : start > 0) ? 'moved' : 'extended'
      const reason = pastEdge(best, name, edge, before, after, pValue)
      return { name, action, before, after, reason, remarks }
    }
  }
  if (pValue > SIGNIFICANCE) return keptBecause(name, before, { code: 'no-trend', pValue }, remarks)
  const after = subrange(before, start, end)
  if (JSON.stringify(after) === JSON.stringify(before)) {
    return keptBecause(name, before, { code: 'ends-untested', pValue }, remarks)
  }
  if (start < 0 || end > 1) {
    const outermost = outermostOf(elite).trial.params[name]!
    const reason = { code: 'elite-outside', pValue, outermost } as const
    return { name, action: 'extended', before, after, reason, remarks }
  }
  const share = end - start
  const reason = { code: 'concentrated', pValue, share, best: best.trial.params[name]! } as const
  return { name, action: 'narrowed', before, after, reason, remarks }
}

function placedTrials({ name, ranked, elite }: AxisView, before: Distribution): Placed[] {
  return ranked.flatMap((trial, rank) => {
    const value = trial.params[name]
    const place = value === undefined ? Number.NaN : toUnit(before, value)
    return Number.isNaN(place) ? [] : [{ trial, isElite: rank < elite, place }]
  })
}

/**
 * The edge where the effect is lowest, if the best trials crowd towards it by more than chance and reach it: an
 * adaptive stage's trials crowd where they are, and say nothing of an edge far away. Else null.
 */
function edgeOf(placed: readonly Placed[], lowest: number, { below, above }: Evidence): Edge | null {
  const reached = Math.max(EDGE, 3 / placed.length)
  const reaches = (distance: (place: number) => number): boolean =>
    placed.some(({ isElite, place }) => isElite && distance(place) < reached)
  if (below < SIGNIFICANCE && lowest < EDGE && reaches((place) => place)) return 'lower'
  if (above < SIGNIFICANCE && lowest > 1 - EDGE && reaches((place) => 1 - place)) return 'upper'
  return null
}

/**
 * How far past an edge a range goes, in units of its width; 0 where it can't. Less where the edge is one that an
 * earlier narrowing drew: what lies past it has been looked at.
 */
function reachPastEdge(range: Distribution, root: Distribution, edge: Edge): number {
  if (!isRange(range) || range.hard) return 0
  if (!range.log || range.kind === 'int' || goesPast(range, root, edge)) return WIDTHS_PAST_EDGE
  const [start, end] = logEnds(range)
  return (DECADES_PAST_EDGE * Math.LN10) / (end - start)
}

/** Whether `after` reaches farther at that side than `before`. */
function goesPast(before: Distribution, after: Distribution, edge: Edge): boolean {
  if (!isRange(before) || !isRange(after)) return false
  return edge === 'lower' ? after.low < before.low : after.high > before.high
}

/**
 * The box of the best trials and of where the effect is hardly above its lowest, widened by the margin; a side is
 * dropped only if so many trials lie there that one of the best would have been among them but for chance.
 */
function eliteBox(
  placed: readonly Placed[],
  elite: readonly Placed[],
  margin: number,
  profile: Float64Array,
): readonly [number, number] {
  const places = elite.map(({ place }) => place)
  const [from, to] = nearlyLowest(profile)
  const least = Math.min(from, ...places)
  const most = Math.max(to, ...places)
  const slack = margin * (most - least) + 1 / placed.length
  const under = placed.filter(({ place }) => place < least).length
  const over = placed.filter(({ place }) => place > most).length
  const start =
    chanceOfNone(under, elite.length, placed.length) < SIGNIFICANCE ? Math.max(0, least - slack) : 0
  const end = chanceOfNone(over, elite.length, placed.length) < SIGNIFICANCE ? Math.min(1, most + slack) : 1
  return [Math.min(start, least), Math.max(end, most)]
}

function chanceOfNone(outside: number, chosen: number, all: number): number {
  return chanceOfSoFew(0, outside, chosen, all)
}

function outermostOf(elite: readonly Placed[]): Placed {
  return elite.reduce((a, b) => (Math.abs(b.place - 0.5) > Math.abs(a.place - 0.5) ? b : a))
}

/** Why the range went past an edge, and how far: in decades on a log scale, else in widths. */
function pastEdge(
  { place, trial }: Placed,
  name: string,
  edge: Edge,
  before: Distribution,
  after: Distribution,
  pValue: number,
): NarrowReason {
  const bestAtEdge = edge === 'lower' ? place < EDGE : place > 1 - EDGE
  return {
    code: 'past-edge',
    pValue,
    edge,
    best: trial.params[name]!,
    bestAtEdge,
    reach: reachOf(before, after, edge),
  }
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

/** Where the trials diverged, if all of them lie on one side by more than chance. */
function divergedSide(placed: readonly Placed[], name: string): NarrowRemark[] {
  const diverged = placed.filter(({ trial }) => trial.state === 'diverged').sort((a, b) => a.place - b.place)
  const low = diverged[0]
  const high = diverged.at(-1)
  if (low === undefined || high === undefined || diverged.length < 2) return []
  const from = low.trial.params[name]
  const to = high.trial.params[name]
  if (typeof from !== 'number' || typeof to !== 'number') return []
  const count = diverged.length
  const under = placed.filter(({ place }) => place < low.place).length
  if (chanceOfNone(under, count, placed.length) < SIGNIFICANCE) {
    return [{ code: 'diverged-side', count, side: 'above', from }]
  }
  const over = placed.filter(({ place }) => place > high.place).length
  if (chanceOfNone(over, count, placed.length) < SIGNIFICANCE) {
    return [{ code: 'diverged-side', count, side: 'below', from: to }]
  }
  return []
}
