import type { Distribution } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { isFlat, lowestPlace, nearlyLowest } from './effect-profile.ts'
import { chanceOfSoFew, evidence } from './evidence.ts'
import { type AxisView, keptBecause, LEAST_ELITE, type Placed, SIGNIFICANCE } from './narrow-axis.ts'
import type { NarrowRemark, ParameterDecision } from './narrow-decision.ts'
import { type Drift, driftOf } from './narrow-drift.ts'
import { edgeOf, goesPast, pastEdge, reachPastEdge, stoppingBound } from './narrow-edge.ts'
import { hasSameValues, partOf, placeWithin, shareLeft } from './narrow-part.ts'

/**
 * Narrows, moves or extends a range, or an ordered list of choices, to where the best trials lie; leaves it alone
 * without evidence. `profile` is the parameter's effect, from `effectProfiles`.
 */
export function narrowRange(view: AxisView, before: Distribution, profile: Float64Array): ParameterDecision {
  const { name } = view
  const placed = placedTrials(view, before)
  const elite = placed.filter(({ isElite }) => isElite)
  if (elite.length < LEAST_ELITE) {
    return keptBecause(name, before, { code: 'too-few-elite', elite: elite.length })
  }
  const best = elite[0]!
  const found = evidence(
    placed.map(({ place }) => place),
    placed.map(({ isElite }) => isElite),
    view.streamName,
  )
  const pValue = found.anywhere
  const drift = driftOf(view, before)
  const box = eliteBox(placed, elite, view.margin, profile, drift)
  const { start, end } = box
  const edge = isFlat(profile) ? null : edgeOf(before, placed, lowestPlace(profile), found)
  const remarks = [...divergedSide(placed, name), ...box.remarks]
  if (edge !== null) {
    const past = reachPastEdge(before, view.root, edge)
    const after =
      edge === 'lower'
        ? partOf(before, Math.min(-past, start), end, view.root)
        : partOf(before, start, Math.max(1 + past, end), view.root)
    if (goesPast(before, after, edge)) {
      const isFarCut = goesPast(after, before, edge === 'lower' ? 'upper' : 'lower')
      const action = isFarCut ? 'moved' : 'extended'
      const reason = pastEdge(best, name, edge, before, after, pValue)
      return { name, action, before, after, reason, remarks }
    }
    remarks.push(...stoppingBound(view, before, best, edge))
  }
  const isOutside = start < 0 || end > 1
  const hasTrend = pValue <= SIGNIFICANCE && !isFlat(profile)
  // A choice that one of the best has comes back whatever the trend; without one, nothing is cut.
  if (!hasTrend && !(isOutside && before.kind === 'categorical')) {
    const code = pValue > SIGNIFICANCE ? 'no-trend' : 'flat'
    return keptBecause(name, before, { code, pValue }, remarks)
  }
  const after = hasTrend
    ? partOf(before, start, end, view.root)
    : partOf(before, Math.min(0, start), Math.max(1, end), view.root)
  if (hasSameValues(after, before)) {
    return keptBecause(name, before, { code: 'ends-untested', pValue }, remarks)
  }
  if (isOutside) {
    const outermost = outermostOf(elite).trial.params[name]!
    const reason = { code: 'elite-outside', pValue, outermost } as const
    return { name, action: 'extended', before, after, reason, remarks }
  }
  const share = shareLeft(before, after)
  const reason = { code: 'concentrated', pValue, share, best: best.trial.params[name]! } as const
  return { name, action: 'narrowed', before, after, reason, remarks }
}

/** The trials that have the parameter, best first, and where on its range. */
export function placedTrials({ name, root, ranked, eliteSize }: AxisView, before: Distribution): Placed[] {
  return ranked.flatMap((trial, rank) => {
    const value = own(trial.params, name)
    const place = value === undefined ? Number.NaN : placeWithin(before, root, value)
    return Number.isNaN(place) ? [] : [{ trial, isElite: rank < eliteSize, place }]
  })
}

/**
 * The box of the best trials and of where the effect is hardly above its lowest, widened by the margin. A side is
 * cut only if enough trials lie there that, by chance alone, one of the best would be among them, and if the best do not
 * move towards it as they train longer.
 */
function eliteBox(
  placed: readonly Placed[],
  elite: readonly Placed[],
  margin: number,
  profile: Float64Array,
  drift: Drift | null,
): { readonly start: number; readonly end: number; readonly remarks: readonly NarrowRemark[] } {
  const places = elite.map(({ place }) => place)
  const [from, to] = nearlyLowest(profile)
  const least = Math.min(from, ...places)
  const most = Math.max(to, ...places)
  const slack = margin * (most - least) + 1 / placed.length
  const canDrop = (beyond: (place: number) => boolean): boolean =>
    chanceOfNone(placed.filter(({ place }) => beyond(place)).length, elite.length, placed.length) <
    SIGNIFICANCE
  const cut = {
    lower: canDrop((place) => place < least) ? Math.max(0, least - slack) : 0,
    upper: canDrop((place) => place > most) ? Math.min(1, most + slack) : 1,
  }
  const spared = drift !== null && (drift.side === 'lower' ? cut.lower > 0 : cut.upper < 1)
  if (spared) cut[drift.side] = drift.side === 'lower' ? 0 : 1
  return {
    start: Math.min(cut.lower, least),
    end: Math.max(cut.upper, most),
    remarks: spared ? [{ code: 'drift', ...drift }] : [],
  }
}

function chanceOfNone(outside: number, chosen: number, all: number): number {
  return chanceOfSoFew(0, outside, chosen, all)
}

function outermostOf(elite: readonly Placed[]): Placed {
  return elite.reduce((a, b) => (Math.abs(b.place - 0.5) > Math.abs(a.place - 0.5) ? b : a))
}

/** Where the trials diverged, if all of them lie on one side by more than chance. */
function divergedSide(placed: readonly Placed[], name: string): NarrowRemark[] {
  const diverged = placed.filter(({ trial }) => trial.state === 'diverged').sort((a, b) => a.place - b.place)
  if (diverged.length < 2) return []
  const low = diverged[0]!
  const high = diverged.at(-1)!
  const from = own(low.trial.params, name)
  const to = own(high.trial.params, name)
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
