import { exp } from '../numerics/elementary.ts'
import { normalFromUniform } from '../random/normal.ts'
import type { Stream } from '../random/stream.ts'
import type { Axis } from './unit-view.ts'

/** A Parzen estimate on one axis: a kernel around each of some places, and one uniform. */
export interface Parzen {
  /** How many kernels there are, without the uniform one. */
  readonly kernels: number
  /** The density at u of kernel k, relative to the uniform one. */
  kernel(k: number, u: number): number
  /** A draw from kernel k. */
  draw(k: number, draws: Stream): number
}

/** Kernels are this wide at least, in units of the box, so that the estimate never closes in on a point. */
const LEAST_WIDTH = 0.02
const MOST_WIDTH = 0.5
/** Axes of at most this many values have a weight for each value, the others a normal kernel. */
const FEW_VALUES = 16
/** The share of a discrete kernel that goes to any value, and to each neighbour of a range. */
const SPREAD = 0.1
const TO_NEIGHBOURS = 0.05
const INVERSE_ROOT_TWO_PI = 0.3989422804014327

/** The estimate from places in the sense of `placeOf`; one where the parameter does not exist is uniform. */
export function parzen(axis: Axis, places: readonly number[]): Parzen {
  return axis.kind === 'choice' || axis.count <= FEW_VALUES
    ? discrete(axis, places)
    : continuous(axis, places)
}

/** The density of all kernels and the uniform one, each of the same weight. */
export function density(estimate: Parzen, u: number): number {
  let sum = 1
  for (let k = 0; k < estimate.kernels; k++) sum += estimate.kernel(k, u)
  return sum / (estimate.kernels + 1)
}

function discrete({ kind, count }: Axis, places: readonly number[]): Parzen {
  const indices = places.map((place) => (kind === 'choice' ? place : Math.floor(place * count)))
  const neighbours = kind === 'range' && count > 2 ? TO_NEIGHBOURS : 0
  const weight = (index: number, value: number): number => {
    if (Number.isNaN(index)) return 1
    const distance = Math.abs(value - index)
    const kept = 1 - SPREAD - 2 * neighbours
    return SPREAD + (distance === 0 ? kept * count : distance === 1 ? neighbours * count : 0)
  }
  return {
    kernels: places.length,
    kernel: (k, u) => weight(indices[k]!, Math.min(count - 1, Math.floor(u * count))),
    draw(k, draws) {
      let left = draws.next() * count
      for (let value = 0; value < count; value++) {
        left -= weight(indices[k]!, value)
        if (left < 0) return (value + 0.5) / count
      }
      return draws.next()
    },
  }
}

/** Normal kernels, each as wide as the farther of its neighbours is away: narrow where the places crowd. */
function continuous({ count }: Axis, places: readonly number[]): Parzen {
  const sorted = places.filter((place) => !Number.isNaN(place)).sort((a, b) => a - b)
  const least = Math.max(LEAST_WIDTH, count === Infinity ? 0 : 1 / count)
  const widths = places.map((place) => {
    if (Number.isNaN(place)) return NaN
    const rank = sorted.indexOf(place)
    const below = place - (sorted[rank - 1] ?? 0)
    const above = (sorted[rank + 1] ?? 1) - place
    return Math.min(MOST_WIDTH, Math.max(least, below, above))
  })
  return {
    kernels: places.length,
    kernel(k, u) {
      const width = widths[k]!
      if (Number.isNaN(width)) return 1
      const z = (u - places[k]!) / width
      return (INVERSE_ROOT_TWO_PI / width) * exp(-0.5 * z * z)
    },
    draw(k, draws) {
      for (let tries = 0; tries < 16; tries++) {
        const u = places[k]! + widths[k]! * normalFromUniform(draws.next())
        if (u >= 0 && u < 1) return u
      }
      return draws.next()
    },
  }
}
