import type { Distribution, Params } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { axesOf } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { countValues, fromUnit, toUnit } from '../space/unit-scale.ts'

/** One varying parameter, as an adaptive sampler sees it. */
export interface Axis {
  readonly name: string
  readonly distribution: Distribution
  /** `range`: places on it have distances, in units of the box; `choice`: the same or not. */
  readonly kind: 'range' | 'choice'
  /** How many values it can take; Infinity if continuous. */
  readonly count: number
}

/** The axes of a box, in the order of its unit cube. */
export function axesView(space: SearchSpace): Axis[] {
  return axesOf(space).map((name) => {
    const distribution = space.parameters[name]!
    const kind = distribution.kind === 'categorical' && !distribution.ordered ? 'choice' : 'range'
    return { name, distribution, kind, count: countValues(distribution) }
  })
}

/**
 * Where a point lies: on a range its place in units of the box (outside of [0, 1] where it is outside of the box),
 * for a choice its index, -1 if the box does not have it; NaN for a parameter that does not exist there.
 */
export function placeOf(axes: readonly Axis[], params: Params): Float64Array {
  return Float64Array.from(axes, ({ name, distribution, kind }) => {
    const value = own(params, name)
    if (value === undefined) return NaN
    if (kind === 'range') return toUnit(distribution, value)
    return distribution.kind === 'categorical' ? distribution.choices.indexOf(value) : NaN
  })
}

/** The place (in the sense of `placeOf`) that a coordinate of the unit cube comes to: of a stepped axis, its step's. */
export function snap({ distribution, kind, count }: Axis, u: number): number {
  if (kind === 'choice') return Math.min(count - 1, Math.floor(u * count))
  return count === Infinity ? u : toUnit(distribution, fromUnit(distribution, u))
}

/**
 * The point of the unit cube at a place; null if it lies outside of the box. A parameter that does not exist there
 * gets the middle.
 */
export function unitOf(axes: readonly Axis[], place: Float64Array): Float64Array | null {
  const unit = new Float64Array(axes.length)
  for (const [i, { kind, count }] of axes.entries()) {
    const at = place[i]!
    if (Number.isNaN(at)) unit[i] = 0.5
    else if (at < 0 || (at > 1 && kind === 'range')) return null
    else unit[i] = kind === 'choice' ? (at + 0.5) / count : at
  }
  return unit
}
