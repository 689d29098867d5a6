import type { Params, ParamValue } from '../space/distribution.ts'
import { constraintsHold, pointKey, withoutInactive } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { countValues, fromUnit, valueAt } from '../space/unit-scale.ts'
import { drawAdmissible, isAdmissible, trialDraws } from './admissible.ts'
import { samplerTurn } from './given-trials.ts'
import type { Sampler } from './sampler.ts'

/**
 * A grid that the stage's trials fill as well as they can: all values of a choice, as many levels of each range as
 * fit, ends included, the last parameter changing fastest. Trials beyond the grid, and its points that are taken,
 * give way to uniform draws.
 */
export const gridSampler: Sampler = {
  name: 'grid',
  sentence: 'on a grid',
  adaptive: false,
  propose(request) {
    const { turn, turns } = samplerTurn(request)
    const params = gridOf(request.space, turns)[turn]
    if (params !== undefined && isAdmissible(request, params)) return params
    return drawAdmissible(request, trialDraws(request, 'beyond the grid'))
  },
}

interface Grid {
  readonly trials: number
  readonly points: readonly Params[]
}

/** The grid of a space, worked out once for a stage. */
const grids = new WeakMap<SearchSpace, Grid>()

function gridOf(space: SearchSpace, trials: number): readonly Params[] {
  let grid = grids.get(space)
  if (grid === undefined || grid.trials !== trials) {
    grid = { trials, points: gridPoints(space, trials) }
    grids.set(space, grid)
  }
  return grid.points
}

function gridPoints(space: SearchSpace, trials: number): Params[] {
  const names = Object.keys(space.parameters)
  const counts = levelCounts(space, trials)
  const levels = names.map((name, axis) => levelsOf(space, name, counts[axis]!))
  const total = levels.reduce((count, values) => count * values.length, 1)
  const points = new Map<string, Params>()
  // Choices alone may make more points than there are trials: then every k-th is taken.
  const stride = Math.max(1, total / trials)
  for (let i = 0; i < total && Math.floor(i * stride) < total; i++) {
    const values: Record<string, ParamValue> = {}
    let rest = Math.floor(i * stride)
    for (let axis = names.length - 1; axis >= 0; axis--) {
      const choices = levels[axis]!
      values[names[axis]!] = choices[rest % choices.length]!
      rest = Math.floor(rest / choices.length)
    }
    const params = withoutInactive(space, Object.fromEntries(names.map((name) => [name, values[name]!])))
    if (constraintsHold(space, params)) points.set(pointKey(params), params)
  }
  return [...points.values()]
}

/** How many levels each parameter gets: unordered choices all, the others one more in turn while the grid fits. */
function levelCounts(space: SearchSpace, trials: number): number[] {
  const distributions = Object.values(space.parameters)
  const most = distributions.map(countValues)
  const counts = distributions.map((distribution, axis) =>
    distribution.kind === 'categorical' && !distribution.ordered ? most[axis]! : 1,
  )
  let size = counts.reduce((product, count) => product * count, 1)
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

/** That many values of a parameter, evenly spread over its scaled range, ends included; the middle if it is one. */
function levelsOf(space: SearchSpace, name: string, count: number): ParamValue[] {
  const distribution = space.parameters[name]!
  const most = countValues(distribution)
  return Array.from({ length: count }, (_, level) => {
    const u = count === 1 ? 0.5 : level / (count - 1)
    if (most === Infinity || (distribution.kind === 'int' && distribution.log))
      return fromUnit(distribution, u)
    return valueAt(distribution, Math.round(u * (most - 1)))
  })
}
