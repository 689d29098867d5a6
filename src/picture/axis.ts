import { quantileSorted, ticks } from 'd3-array'
import type { Direction } from '../trial.ts'
import type { Axis, Tick } from './figure.ts'

/** A continuous axis: `unit` puts low at 0 and high at 1; what lies outside is clamped to the ends. */
export interface NumberScale {
  readonly low: number
  readonly high: number
  readonly log: boolean
  unit(value: number): number
}

/** @param log in the logarithm; treated as linear where low is not above 0 */
export function numberScale(low: number, high: number, log = false): NumberScale {
  const isLog = log && low > 0
  if (!(high > low)) {
    const slack = isLog ? 2 : Math.max(Math.abs(low) * 0.05, 1e-9)
    return isLog ? numberScale(low / slack, low * slack, true) : numberScale(low - slack, low + slack)
  }
  // A quarter: the width of a range of the largest numbers would be infinite.
  const measure = isLog ? Math.log : (value: number): number => value / 4
  const [from, to] = [measure(low), measure(high)]
  return {
    low,
    high,
    log: isLog,
    unit(value) {
      const share = (measure(value) - from) / (to - from)
      return share > 0 ? Math.min(1, share) : 0
    },
  }
}

/** About `count` ticks inside the scale: powers of ten on a log axis, every k-th of them; round numbers elsewhere. */
export function numberTicks(scale: NumberScale, count: number): Tick[] {
  return tickValues(scale, count).map((value) => ({ at: scale.unit(value), text: tickText(value) }))
}

function tickValues(scale: NumberScale, count: number): number[] {
  return scale.log ? logTicks(scale, count) : linearTicks(scale, count)
}

function linearTicks({ low, high }: NumberScale, count: number): number[] {
  const span = high - low
  // Ticks between neighbouring numbers, or over the whole range of them, cannot be computed: the ends stand for them.
  const size = Math.max(Math.abs(low), Math.abs(high))
  return Number.isFinite(span) && span > 1e-290 && span > size * 1e-12 ? ticks(low, high, count) : [low, high]
}

function logTicks(scale: NumberScale, count: number): number[] {
  const { low, high } = scale
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const last = Math.floor(Math.log10(high) + 1e-9)
  const powers = last - first + 1
  if (powers >= 3 || (powers === 2 && count < 4)) {
    const every = Math.ceil(powers / Math.max(2, count))
    return Array.from({ length: Math.ceil(powers / every) }, (_, i) => 10 ** (first + i * every)).map(exact)
  }
  const few: number[] = []
  for (let power = first - 1; power <= last; power++) {
    for (const digit of [1, 2, 5]) {
      const value = exact(digit * 10 ** power)
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) few.push(value)
    }
  }
  return few.length >= 2 ? few : linearTicks(scale, Math.min(count, 4))
}

function exact(value: number): number {
  return Number(value.toPrecision(12))
}

/** A number on an axis, as short as it can be said: 0.25, 100, 1e-5, never `10m` or `100µ`. */
export function tickText(value: number): string {
  const rounded = Number(value.toPrecision(6))
  const size = Math.abs(rounded)
  if (rounded === 0) return '0'
  if (size >= 0.01 - 1e-12 && size < 1e5) return String(rounded)
  return rounded.toExponential().replace('e+', 'e')
}

/** An axis of values, with how many lie beyond its worse end. */
export interface ValueScale extends NumberScale {
  /** How many values are worse than the axis shows: they are drawn at its end. */
  readonly clamped: number
  /** Whether there is no value at all. */
  readonly empty: boolean
}

/** How much of the values' worst end may be cut, the least that helps, and from what stretching on. */
const WORST_SHARES = [0.05, 0.1]
const STRETCH = 3

/**
 * The axis of a study's values. If the worst 5 % (or 10 %) stretch it more than 3 times, it stops where they begin.
 * Never turned round: the best may be at the top or at the bottom.
 */
export function valueScale(values: readonly number[], direction: Direction, log = false): ValueScale {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  const [low, high] = [sorted[0], sorted.at(-1)]
  if (low === undefined || high === undefined) return { ...numberScale(0, 1), clamped: 0, empty: true }
  const isLog = log && low > 0
  const [from, to] = withoutWorst(sorted, direction, isLog ? Math.log : (value) => value)
  const clamped = sorted.filter((value) => value < from || value > to).length
  return { ...padded(from, to, isLog), clamped, empty: false }
}

function withoutWorst(
  sorted: number[],
  direction: Direction,
  measure: (value: number) => number,
): readonly [number, number] {
  const [low, high] = [sorted[0]!, sorted.at(-1)!]
  for (const share of WORST_SHARES) {
    const cut = quantileSorted(sorted, direction === 'maximize' ? share : 1 - share)!
    const [from, to] = direction === 'maximize' ? [cut, high] : [low, cut]
    const width = measure(to) - measure(from)
    // Where nearly all values are equal, the cut leaves no axis.
    if (width > 0 && width * STRETCH < measure(high) - measure(low)) return [from, to]
  }
  return [low, high]
}

/** The middle of some values in rising order, of two in the middle their mean; undefined of none. */
export function medianOf(sorted: readonly number[]): number | undefined {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (low === undefined || high === undefined || low === high) return low
  // The sum, or the difference, of the largest numbers is none.
  const sum = low + high
  return Number.isFinite(sum) ? sum / 2 : low / 2 + high / 2
}

/** Where trials without a value stand on a value axis: at its worse end. */
export function mishapHeight(direction: Direction): number {
  return direction === 'maximize' ? 0.016 : 0.984
}

function padded(low: number, high: number, log: boolean): NumberScale {
  if (!(high > low)) return numberScale(low, high, log)
  if (log) {
    const slack = (high / low) ** 0.04
    return numberScale(low / slack, high * slack, true)
  }
  const slack = (high - low) * 0.04
  return Number.isFinite(slack) ? numberScale(low - slack, high + slack) : numberScale(low, high)
}

/** An axis of values; without ticks where there are none. */
export function valueAxis(label: string, scale: ValueScale, count = 5): Axis {
  return scale.empty ? { label, ticks: [], bands: 0 } : numberAxis(label, scale, count)
}

export function numberAxis(label: string, scale: NumberScale, count = 5): Axis {
  return { label, ticks: numberTicks(scale, count), bands: 0 }
}

/** An axis of whole numbers, such as trials and epochs, which are written out: no tick between two of them. */
export function wholeAxis(label: string, scale: NumberScale, count = 6): Axis {
  const values = tickValues(scale, count).filter(Number.isInteger)
  return { label, ticks: values.map((value) => ({ at: scale.unit(value), text: String(value) })), bands: 0 }
}

/** A name for each of some equal bands, the first at the left. */
export function bandAxis(label: string, names: readonly string[]): Axis {
  return {
    label,
    ticks: names.map((text, i) => ({ at: (i + 0.5) / names.length, text })),
    bands: names.length,
  }
}

/** The same from the top down, for y. */
export function bandAxisDown(label: string, names: readonly string[]): Axis {
  return {
    label,
    ticks: names.map((text, i) => ({ at: 1 - (i + 0.5) / names.length, text })),
    bands: names.length,
  }
}

/** Every k-th of some ticks, with the least k that leaves them that far apart. @param room a part of the axis */
export function thinned(ticks: readonly Tick[], room: number): readonly Tick[] {
  const gaps = ticks.slice(1).map(({ at }, i) => Math.abs(at - ticks[i]!.at))
  const every = Math.ceil(room / Math.min(...gaps) - 1e-9)
  return every > 1 ? ticks.filter((_, i) => i % every === 0) : ticks
}

/** An axis without ticks. */
export const NO_AXIS: Axis = { label: '', ticks: [], bands: 0 }

/** The golden ratio, and the two ratios that spread points as evenly over a square. */
const RATIOS = [0.6180339887498949, 0.7548776662466927, 0.5698402909980532] as const

/**
 * A number in [0, 1) from a trial's number, evenly spread: jitter that is the same in every drawing.
 * @param turn another one for another direction
 */
export function jitter(number: number, turn: 0 | 1 | 2 = 0): number {
  const place = (number + 1) * RATIOS[turn]
  return place - Math.floor(place)
}
