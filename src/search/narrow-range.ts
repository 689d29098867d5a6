import type { Distribution } from '../space/distribution.ts'
import { rounded } from '../space/rounded.ts'
import { subrange } from '../space/subrange.ts'
import { logEnds, toUnit } from '../space/unit-scale.ts'
import { lowestPlace, nearlyLowest } from './effect-profile.ts'
import { chanceOfSoFew, type Evidence, evidence } from './evidence.ts'
import { type AxisView, keptBecause, SIGNIFICANCE } from './narrow-axis.ts'
import type { ParameterDecision } from './narrow-decision.ts'
import { describeReach, describeShare, figure, valueText } from './narrow-words.ts'
import type { PastTrial } from './sampler.ts'

/** The share of the range at each end that counts as its edge. */
const EDGE = 0.1
/** How far past an edge a log range goes: an optimum two decades outside lies well within it. */
const DECADES_PAST_EDGE = 3
/** How far past an edge the others go, in units of their width on their own scale. */
const WIDTHS_PAST_EDGE = 0.5
const LEAST_ELITE = 3

/** A trial on one axis. */
interface Placed {
  readonly place: number
  readonly isElite: boolean
  readonly trial: PastTrial
}

type Edge = 'lower' | 'upper'

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
    return keptBecause(name, before, `only ${elite.length} of the best trials have it: too few to tell`)
  }
  const found = evidence(
    placed.map(({ place }) => place),
    placed.map(({ isElite }) => isElite),
    view.streamName,
  )
  const pValue = found.anywhere
  const divergence = describeDivergence(placed, name)
  const lowest = lowestPlace(profile)
  const [start, end] = eliteBox(placed, elite, margin, profile)
  const value = best.trial.params[name]
  const figures = { pValue, margin, ...(typeof value === 'number' ? { best: value } : {}) }

  const edge = edgeOf(placed, lowest, found)
  if (edge !== null) {
    const past = reachPastEdge(before, view.root, edge)
    const after =
      edge === 'lower'
        ? subrange(before, Math.min(-past, start), end)
        : subrange(before, start, Math.max(1 + past, end))
    if (goesPast(before, after, edge)) {
      const action = (edge === 'lower' ? end < 1 : start > 0) ? 'moved' : 'extended'
      const reach = describeReach(before, after, edge)
      const reason = `${describeEdge(best, name, edge)}: ${action} ${reach.text} ${edge === 'lower' ? 'below' : 'above'} it${divergence}`
      return { name, action, before, after, reason, figures: { ...figures, ...reach.figures } }
    }
  }
  if (pValue > SIGNIFICANCE) {
    const reason = `the best trials look like the whole range (p = ${figure(pValue)})${divergence}`
    return keptBecause(name, before, reason, { pValue })
  }
  const after = subrange(before, start, end)
  if (JSON.stringify(after) === JSON.stringify(before)) {
    const reason = `too few trials lie outside of the best ones to drop a side${divergence}`
    return keptBecause(name, before, reason, { pValue })
  }
  if (start < 0 || end > 1) {
    const reason = `a trial of the whole range, among the best, lies outside of it: extended to ${valueText(outermost(elite, name))}`
    return { name, action: 'extended', before, after, reason, figures }
  }
  const share = end - start
  const reason = `${describeShare(before, share)}${divergence}`
  return { name, action: 'narrowed', before, after, reason, figures: { ...figures, share } }
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
  if ((range.kind !== 'float' && range.kind !== 'int') || range.hard) return 0
  if (!range.log || range.kind === 'int' || goesPast(range, root, edge)) return WIDTHS_PAST_EDGE
  const [start, end] = logEnds(range)
  return (DECADES_PAST_EDGE * Math.LN10) / (end - start)
}

/** Whether `after` reaches farther at that side than `before`. */
function goesPast(before: Distribution, after: Distribution, edge: Edge): boolean {
  if (before.kind !== 'float' && before.kind !== 'int') return false
  if (after.kind !== 'float' && after.kind !== 'int') return false
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

function outermost(elite: readonly Placed[], name: string): string | number | boolean {
  const far = elite.reduce((a, b) => (Math.abs(b.place - 0.5) > Math.abs(a.place - 0.5) ? b : a))
  return far.trial.params[name]!
}

/** What the edge is known by: the best trial itself, or the trend of all. */
function describeEdge({ place, trial }: Placed, name: string, edge: Edge): string {
  const value = valueText(trial.params[name]!)
  const atEdge = edge === 'lower' ? place < EDGE : place > 1 - EDGE
  return atEdge ? `best ${value} lies at the ${edge} edge` : `better up to the ${edge} edge (best ${value})`
}

/** Where the trials diverged, if that is all at one side by more than chance: "; all 9 diverged trials lie above 0.3". */
function describeDivergence(placed: readonly Placed[], name: string): string {
  const diverged = placed.filter(({ trial }) => trial.state === 'diverged').sort((a, b) => a.place - b.place)
  const low = diverged[0]
  const high = diverged.at(-1)
  if (low === undefined || high === undefined || diverged.length < 2) return ''
  const from = low.trial.params[name]
  const to = high.trial.params[name]
  if (typeof from !== 'number' || typeof to !== 'number') return ''
  const who = `; all ${diverged.length} diverged trials lie`
  const under = placed.filter(({ place }) => place < low.place).length
  if (chanceOfNone(under, diverged.length, placed.length) < SIGNIFICANCE) {
    return `${who} above ${figure(rounded(from, 2, -1))}`
  }
  const over = placed.filter(({ place }) => place > high.place).length
  if (chanceOfNone(over, diverged.length, placed.length) < SIGNIFICANCE) {
    return `${who} below ${figure(rounded(to, 2, 1))}`
  }
  return ''
}
