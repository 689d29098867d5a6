import { shownChoice } from '../space/choice-text.ts'
import type { Distribution, FloatDistribution, ParamValue } from '../space/distribution.ts'

/** Shown where a value does not exist: a parameter that is not active, a trial without a result. */
export const NO_VALUE = '-'

/** A linear range that lies within so little of zero is shown with exponents. */
const TINY = 1e-4

/** Values of a linear range from here on are shown with exponents. */
const HUGE = 1e15

/**
 * A parameter's value for people: two significant digits on a log scale (1.2e-3) and in tiny ranges, whole numbers and
 * choices as they are, others in steps of a fiftieth of their range or less (dropout 0.08).
 */
export function formatParam(value: ParamValue | undefined, distribution: Distribution | undefined): string {
  if (value === undefined) return NO_VALUE
  // Choices such as 0.99 and 0.999 differ in any digit.
  if (distribution?.kind === 'categorical') return shownChoice(distribution.choices, value)
  if (typeof value !== 'number' || distribution?.kind === 'fixed') return String(value)
  if (distribution?.kind !== 'float') {
    return Number.isInteger(value) ? String(value) : formatSignificant(value)
  }
  const isTiny = Math.max(Math.abs(distribution.low), Math.abs(distribution.high)) < TINY
  if (distribution.log || (isTiny && distribution.step === null)) return formatSignificant(value)
  if (isTiny) return formatBound(value, 12)
  if (distribution.step !== null) return value.toFixed(decimalsOf(distribution.step))
  // Its digits would go on to the unit, and beyond 1e21 to the last of a double.
  if (Math.abs(value) >= HUGE) return formatSignificant(value)
  const span = distribution.high - distribution.low
  const decimals = span > 0 ? Math.ceil(Math.log10(50 / span)) : 4
  const text = value.toFixed(Math.min(Math.max(decimals, 0), 12))
  // What rounds to zero has no sign.
  return Number(text) === 0 ? text.replace('-', '') : text
}

/** Two significant digits: 1.2e-3, 0.31, 4.0, 12, 1.5e3. */
export function formatSignificant(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return formatSpecial(value)
  if (value === 0) return '0'
  return size >= 0.0995 && size < 99.5 ? value.toPrecision(2) : shortExponent(value.toExponential(1))
}

/** A bound as short as possible with that many significant digits: 1e-6, 1.9e-4, 0.31, 0.9999. */
export function formatBound(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return formatSpecial(value)
  const plain = String(value)
  const rounded = Number(value.toPrecision(digits))
  const size = Math.abs(value)
  if (rounded === 0) return '0'
  if (size >= 0.0995 && size < 10_000) {
    return Number.isInteger(value) || plain.length <= 7 ? plain : String(rounded)
  }
  return shortExponent(rounded.toExponential())
}

/** How far a shown bound may lie from the true one, as a part of the range's width. */
const BOUND_TOLERANCE = 0.05

/** A distribution in a few words: `[1e-6, 10]`, `{relu, tanh}`, `= 0.9`. */
export function formatDistribution(distribution: Distribution): string {
  switch (distribution.kind) {
    case 'float':
      return `[${shownBound(distribution.low, distribution)}, ${shownBound(distribution.high, distribution)}]`
    case 'int':
      return `[${distribution.low}, ${distribution.high}]`
    case 'categorical':
      return `{${distribution.choices.map((choice) => shownChoice(distribution.choices, choice)).join(', ')}}`
    case 'fixed':
      return `= ${String(distribution.value)}`
  }
}

/** With as many digits as keep the two bounds of a range apart, and each near to what it is. */
function shownBound(value: number, { low, high, log }: FloatDistribution): string {
  const width = high - low
  const allowed = BOUND_TOLERANCE * (log ? Math.min(width, Math.abs(value)) : width)
  for (let digits = 2; digits < 17; digits++) {
    const text = formatBound(value, digits)
    if (Math.abs(Number(text) - value) <= allowed) return text
  }
  return String(value)
}

/** A measured value: four decimals where they say something, fewer for large values, an exponent for tiny ones. */
export function formatMetric(name: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return NO_VALUE
  if (!Number.isFinite(value)) return formatSpecial(value)
  const size = Math.abs(value)
  if (/accuracy/i.test(name) || value === 0) return value.toFixed(4)
  if (/rate$/i.test(name)) return formatSignificant(value)
  // What is counted is whole: bestEpoch 10, not 10.000.
  if (Number.isInteger(value) && /(epoch|step|count)s?$/i.test(name)) return String(value)
  if (size < 1e-3 || size >= 1e7) return shortExponent(value.toExponential(3))
  const decimals = size < 10 ? 4 : size < 100 ? 3 : size < 1000 ? 2 : 1
  return value.toFixed(decimals)
}

/** A time as people say it: 450 ms, 6.1 s, 41 s, 1 min 19 s, 2 h 5 min, 3 d 4 h. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NO_VALUE
  if (ms < 0.95) return ms <= 0 ? '0 ms' : `${ms.toPrecision(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return joinUnits(minutes, 'min', seconds % 60, 's')
  const hours = Math.floor(Math.round(seconds / 60) / 60)
  if (hours < 24) return joinUnits(hours, 'h', Math.round(seconds / 60) % 60, 'min')
  const allHours = Math.round(seconds / 3600)
  return joinUnits(Math.floor(allHours / 24), 'd', allHours % 24, 'h')
}

/** 12000 -> 12,000. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 trial`, `5,000 images`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** Who runs the trials: a study without workers of its own has those of an engine. */
export function workersText(own: number): string {
  return own === 0 ? 'remote workers only' : countOf(own, 'worker')
}

/** A share in [0, 1] as a percentage: `20 %`, `2.5 %`. */
export function formatPercent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

/** A moment in the time zone of the machine: `2026-11-23 16:14`. */
export function formatMoment(ms: number | null): string {
  if (ms === null) return NO_VALUE
  const date = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

function formatSpecial(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf'
}

function shortExponent(text: string): string {
  return text.replace('e+', 'e')
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

function decimalsOf(step: number): number {
  const [digits, exponent] = step.toExponential().split('e')
  const fraction = digits?.split('.')[1]?.length ?? 0
  return Math.min(Math.max(fraction - Number(exponent), 0), 12)
}
