import { minimize } from '../numerics/minimize.ts'
import type { FastGenerator } from '../random/fast-generator.ts'
import { normalFromUniform } from '../random/normal.ts'
import type { Axis } from './unit-view.ts'

/** Looks for a high place in the unit cube. */
export interface CubeSearch {
  readonly axes: readonly Axis[]
  /** How good a point is; high is good. */
  readonly score: (unit: Float64Array) => number
  /** The same; also writes how it changes along each continuous axis. */
  readonly slope: (unit: Float64Array, gradient: Float64Array) => number
  /** Whether it may be chosen at all; asked only of points that score well. */
  readonly allowed: (unit: Float64Array) => boolean
  /** Points to look around, the most promising first; may be empty. */
  readonly promising: readonly Float64Array[]
  /** A coordinate that all points have, of an axis that is not continuous; null to search the whole cube. */
  readonly fixed: { readonly axis: number; readonly unit: number } | null
  readonly draws: Pick<FastGenerator, 'next' | 'below'>
}

interface Scored {
  readonly unit: Float64Array
  readonly score: number
}

/** Uniform candidates, and those around promising points; fewer where there are more axes than MANY_AXES. */
const UNIFORM = 150
const AROUND = 300
const MANY_AXES = 30
const CLIMBS = 4
const SCALES = [0.3, 0.1, 0.03, 0.01]
/** How often the slope is asked for in one climb along the continuous axes. */
const SLOPES = 30
const ROUNDS = 3
/** Axes of at most this many values are searched exhaustively. */
const FEW_VALUES = 12
/** Starts of climbs are this far apart, in one axis at least. */
const APART = 0.05
/** Coordinates stay below 1. */
const LAST_UNIT = 1 - 2 ** -40

/**
 * The best allowed point found: some candidates are uniform, the rest lie around the promising points at four scales;
 * from the best few, apart from each other, uphill: along the continuous axes by their slope, along the others value
 * by value. If no top may be chosen, the best candidate that may. Null if there is none.
 */
export function highestPoint(search: CubeSearch): Float64Array | null {
  const candidates = scoredCandidates(search)
  const starts = farApart(candidates)
  const tops = starts.map((start) => climb(search, start))
  const order = [...tops, ...candidates].sort((a, b) => b.score - a.score)
  return order.find(({ unit }) => search.allowed(unit))?.unit ?? null
}

function scoredCandidates(search: CubeSearch): Scored[] {
  const scored: Scored[] = []
  const part = Math.min(1, MANY_AXES / search.axes.length)
  const spread = Math.ceil(part * UNIFORM)
  const around = search.promising.length === 0 ? 0 : Math.ceil(part * AROUND)
  for (let i = 0; i < spread + around; i++) {
    const unit = i < spread ? uniform(search) : near(search, i - spread)
    if (search.fixed !== null) unit[search.fixed.axis] = search.fixed.unit
    scored.push({ unit, score: search.score(unit) })
  }
  return scored.sort((a, b) => b.score - a.score)
}

/** The best of the candidates, each some way from those before it. */
function farApart(candidates: readonly Scored[]): Scored[] {
  const chosen: Scored[] = []
  for (const candidate of candidates) {
    const isNew = chosen.every(({ unit }) => unit.some((u, i) => Math.abs(u - candidate.unit[i]!) > APART))
    if (isNew) chosen.push(candidate)
    if (chosen.length === CLIMBS) break
  }
  return chosen
}

function uniform({ axes, draws }: CubeSearch): Float64Array {
  return Float64Array.from(axes, () => draws.next())
}

function near({ axes, promising, draws }: CubeSearch, index: number): Float64Array {
  const unit = promising[index % promising.length]!.slice()
  const scale = SCALES[Math.floor(index / promising.length) % SCALES.length]!
  const moves = 1 + draws.below(Math.min(3, axes.length))
  for (let move = 0; move < moves; move++) {
    const axis = draws.below(axes.length)
    unit[axis] = moved(axes[axis]!, unit[axis]!, scale, draws)
  }
  return unit
}

/** A coordinate some way off: of a choice or a short list any other, else a normal step of at least one value. */
function moved({ kind, count }: Axis, u: number, scale: number, draws: CubeSearch['draws']): number {
  if (kind === 'choice' || count <= 4) return draws.next()
  const step = Math.max(scale, 1.5 / count)
  return Math.min(LAST_UNIT, Math.max(0, u + step * normalFromUniform(draws.next())))
}

function climb(search: CubeSearch, start: Scored): Scored {
  const continuous = search.axes.flatMap(({ count }, axis) => (count === Infinity ? [axis] : []))
  let at = start
  for (let round = 0; round < ROUNDS; round++) {
    const before = at
    if (continuous.length > 0) at = alongContinuous(search, continuous, at)
    at = alongDiscrete(search, at)
    // Only a move along a discrete axis changes what the continuous ones see.
    if (at === before || continuous.length === search.axes.length) break
  }
  return at
}

function alongContinuous(search: CubeSearch, continuous: readonly number[], at: Scored): Scored {
  const unit = at.unit.slice()
  const slope = new Float64Array(unit.length)
  const { place, value } = minimize(
    (x, gradient) => {
      for (const [i, axis] of continuous.entries()) unit[axis] = x[i]!
      const score = search.slope(unit, slope)
      for (const [i, axis] of continuous.entries()) gradient[i] = -slope[axis]!
      return -score
    },
    continuous.map((axis) => at.unit[axis]!),
    {
      low: new Float64Array(continuous.length),
      high: new Float64Array(continuous.length).fill(LAST_UNIT),
      evaluations: SLOPES,
      firstStep: 0.05,
      tolerance: 1e-6,
    },
  )
  if (-value <= at.score) return at
  for (const [i, axis] of continuous.entries()) unit[axis] = place[i]!
  return { unit, score: -value }
}

function alongDiscrete(search: CubeSearch, start: Scored): Scored {
  let at = start
  for (let jump = 0.25; ; jump /= 4) {
    for (let round = 0; round < 4; round++) {
      const next = bestNeighbour(search, at, jump)
      if (next === at) break
      at = next
    }
    if (search.axes.every(({ count }) => count === Infinity || count * jump <= 1 || count <= FEW_VALUES))
      return at
  }
}

function bestNeighbour(search: CubeSearch, at: Scored, jump: number): Scored {
  let best = at
  for (const [axis, { kind, count }] of search.axes.entries()) {
    if (count === Infinity || axis === search.fixed?.axis) continue
    const index = Math.min(count - 1, Math.floor(at.unit[axis]! * count))
    for (const other of neighbours(kind, count, index, jump)) {
      const unit = at.unit.slice()
      unit[axis] = (other + 0.5) / count
      const score = search.score(unit)
      if (score > best.score) best = { unit, score }
    }
  }
  return best
}

function neighbours(kind: Axis['kind'], count: number, index: number, jump: number): number[] {
  if (kind === 'choice' || count <= FEW_VALUES) {
    return Array.from({ length: count }, (_, other) => other).filter((other) => other !== index)
  }
  const by = Math.max(1, Math.round(jump * count))
  return [index - by, index + by].filter((other) => other >= 0 && other < count)
}
