import { shuffle } from '../random/permutation.ts'
import { stream } from '../random/stream.ts'
import type { Params, ParamValue } from '../space/distribution.ts'
import { constraintsHold, pointKey, withoutInactive } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { countValues, fromUnit, valueAt } from '../space/unit-scale.ts'
import { drawAdmissible, isAdmissible, trialDraws } from './admissible.ts'
import { ownTurn } from './given-trials.ts'
import type { Sampler } from './sampler.ts'

/**
 * A grid that the stage's trials fill as well as they can: all values of a choice, at least the two ends of each range
 * and as many levels as fit, the last parameter changing fastest. Of a grid with more points than trials an even part
 * is tried. Trials beyond the grid, and its points that are taken, give way to uniform draws. Trials that are added
 * later make another grid: those of its points that are not taken follow, the values tried least first.
 */
export const gridSampler: Sampler = {
  name: 'grid',
  sentence: 'on a grid',
  adaptive: false,
  propose(request) {
    const { turn, turns } = ownTurn(request)
    const grid = gridOf(request.space, turns)
    const params = wasExtended(grid, turn, request.taken)
      ? leastTried(grid, request.taken)
      : grid.points[turn]
    if (params !== undefined && isAdmissible(request, params)) return params
    return drawAdmissible(request, trialDraws(request, 'beyond the grid'))
  },
}

interface Grid {
  readonly trials: number
  readonly points: readonly Params[]
  readonly keys: readonly string[]
  /** How many points from the first on are known to be in a set of taken ones, which only grows. */
  readonly taken: WeakMap<ReadonlySet<string>, number>
}

/** How many shuffles of an axis are compared, and with how many axes before it. */
const SHUFFLES = 16
const COMPARED_AXES = 8

/** The grid of a space, worked out once for a stage. */
const grids = new WeakMap<SearchSpace, Grid>()

function gridOf(space: SearchSpace, trials: number): Grid {
  let grid = grids.get(space)
  if (grid === undefined || grid.trials !== trials) {
    const points = gridPoints(space, trials)
    grid = { trials, points, keys: points.map(pointKey), taken: new WeakMap() }
    grids.set(space, grid)
  }
  return grid
}

/**
 * Whether the trials before that turn were of another grid, so that trials were added: of the same, all its points
 * before that turn are taken, if anything is.
 */
function wasExtended({ keys, taken: known }: Grid, turn: number, taken: ReadonlySet<string>): boolean {
  let count = known.get(taken) ?? 0
  while (count < keys.length && taken.has(keys[count]!)) count++
  known.set(taken, count)
  return taken.size > 0 && count < Math.min(turn, keys.length)
}

/** Of the grid's points that are not taken one whose values are the least frequent among those that are. */
function leastTried({ points, keys }: Grid, taken: ReadonlySet<string>): Params | undefined {
  const times = new Map<string, Map<ParamValue, number>>()
  for (const [i, params] of points.entries()) {
    for (const [name, value] of Object.entries(params)) {
      const of = times.get(name) ?? new Map<ParamValue, number>()
      times.set(name, of.set(value, (of.get(value) ?? 0) + (taken.has(keys[i]!) ? 1 : 0)))
    }
  }
  // A value that is one of few is tried more often than one of many.
  const tried = (params: Params): number =>
    Object.entries(params).reduce((sum, [name, value]) => {
      const of = times.get(name)!
      return sum + of.get(value)! * of.size
    }, 0)
  const left = points.filter((_, i) => !taken.has(keys[i]!))
  let best: Params | undefined
  let least = Infinity
  for (const params of shuffle([...left], stream(['grid', 'added', left.length]))) {
    const sum = tried(params)
    if (sum < least) {
      best = params
      least = sum
    }
  }
  return best
}

function gridPoints(space: SearchSpace, trials: number): Params[] {
  const names = Object.keys(space.parameters)
  const counts = levelCounts(space, trials)
  const levels = names.map((name, axis) => levelsOf(space, name, counts[axis]!))
  const rows = rowsOf(counts, trials)
  const points = new Map<string, Params>()
  for (const row of rows) {
    const values = Object.fromEntries(names.map((name, axis) => [name, levels[axis]![row[axis]!]!]))
    const params = withoutInactive(space, values)
    if (constraintsHold(space, params)) points.set(pointKey(params), params)
  }
  return [...points.values()]
}

/**
 * How many levels each parameter gets: unordered choices all, the others two or one more in turn while the grid fits.
 * A grid of two levels may be larger than the trials.
 */
function levelCounts(space: SearchSpace, trials: number): number[] {
  const distributions = Object.values(space.parameters)
  const most = distributions.map(countValues)
  const counts = distributions.map((distribution, axis) =>
    distribution.kind === 'categorical' && !distribution.ordered ? most[axis]! : Math.min(2, most[axis]!),
  )
  let size = sizeOf(counts)
  for (;;) {
    let next = -1
    for (const [axis, count] of counts.entries()) {
      const fits = count < most[axis]! && (size / count) * (count + 1) <= trials
      if (fits && (next < 0 || count < counts[next]!)) next = axis
    }
    if (next < 0) return counts
    size = (size / counts[next]!) * (counts[next]! + 1)
    counts[next]!++
  }
}

/** How many points a grid of that many levels has. */
function sizeOf(counts: readonly number[]): number {
  return counts.reduce((product, count) => product * count, 1)
}

/** The rows of level numbers to try. Of most of a grid, those to leave out are chosen. */
function rowsOf(counts: readonly number[], trials: number): number[][] {
  const left = sizeOf(counts) - trials
  if (left > trials) return balancedRows(counts, trials)
  const without = new Set(balancedRows(counts, Math.max(0, left)).map(String))
  return fullRows(counts).filter((row) => !without.has(row.join()))
}

/** All rows of level numbers, the last axis changing fastest. */
function fullRows(counts: readonly number[]): number[][] {
  return Array.from({ length: sizeOf(counts) }, (_, i) => {
    const row: number[] = []
    let rest = i
    for (let axis = counts.length - 1; axis >= 0; axis--) {
      row[axis] = rest % counts[axis]!
      rest = Math.floor(rest / counts[axis]!)
    }
    return row
  })
}

/**
 * That many rows of a grid with more: on each axis every level as often as the others, to within one, and each axis
 * shuffled so that it goes with none of the axes just before it, as nearly as some shuffles allow.
 */
function balancedRows(counts: readonly number[], trials: number): number[][] {
  const columns: Uint32Array[] = []
  for (const [axis, count] of counts.entries()) {
    let best: Uint32Array | null = null
    let least = Infinity
    for (let tries = 0; tries < SHUFFLES && least > 0; tries++) {
      const levels = Uint32Array.from({ length: trials }, (_, i) => Math.floor((i * count) / trials))
      const column = shuffle(levels, stream(['grid', axis, count, tries]))
      const alike = columns
        .slice(-COMPARED_AXES)
        .reduce(
          (sum, other, i, those) => sum + association(other, counts[axis - those.length + i]!, column, count),
          0,
        )
      if (alike < least) {
        best = column
        least = alike
      }
    }
    columns.push(best!)
  }
  return withoutRepeats(Array.from({ length: trials }, (_, i) => columns.map((column) => column[i]!)))
}

/** Rows that repeat an earlier one exchange a level with another row, so that both are new: levels stay as frequent. */
function withoutRepeats(rows: number[][]): number[][] {
  const seen = new Set<string>()
  const isNew = rows.map((row) => {
    const before = seen.size
    return seen.add(row.join()).size > before
  })
  const partners = rows.filter((_, i) => isNew[i])
  for (const row of rows.filter((_, i) => !isNew[i])) {
    for (const partner of partners) {
      const axis = row.findLastIndex((level, at) => {
        const [mine, theirs] = [row.with(at, partner[at]!), partner.with(at, level)].map(String)
        return partner[at] !== level && !seen.has(mine!) && !seen.has(theirs!)
      })
      if (axis < 0) continue
      seen.delete(partner.join())
      ;[row[axis], partner[axis]] = [partner[axis]!, row[axis]!]
      seen.add(row.join()).add(partner.join())
      break
    }
  }
  return rows
}

/** How far the pairs of two axes' levels are from being equally frequent: the sum of squared differences. */
function association(a: Uint32Array, countA: number, b: Uint32Array, countB: number): number {
  const pairs = new Float64Array(countA * countB)
  for (let i = 0; i < a.length; i++) pairs[a[i]! * countB + b[i]!]!++
  const expected = a.length / pairs.length
  return pairs.reduce((sum, count) => sum + (count - expected) ** 2, 0)
}

/**
 * What the user of a grid that does not fit should know: a sentence; null if the trials try it all.
 * @param trials of the stage that has the grid
 */
export function gridNotice(space: SearchSpace, trials: number): string | null {
  const total = sizeOf(levelCounts(space, trials))
  if (total <= trials) return null
  return `the grid has ${total} points, of which ${trials} are tried, with each value of a parameter equally often`
}

/** That many values of a parameter, evenly spread over its scaled range, ends included. */
function levelsOf(space: SearchSpace, name: string, count: number): ParamValue[] {
  const distribution = space.parameters[name]!
  const most = countValues(distribution)
  const places = Array.from({ length: count }, (_, level) => level / Math.max(1, count - 1))
  if (most === Infinity) return places.map((u) => fromUnit(distribution, u))
  if (distribution.kind !== 'int' || !distribution.log) {
    return places.map((u) => valueAt(distribution, Math.round(u * (most - 1))))
  }
  // Near the lower end of a log scale several places may have one whole number: each is moved past the one before.
  const { low, high } = distribution
  const levels: number[] = []
  for (const [level, u] of places.entries()) {
    const next = Math.max(fromUnit(distribution, u) as number, (levels.at(-1) ?? low - 1) + 1)
    levels.push(Math.min(next, high - (count - 1 - level)))
  }
  return levels
}
