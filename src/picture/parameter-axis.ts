import { shownChoice } from '../space/choice-text.ts'
import type { ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { numberScale, numberTicks } from './axis.ts'
import type { Axis, Tick } from './figure.ts'
import { oncePerStudy, type PictureStudy } from './study.ts'

/** Where the values of one parameter lie: one axis over all stages and all values that trials took. */
export interface ParameterAxis {
  readonly name: string
  readonly axis: Axis
  readonly log: boolean
  /** The choices, in order; null for numbers. */
  readonly choices: readonly ParamValue[] | null
  /** True if some trials do not have the parameter: they have a place of their own at the axis' beginning. */
  readonly hasAbsent: boolean
  /** In [0, 1]. A trial without the parameter has a place of its own, never 0 of the range. */
  place(value: ParamValue | undefined): number
  /** The width of the place that each value has; 0 for a continuous axis. */
  readonly slot: number
}

/** Shown where a parameter does not exist. */
export const NOT_THERE = 'absent'

/** With more whole numbers than this an axis is drawn as a continuous one. */
const MOST_SLOTS = 20

/** Where the range begins if a place for absent values comes before it, and the middle of that place. */
export const AFTER_ABSENT = 0.12
const ABSENT = 0.04

/** @param count about how many ticks */
export function parameterAxis(study: PictureStudy, name: string, count = 6): ParameterAxis {
  const seen = seenOf(study, name)
  const { hasAbsent } = seen
  const from = hasAbsent ? AFTER_ABSENT : 0
  const placed = (u: number): number => from + u * (1 - from)
  const distributions = study.stages.flatMap(({ space }) => own(space.parameters, name) ?? [])
  const numeric = seen.numeric && distributions.every(({ kind }) => kind === 'float' || kind === 'int')
  const absent: Tick[] = hasAbsent ? [{ at: ABSENT, text: NOT_THERE }] : []
  if (!numeric) {
    const choices = choicesOf(study, name)
    const ticks = choices.map((choice, i) => ({
      at: placed((i + 0.5) / choices.length),
      text: shownChoice(choices, choice),
    }))
    return {
      name,
      log: false,
      choices,
      hasAbsent,
      axis: { label: name, ticks: [...absent, ...ticks], bands: 0 },
      slot: (1 - from) / Math.max(1, choices.length),
      place: (value) =>
        value === undefined ? ABSENT : placed((choices.indexOf(value) + 0.5) / choices.length),
    }
  }
  const bounds = distributions.flatMap((range) => ('low' in range ? [range.low, range.high] : []))
  const low = Math.min(seen.low, ...bounds)
  const high = Math.max(seen.high, ...bounds)
  const log = distributions.some((range) => 'log' in range && range.log) && low > 0
  const whole = distributions.length > 0 && distributions.every(({ kind }) => kind === 'int')
  // Few whole numbers have a slot each, as choices have: their trials would lie on one line.
  const few = whole && !log && high - low <= MOST_SLOTS
  const slack = few ? 0.5 : 0
  const scale = low > high ? numberScale(0, 1) : numberScale(low - slack, high + slack, log)
  const ticks = numberTicks(scale, few ? Math.min(count, high - low + 1) : count)
    .filter(({ text }) => !whole || !text.includes('.'))
    .map(({ at, text }) => ({ at: placed(at), text }))
  return {
    name,
    log: scale.log,
    choices: null,
    hasAbsent,
    slot: few ? (1 - from) / (high - low + 1) : 0,
    axis: { label: name, ticks: [...absent, ...ticks], bands: 0 },
    place: (value) => (value === undefined ? ABSENT : placed(scale.unit(value as number))),
  }
}

/** All choices of all stages, in the order of the study file; then what only trials have. */
function choicesOf(study: PictureStudy, name: string): ParamValue[] {
  const listed = study.stages.flatMap(({ space }) => {
    const distribution = own(space.parameters, name)
    if (distribution?.kind === 'categorical') return distribution.choices
    return distribution?.kind === 'fixed' ? [distribution.value] : []
  })
  const choices = new Set(listed)
  for (const { params } of study.trials) {
    const value = own(params, name)
    if (value !== undefined) choices.add(value)
  }
  return [...choices]
}

/** The values that trials took of one parameter. */
interface Seen {
  /** Of the finite numbers; above `high` if there are none. */
  readonly low: number
  readonly high: number
  /** Whether all are numbers. */
  readonly numeric: boolean
  readonly hasAbsent: boolean
}

const seenByName = oncePerStudy(() => new Map<string, Seen>())

function seenOf(study: PictureStudy, name: string): Seen {
  const known = seenByName(study)
  let seen = known.get(name)
  if (seen === undefined) {
    seen = readSeen(study, name)
    known.set(name, seen)
  }
  return seen
}

function readSeen(study: PictureStudy, name: string): Seen {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let numeric = true
  let hasAbsent = false
  for (const { params } of study.trials) {
    const value = own(params, name)
    if (value === undefined) hasAbsent = true
    else if (typeof value !== 'number') numeric = false
    else if (Number.isFinite(value)) {
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return { low, high, numeric, hasAbsent }
}
