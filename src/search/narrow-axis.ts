import type { CategoricalDistribution, Distribution, ParamValue } from '../space/distribution.ts'
import { subrange } from '../space/subrange.ts'
import { logEnds, toUnit } from '../space/unit-scale.ts'
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

/** Chances below this count as evidence: one of twenty parameters without influence is narrowed by mistake. */
const SIGNIFICANCE = 0.05
/** The share of the range at each end that counts as its edge. */
const EDGE = 0.1
/** How far past an edge a log range goes: an optimum two decades outside lies well within it. */
const DECADES_PAST_EDGE = 3

/** A parameter left as it is, and why. */
export function keptBecause(
  name: string,
  before: Distribution,
  reason: string,
  figures: Readonly<Record<string, number>> = {},
): ParameterDecision {
  return { name, action: 'kept', before, after: before, reason, figures }
}

/** Narrows, moves or extends a range, or an ordered list of choices, to where the best trials lie. */
export function narrowRange(view: AxisView): ParameterDecision {
  const { name, before, margin } = view
  const placed = view.ranked
    .map((trial, rank) => ({ trial, isElite: rank < view.elite, place: placeOf(before, trial.params[name]) }))
    .filter(({ place }) => !Number.isNaN(place))
  const elite = placed.filter(({ isElite }) => isElite)
  if (elite.length < 3)
    return keptBecause(name, before, `only ${elite.length} of the best trials have it: too few to tell`)
  const pValue = evidence(
    placed.map(({ place }) => place),
    placed.map(({ isElite }) => isElite),
    view.streamName,
  )
  if (pValue > SIGNIFICANCE) {
    return keptBecause(name, before, `the best trials look like the whole range (p = ${figure(pValue)})`, {
      pValue,
    })
  }
  const places = elite.map(({ place }) => place)
  const [least, most] = [Math.min(...places), Math.max(...places)]
  const slack = margin * (most - least) + 0.5 / placed.length
  const start = Math.max(0, least - slack)
  const end = Math.min(1, most + slack)
  const best = places[0]!
  const edge = best < EDGE ? 'lower' : best > 1 - EDGE ? 'upper' : null
  const past = edge === null ? 0 : reachPastEdge(before)
  const wanted = edge === 'lower' ? [-past, end] : edge === 'upper' ? [start, 1 + past] : [start, end]
  const after = subrange(before, wanted[0]!, wanted[1]!)
  const figures: Record<string, number> = { pValue, margin, best: Number(elite[0]!.trial.params[name]) }
  if (edge !== null && past > 0 && !sameRange(before, after)) {
    const cut = edge === 'lower' ? end < 1 : start > 0
    const distance = describeDistance(before, past)
    const at = valueText(elite[0]!.trial.params[name]!)
    return {
      name,
      action: cut ? 'moved' : 'extended',
      before,
      after,
      reason: `best ${at} lies at the ${edge} edge: ${cut ? 'moved' : 'extended'} ${distance.text} ${edge === 'lower' ? 'below' : 'above'} it`,
      figures: { ...figures, ...distance.figures },
    }
  }
  if (sameRange(before, after)) {
    return keptBecause(name, before, 'the best trials span the whole range', { pValue })
  }
  const width = end - start
  return {
    name,
    action: 'narrowed',
    before,
    after,
    reason: describeWidth(before, width),
    figures: { ...figures, share: width },
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

function placeOf(distribution: Distribution, value: ParamValue | undefined): number {
  return value === undefined ? NaN : toUnit(distribution, value)
}

/** How far past an edge the range goes, in units of its width; 0 where it can't. */
function reachPastEdge(range: Distribution): number {
  if (range.kind !== 'float' && range.kind !== 'int') return 0
  if (range.hard) return 0
  if (!range.log || range.kind === 'int') return 0.5
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
