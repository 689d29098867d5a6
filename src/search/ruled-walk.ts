import { normalFromUniform } from '../random/normal.ts'
import type { Stream } from '../random/stream.ts'
import type { Params, ParamValue } from '../space/distribution.ts'

/** The unit cube of a space with rules between parameters. */
export interface RuledCube {
  readonly axes: readonly string[]
  /** The axes that may be moved. */
  readonly free: readonly number[]
  /** How many values an axis has. */
  readonly counts: readonly number[]
  readonly point: (unit: readonly number[]) => Params
  /** How far from satisfying the rules: 0 exactly where they hold. */
  readonly off: (unit: readonly number[]) => number
  readonly unitOf: (params: Params) => number[]
  /** The value of an axis at a coordinate. */
  readonly value: (axis: number, u: number) => ParamValue
}

/** How often a point that satisfies the rules is moved at random, for each axis. */
const WALK_MOVES = 30
/** An axis of which fewer than this part of the moves stays where the rules hold is stiff: alone it does not get far. */
const STIFF_BELOW = 0.25
/** How often a stiff axis is moved together with another. */
const PAIRED_MOVES = 20
/** Up to this many values of an axis are tried one by one. */
const SCANNED_VALUES = 16
/** The shortest step towards where the rules hold, and how often a step of one length is taken. */
const LEAST_STEP = 2 ** -30
const STEPS = 8

/**
 * Where a random walk from a place where the rules hold ends; it stays where they hold. Coordinates move alone; those
 * that can't, because a rule such as `a + b == 1000` ties them to each other, then move in pairs.
 */
export function walked(cube: RuledCube, start: readonly number[], draws: Stream): readonly number[] {
  const unit = [...start]
  const tries = unit.map(() => 0)
  const moves = unit.map(() => 0)
  for (let move = 0; move < WALK_MOVES * cube.free.length; move++) {
    const axis = cube.free[draws.below(cube.free.length)]!
    tries[axis]!++
    if (movesAlone(cube, unit, axis, draws)) moves[axis]!++
  }
  const stiff = cube.free.filter((axis) => moves[axis]! < STIFF_BELOW * tries[axis]!)
  if (stiff.length === 0 || cube.free.length < 2) return unit
  for (let move = 0; move < PAIRED_MOVES * stiff.length; move++) {
    const axis = stiff[draws.below(stiff.length)]!
    const others = cube.free.filter((other) => other !== axis)
    movesWith(cube, unit, axis, others[draws.below(others.length)]!, draws)
    // Where the rules leave a thin part of the space, a pair comes to rest at its edge.
    movesAlone(cube, unit, cube.free[draws.below(cube.free.length)]!, draws)
  }
  return unit
}

/** Moves one coordinate if the rules go on to hold; whether its value has changed. */
function movesAlone(cube: RuledCube, unit: number[], axis: number, draws: Stream): boolean {
  const before = unit[axis]!
  unit[axis] = moved(cube, axis, before, draws)
  if (cube.off(unit) === 0) return cube.value(axis, unit[axis]) !== cube.value(axis, before)
  unit[axis] = before
  return false
}

/** Moves one coordinate, and another to where the rules hold again; neither if there is no such place. */
function movesWith(cube: RuledCube, unit: number[], axis: number, other: number, draws: Stream): void {
  const [before, otherBefore] = [unit[axis]!, unit[other]!]
  unit[axis] = moved(cube, axis, before, draws)
  if (repaired(cube, unit, other, draws)) return
  unit[axis] = before
  unit[other] = otherBefore
}

/** Moves one coordinate to where the rules hold, if that is found; whether they do. */
function repaired(cube: RuledCube, unit: number[], axis: number, draws: Stream): boolean {
  let off = cube.off(unit)
  const count = cube.counts[axis]!
  if (count <= SCANNED_VALUES) {
    const first = draws.below(count)
    for (let i = 0; i < count && off > 0; i++) {
      unit[axis] = (((first + i) % count) + 0.5) / count
      off = cube.off(unit)
    }
    return off === 0
  }
  // Along one axis most rules are the farther off the farther away: halved steps downhill arrive.
  const least = Math.max(LEAST_STEP, 1 / (8 * count))
  for (let step = 0.5; step >= least && off > 0; step /= 2) {
    let better = true
    for (let taken = 0; taken < STEPS && better && off > 0; taken++) {
      const before = unit[axis]!
      better = [before - step, before + step].some((to) => {
        if (to < 0 || to >= 1) return false
        unit[axis] = to
        const after = cube.off(unit)
        if (after < off) {
          off = after
          return true
        }
        unit[axis] = before
        return false
      })
    }
  }
  return off === 0
}

/** A coordinate some way off, at one of many scales: the rules may leave a thin part of the range only. */
export function moved({ counts }: RuledCube, axis: number, u: number, draws: Stream): number {
  const scale = draws.below(12)
  if (scale === 0 || counts[axis]! <= 4) return draws.next()
  const step = Math.max(0.5 ** scale, counts[axis] === Infinity ? 0 : 1 / counts[axis]!)
  const to = u + step * normalFromUniform(draws.next())
  return to >= 0 && to < 1 ? to : u
}
