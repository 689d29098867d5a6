import { log } from '../numerics/elementary.ts'
import type { Distribution, ParamValue } from '../space/distribution.ts'
import { logEnds } from '../space/unit-scale.ts'

/** Two significant digits, with an exponent where it is shorter to read. */
export function figure(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e')
  }
  return String(Number(value.toPrecision(2)))
}

/** A value of a parameter as people write it. */
export function valueText(value: ParamValue): string {
  return typeof value === 'number' ? figure(value) : String(value)
}

/** How far a range went past an edge: in decades on a log axis, else in widths; the text and the figure. */
export function describeReach(
  before: Distribution,
  after: Distribution,
  edge: 'lower' | 'upper',
): { readonly text: string; readonly figures: Readonly<Record<string, number>> } {
  if (!isRange(before) || !isRange(after)) return { text: '', figures: {} }
  const [from, to] = edge === 'lower' ? [after.low, before.low] : [before.high, after.high]
  if (before.log) {
    const movedDecades = (log(to) - log(from)) / Math.LN10
    const decades = figure(movedDecades)
    return { text: `${decades} decade${decades === '1' ? '' : 's'}`, figures: { movedDecades } }
  }
  const movedWidths = (to - from) / (before.high - before.low)
  return { text: `${figure(movedWidths)} of its width`, figures: { movedWidths } }
}

/** How much of a range is left, `share` of its axis: in decades on a log axis. */
export function describeShare(before: Distribution, share: number): string {
  if (!isRange(before) || !before.log) return `narrowed to ${Math.round(share * 100)} % of the range`
  const [start, end] = logEnds(before)
  const decades = (end - start) / Math.LN10
  return `narrowed to ${figure(share * decades)} of ${figure(decades)} decades`
}

function isRange(
  distribution: Distribution,
): distribution is Extract<Distribution, { kind: 'float' | 'int' }> {
  return distribution.kind === 'float' || distribution.kind === 'int'
}
