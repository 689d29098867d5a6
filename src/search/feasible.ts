import { type Stream, stream } from '../random/stream.ts'
import type { Params } from '../space/distribution.ts'
import { axesOf, paramsAt, totalViolation, withoutInactive } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { countValues, fromUnit, toUnit } from '../space/unit-scale.ts'
import { moved, type RuledCube, walked } from './ruled-walk.ts'

/** How often a uniform point is drawn before points are moved to where the rules hold. */
const DRAWS = 256
/** How often a point is moved on its way to where the rules hold, and how many points are moved. */
const REPAIR_MOVES = 4000
const REPAIRS = 4
/** How many draws the rate of acceptance is estimated from. */
const RATE_DRAWS = 4000
const LAST_UNIT = 1 - 2 ** -40

/**
 * A point that satisfies the rules between parameters, with the values of `given`; null if none is found. Uniform where
 * the rules admit one point of some hundred. Else a point is moved downhill to where they hold, or one of `known` is
 * taken, each about as often, and from there a random walk stays where they hold.
 */
export function drawFeasible(
  space: SearchSpace,
  draws: Stream,
  given: Params = {},
  known: readonly Params[] = [],
): Params | null {
  const cube = cubeOf(space, given)
  for (let i = 0; i < DRAWS; i++) {
    const unit = cube.axes.map(() => draws.next())
    if (cube.off(unit) === 0) return cube.point(unit)
  }
  const start = startOf(cube, draws, known)
  return start === null ? null : cube.point(walked(cube, start, draws))
}

/** About which share of the uniform points satisfy the rules; 0 if none of some thousand does. */
export function acceptanceRate(space: SearchSpace): number {
  if (space.constraints.length === 0) return 1
  const draws = stream(['acceptance'])
  const cube = cubeOf(space, {})
  let kept = 0
  for (let i = 0; i < RATE_DRAWS; i++) if (cube.off(cube.axes.map(() => draws.next())) === 0) kept++
  return kept / RATE_DRAWS
}

function cubeOf(space: SearchSpace, given: Params): RuledCube {
  const axes = axesOf(space)
  const whole = { ...space, conditions: {} }
  const point = (unit: readonly number[]): Params =>
    withoutInactive(space, { ...paramsAt(whole, unit), ...given })
  return {
    axes,
    free: axes.flatMap((name, axis) => (Object.hasOwn(given, name) ? [] : [axis])),
    counts: axes.map((name) => countValues(space.parameters[name]!)),
    point,
    off: (unit) => totalViolation(space, point(unit)),
    unitOf: (params) =>
      axes.map((name) => {
        const at = Object.hasOwn(params, name) ? toUnit(space.parameters[name]!, params[name]!) : 0.5
        return Math.min(LAST_UNIT, Math.max(0, Number.isNaN(at) ? 0.5 : at))
      }),
    value: (axis, u) => fromUnit(space.parameters[axes[axis]!]!, u),
  }
}

/**
 * A place where the rules hold: of a known point, or of one that was moved there. Known points alone would never leave
 * the part of the space that they lie in, moved ones alone may not be found.
 */
function startOf(cube: RuledCube, draws: Stream, known: readonly Params[]): number[] | null {
  if (cube.free.length === 0) return null
  if (known.length === 0) return repaired(cube, draws, REPAIRS)
  if (draws.next() < 0.5) return repaired(cube, draws, 1) ?? placeOfKnown(cube, draws, known)
  return placeOfKnown(cube, draws, known) ?? repaired(cube, draws, REPAIRS)
}

function placeOfKnown(cube: RuledCube, draws: Stream, known: readonly Params[]): number[] | null {
  for (let tries = 0; tries < Math.min(8, known.length); tries++) {
    const unit = cube.unitOf(known[draws.below(known.length)]!)
    if (cube.off(unit) === 0) return unit
  }
  return null
}

function repaired(cube: RuledCube, draws: Stream, repairs: number): number[] | null {
  for (let repair = 0; repair < repairs; repair++) {
    const unit = cube.axes.map(() => draws.next())
    let off = cube.off(unit)
    for (let move = 0; move < REPAIR_MOVES && off > 0; move++) {
      const axis = cube.free[draws.below(cube.free.length)]!
      const before = unit[axis]!
      unit[axis] = moved(cube, axis, before, draws)
      const after = cube.off(unit)
      // Sideways moves too: a rule may not tell neighbours apart.
      if (after <= off) off = after
      else unit[axis] = before
    }
    if (off === 0) return unit
  }
  return null
}
