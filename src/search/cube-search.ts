import { normalFromUniform } from '../random/normal.ts'
import type { Stream } from '../random/stream.ts'
import type { Axis } from './unit-view.ts'

/** Looks for a high place in the unit cube. */
export interface CubeSearch {
  readonly axes: readonly Axis[]
  /** How good a point is; high is good. */
  readonly score: (unit: Float64Array) => number
  /** Whether it may be chosen at all; asked only of points that score well. */
  readonly allowed: (unit: Float64Array) => boolean
  /** Points to look around, the most promising first; may be empty. */
  readonly promising: readonly Float64Array[]
  readonly draws: Stream
}

interface Scored {
  readonly unit: Float64Array
  readonly score: number
}

const CANDIDATES = 300
const CLIMBS = 2
/** How far a continuous coordinate is moved, at first and at last. */
const FIRST_STEP = 0.1
const LAST_STEP = 1e-3
/** Axes of at most this many values are searched exhaustively. */
const FEW_VALUES = 12
/** Coordinates stay below 1. */
const LAST_UNIT = 1 - 2 ** -40

/**
 * The best point found: a third of the candidates uniform, the rest around the promising points at three scales;
 * from the best two, coordinate by coordinate uphill in steps that halve. Null if no candidate is allowed.
 */
export function highestPoint(search: CubeSearch): Float64Array | null {
  let best: Scored | null = null
  for (const start of bestCandidates(search)) {
    const top = climb(search, start)
    if (best === null || top.score > best.score) best = top
  }
  return best === null ? null : best.unit
}

function bestCandidates(search: CubeSearch): Scored[] {
  const kept: Scored[] = []
  for (let i = 0; i < CANDIDATES; i++) {
    const unit = candidate(search, i)
    const score = search.score(unit)
    if (kept.length === CLIMBS && score <= kept.at(-1)!.score) continue
    if (kept.some((other) => other.score === score) || !search.allowed(unit)) continue
    kept.push({ unit, score })
    kept.sort((a, b) => b.score - a.score)
    if (kept.length > CLIMBS) kept.pop()
  }
  return kept
}

function candidate({ axes, promising, draws }: CubeSearch, index: number): Float64Array {
  const unit = new Float64Array(axes.length)
  const centre = promising[index % Math.max(1, promising.length)]
  if (centre === undefined || index < CANDIDATES / 3) {
    for (let axis = 0; axis < axes.length; axis++) unit[axis] = draws.next()
    return unit
  }
  unit.set(centre)
  const scale = [0.3, 0.1, 0.03][index % 3]!
  const moves = 1 + draws.below(Math.min(3, axes.length))
  for (let move = 0; move < moves; move++) {
    const axis = draws.below(axes.length)
    unit[axis] = moved(axes[axis]!, unit[axis]!, scale, draws)
  }
  return unit
}

/** A coordinate some way off: of a choice or a short list any other, else a normal step of at least one value. */
function moved({ kind, count }: Axis, u: number, scale: number, draws: Stream): number {
  if (kind === 'choice' || count <= 4) return draws.next()
  const step = Math.max(scale, count === Infinity ? 0 : 1.5 / count)
  return Math.min(LAST_UNIT, Math.max(0, u + step * normalFromUniform(draws.next())))
}

function climb(search: CubeSearch, start: Scored): Scored {
  const { axes } = search
  const continuous = axes.some(({ count }) => count > FEW_VALUES)
  let at = start
  for (let step = FIRST_STEP; step > LAST_STEP; step /= 2) {
    for (let round = 0; round < 3; round++) {
      const next = bestNeighbour(search, at, step)
      if (next === at) break
      at = next
    }
    if (!continuous) break
  }
  return at
}

function bestNeighbour(search: CubeSearch, at: Scored, step: number): Scored {
  let best = at
  for (let axis = 0; axis < search.axes.length; axis++) {
    for (const coordinate of neighbours(search.axes[axis]!, at.unit[axis]!, step)) {
      const unit = at.unit.slice()
      unit[axis] = coordinate
      const score = search.score(unit)
      if (score > best.score && search.allowed(unit)) best = { unit, score }
    }
  }
  return best
}

function neighbours({ count, kind }: Axis, u: number, step: number): number[] {
  if (count === Infinity) return [Math.max(0, u - step), Math.min(LAST_UNIT, u + step)]
  const index = Math.min(count - 1, Math.floor(u * count))
  if (kind === 'choice' || count <= FEW_VALUES) {
    return Array.from({ length: count }, (_, other) => (other + 0.5) / count).filter(
      (_, other) => other !== index,
    )
  }
  const jump = Math.max(1, Math.round(step * count))
  return [index - jump, index + jump]
    .filter((other) => other >= 0 && other < count)
    .map((other) => (other + 0.5) / count)
}
