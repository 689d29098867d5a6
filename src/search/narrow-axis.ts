import type { CategoricalDistribution, Distribution, ParamValue } from '../space/distribution.ts'
import { rounded } from '../space/rounded.ts'
import { subrange } from '../space/subrange.ts'
import { logEnds, toUnit } from '../space/unit-scale.ts'
import { lowestPlace } from './effect-profile.ts'
import { chanceOfSoFew, evidence } from './evidence.ts'
import type { ParameterDecision } from './narrow-decision.ts'
import type { PastTrial } from './sampler.ts'

/** One parameter of the trials to narrow by. */
export interface AxisView {
  readonly name: string
  readonly before: Distribution
  /** All trials, best first. */
  readonly ranked: readonly PastTrial[]
  /** How many of them are the best. */
  readonly elite: number
  readonly margin: number
  readonly streamName: readonly (string | number)[]
}

/** Chances below this count as evidence. */
const SIGNIFICANCE = 0.05
/** The share of the range at each end that counts as its edge. */
const EDGE = 0.1
/** How far past an edge a log range goes: an optimum two decades outside lies well within it. */
const DECADES_PAST_EDGE = 3
/** How far past an edge the others go, in units of their width. */
const WIDTHS_PAST_EDGE = 0.5

/** A parameter left as it is, and why. */
export function keptBecause(
  name: string,
  before: Distribution,
  reason: string,
  figures: Readonly<Record<string, number>> = {},
): ParameterDecision {
  return { name, action: 'kept', before, after: before, reason, figures }
}

/** A trial on one axis. */
interface Placed {
  readonly place: number
  readonly isElite: boolean
  readonly trial: PastTrial
}

/**
 * Narrows, moves or extends a range, or an ordered list of choices, to where the best trials lie; leaves it alone
 * without evidence. `profile` is the parameter's effect.
 */
export function narrowRange(view: AxisView, profile: Float64Array): ParameterDecision {
  const { name, before, margin, streamName } = view
  const placed: Placed[] = view.ranked
    .map((trial, rank) => ({ trial, isElite: rank < view.elite, place: placeOf(before, trial.params[name]) }))
    .filter(({ place }) => !Number.isNaN(place))
  const elite = placed.filter(({ isElite }) => isElite)
  const best = elite[0]
  if (best === undefined || elite.length < 3) {
    return keptBecause(name, before, `only ${elite.length} of the best trials have it: too few to tell`)
  }
  const {
    anywhere: pValue,
    below,
    above,
  } = evidence(
    placed.map(({ place }) => place),
    placed.map(({ isElite }) => isElite),
    streamName,
  )
  const divergence = describeDivergence(placed, name)
  const lowest = lowestPlace(profile)
  const edge = edgeOf(best.place, lowest, below, above)
  const past = edge === null ? 0 : reachPastEdge(before)
  if (pValue > SIGNIFICANCE && past === 0) {
    return keptBecause(
      name,
      before,
      `the best trials look like the whole range (p = ${figure(pValue)})${divergence}`,
      {
        pValue,
      },
    )
  }
  const [start, end] = eliteBox(placed, elite, margin, lowest)
  const wanted = past === 0 ? [start, end] : edge === 'lower' ? [-past, end] : [start, 1 + past]
  const after = subrange(before, wanted[0]!, wanted[1]!)
  const figures = { pValue, margin, best: Number(best.trial.params[name]) }
  if (sameRange(before, after)) {
    return keptBecause(
      name,
      before,
      `too few trials lie outside of the best ones to drop a side${divergence}`,
      { pValue },
    )
  }
  if (past > 0 && edge !== null) {
    return pastEdge({
      divergence,
      name,
      before,
      after,
      edge,
      past,
      best,
      figures,
      cut: edge === 'lower' ? end < 1 : start > 0,
    })
  }
  if (start < 0 || end > 1) {
    const reason = `best trials from the whole range lie outside of it: extended to ${valueText(best.trial.params[name]!)}`
    return { name, action: 'extended', before, after, reason, figures }
  }
  const share = end - start
  return {
    name,
    action: 'narrowed',
    before,
    after,
    reason: `${describeWidth(before, share)}${divergence}`,
    figures: { ...figures, share },
  }
}

/**
 * The edge that the best lies at: the best trial or the lowest place of the effect does, the effect is lowest at that
 * side, and the best trials crowd towards it by more than chance. Null if none.
 */
function edgeOf(best: number, lowest: number, below: number, above: number): 'lower' | 'upper' | null {
  if (below < SIGNIFICANCE && lowest < EDGE) return 'lower'
  if (above < SIGNIFICANCE && lowest > 1 - EDGE) return 'upper'
  void best
  return null
}

/**
 * The box of the best trials and of the effect's lowest place, widened by the margin; a side is dropped only if so
 * many trials lie there that one of the best would have been among them but for chance.
 */
function eliteBox(
  placed: readonly Placed[],
  elite: readonly Placed[],
  margin: number,
  lowest: number,
): readonly [number, number] {
  const places = elite.map(({ place }) => place)
  const least = Math.min(lowest, ...places)
  const most = Math.max(lowest, ...places)
  const slack = margin * (most - least) + 1 / placed.length
  const chanceOfNone = (outside: number): number => chanceOfSoFew(0, outside, elite.length, placed.length)
  const under = placed.filter(({ place }) => place < least).length
  const over = placed.filter(({ place }) => place > most).length
  const start = chanceOfNone(under) < SIGNIFICANCE ? Math.max(0, least - slack) : 0
  const end = chanceOfNone(over) < SIGNIFICANCE ? Math.min(1, most + slack) : 1
  return [Math.min(start, least), Math.max(end, most)]
}

interface PastEdge {
  readonly name: string
  readonly before: Distribution
  readonly after: Distribution
  readonly edge: 'lower' | 'upper'
  readonly past: number
  readonly best: Placed
  readonly cut: boolean
  /** A clause to add, or nothing. */
  readonly divergence: string
  readonly figures: Readonly<Record<string, number>>
}

function pastEdge({
  divergence,
  name,
  before,
  after,
  edge,
  past,
  best,
  cut,
  figures,
}: PastEdge): ParameterDecision {
  const distance = describeDistance(before, past)
  const verb = cut ? 'moved' : 'extended'
  const side = edge === 'lower' ? 'below' : 'above'
  return {
    name,
    action: verb,
    before,
    after,
    reason: `best ${valueText(best.trial.params[name]!)} lies at the ${edge} edge: ${verb} ${distance.text} ${side} it${divergence}`,
    figures: { ...figures, ...distance.figures },
  }
}

/** Drops the choices that too few of the best trials have for it to be chance. */
export function narrowChoices(view: AxisView): ParameterDecision {
  const { name, ranked } = view
  const before = view.before as CategoricalDistribution
  const having = ranked.filter((trial) => trial.params[name] !== undefined)
  const elite = ranked.slice(0, view.elite).filter((trial) => trial.params[name] !== undefined)
  const rejected: ParamValue[] = []
  let least = 1
  for (const choice of before.choices) {
    const tried = having.filter((trial) => trial.params[name] === choice).length
    const hits = elite.filter((trial) => trial.params[name] === choice).length
    const pValue = chanceOfSoFew(hits, tried, elite.length, having.length)
    least = Math.min(least, pValue)
    if (hits === 0 && pValue < SIGNIFICANCE / before.choices.length) rejected.push(choice)
  }
  const choices = before.choices.filter((choice) => !rejected.includes(choice))
  if (rejected.length === 0 || choices.length === 0) {
    return keptBecause(
      name,
      before,
      `no choice is missing from the best trials by more than chance (p = ${figure(least)})`,
      { pValue: least },
    )
  }
  return {
    name,
    action: 'reduced',
    before,
    after: { ...before, choices },
    reason: `none of the best ${elite.length} trials has ${rejected.map(String).join(', ')} (p = ${figure(least)})`,
    figures: { pValue: least },
  }
}

/** Where the trials diverged, if that is all at one side by more than chance: "; all 9 diverged trials lie above 0.3". */
function describeDivergence(placed: readonly Placed[], name: string): string {
  const diverged = placed.filter(({ trial }) => trial.state === 'diverged')
  const first = diverged.reduce((low, trial) => (trial.place < low.place ? trial : low), diverged[0]!)
  const last = diverged.reduce((high, trial) => (trial.place > high.place ? trial : high), diverged[0]!)
  if (diverged.length < 2) return ''
  const values = { low: first.trial.params[name], high: last.trial.params[name] }
  if (typeof values.low !== 'number' || typeof values.high !== 'number') return ''
  const chance = (outside: number): number => chanceOfSoFew(0, outside, diverged.length, placed.length)
  const who = `; all ${diverged.length} diverged trials lie`
  if (chance(placed.filter(({ place }) => place < first.place).length) < SIGNIFICANCE) {
    return `${who} above ${figure(rounded(values.low, 2, -1))}`
  }
  if (chance(placed.filter(({ place }) => place > last.place).length) < SIGNIFICANCE) {
    return `${who} below ${figure(rounded(values.high, 2, 1))}`
  }
  return ''
}

function placeOf(distribution: Distribution, value: ParamValue | undefined): number {
  return value === undefined ? NaN : toUnit(distribution, value)
}

/** How far past an edge the range goes, in units of its width; 0 where it can't. */
function reachPastEdge(range: Distribution): number {
  if (range.kind !== 'float' && range.kind !== 'int') return 0
  if (range.hard) return 0
  if (!range.log || range.kind === 'int') return WIDTHS_PAST_EDGE
  const [start, end] = logEnds(range)
  return (DECADES_PAST_EDGE * Math.LN10) / (end - start)
}

function sameRange(a: Distribution, b: Distribution): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function describeDistance(
  range: Distribution,
  past: number,
): { text: string; figures: Record<string, number> } {
  if ((range.kind === 'float' || range.kind === 'int') && range.log) {
    const [start, end] = logEnds(range)
    const movedDecades = (past * (end - start)) / Math.LN10
    return { text: `${figure(movedDecades)} decades`, figures: { movedDecades } }
  }
  return { text: `${figure(past)} of its width`, figures: { movedWidths: past } }
}

function describeWidth(range: Distribution, width: number): string {
  if ((range.kind === 'float' || range.kind === 'int') && range.log) {
    const [start, end] = logEnds(range)
    const decades = (end - start) / Math.LN10
    return `narrowed to ${figure(width * decades)} of ${figure(decades)} decades`
  }
  return `narrowed to ${Math.round(width * 100)} % of the range`
}

/** A value of a parameter as people write it. */
function valueText(value: ParamValue): string {
  return typeof value === 'number' ? figure(value) : String(value)
}

/** Two significant digits, with an exponent where it is shorter to read. */
export function figure(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e')
  return String(Number(value.toPrecision(2)))
}
