import type { Distribution, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { constraintsHold, paramsAt } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { countValues, fromUnit } from '../space/unit-scale.ts'
import type { Direction } from '../trial.ts'
import { fitGaussianProcess, type GaussianProcess } from './gaussian-process.ts'
import { byFidelity } from './informative.ts'
import { hasValue, isBadAnywhere } from './rank.ts'
import type { PastTrial } from './sampler.ts'
import { SOBOL_AXES, sobolCoordinate } from './sobol-sequence.ts'
import { standardScores } from './standard-scores.ts'
import { type Axis, axesView, placeOf } from './unit-view.ts'

/** What importance is worked out from. */
export interface ImportanceRequest {
  /** The whole ranges. */
  readonly root: SearchSpace
  /** The box of the last stage. */
  readonly box: SearchSpace
  /** The study's trials, in any order; those that failed or have not ended are ignored. */
  readonly trials: readonly PastTrial[]
  /** By index: only values after the same epochs are comparable. */
  readonly stages: readonly { readonly epochs: number }[]
  readonly direction: Direction
}

/** How much of the differences between trials one parameter accounts for. */
export interface ParameterImportance {
  readonly name: string
  /** Over the whole ranges. */
  readonly whole: Effect
  /** In the box of the last stage; null for a parameter that has one value left there. */
  readonly here: Effect | null
}

/** The effect of a parameter in a box. */
export interface Effect {
  /** The variance of its main effect, as a share of those of all parameters: in [0, 1], 1 in all. */
  readonly main: number
  /** The same of its total effect, interactions included. */
  readonly total: number
  /** Whether its total effect is at least twice its main one: it matters together with others. */
  readonly withOthers: boolean
  /**
   * The mean score at even places of the box (each choice once), the others averaged over: low is good, in standard
   * deviations of the scores. For drawing. Empty for a parameter that exists in none of the 64 points averaged over.
   */
  readonly curve: readonly { readonly value: ParamValue; readonly score: number }[]
}

/** Below this many trials with a value nothing is reported. */
export const LEAST_FOR_IMPORTANCE = 12
const MOST_OBSERVATIONS = 128
const BACKGROUND_POINTS = 64
const PLACES = 11
/** Total effects below this share are too small to point out. */
const NOTABLE = 0.05

/**
 * The importance of each parameter that varies, in the order of the space: the variance of its main effect in a
 * Gaussian process over the trials' scores, by the mean over a background of Sobol' points. Over the whole ranges, and
 * in the last box. Null with fewer than 12 trials with a value. At most 128 trials are learned from, an even spread
 * over the ranking. Deterministic, whatever the order of the trials.
 * Source: F. Hutter, H. Hoos and K. Leyton-Brown, ICML 2014 (functional ANOVA); I. M. Sobol', 2001 (total effects).
 */
export function importance(request: ImportanceRequest): ParameterImportance[] | null {
  const { root, box } = request
  const axes = axesView(root)
  const model = fitModel(request, axes)
  if (model === null) return null
  const whole = effects(root, axes, model)
  const here = effects(box, axes, model)
  return axes.map(({ name }) => ({ name, whole: whole.get(name)!, here: here.get(name) ?? null }))
}

/** A process, and the group that its effects are those of. */
interface Model {
  readonly process: GaussianProcess
  readonly group: number
}

/** Learns from the deepest trials first, and from shallower ones with an offset for each stage. */
function fitModel({ trials, stages, direction }: ImportanceRequest, axes: readonly Axis[]): Model | null {
  const known = trials
    .filter((trial) => hasValue(trial) || isBadAnywhere(trial))
    .toSorted((a, b) => a.number - b.number)
  if (known.filter(hasValue).length < LEAST_FOR_IMPORTANCE) return null
  const groups = [...byFidelity(known, stages)].sort(([a], [b]) => b - a)
  const scored = groups.flatMap(([group, members]) => {
    const scores = standardScores(members, direction)
    return [members.map((trial, i) => ({ trial, group, score: scores[i]! }))]
  })
  const [deepest = [], ...others] = scored
  const shallower = others.flat()
  const half = MOST_OBSERVATIONS >> 1
  const chosen = [
    ...spread(deepest, MOST_OBSERVATIONS - Math.min(half, shallower.length)),
    ...spread(shallower, MOST_OBSERVATIONS - Math.min(half, deepest.length)),
  ]
  const process = fitGaussianProcess({
    places: chosen.map(({ trial }) => placeOf(axes, trial.params)),
    values: Float64Array.from(chosen, ({ score }) => score),
    groups: Float64Array.from(chosen, ({ group }) => group),
    isChoice: axes.map(({ kind }) => kind === 'choice'),
  })
  return { process, group: deepest[0]!.group }
}

/** At most that many, evenly over the scores. */
function spread<T extends { readonly score: number }>(scored: readonly T[], most: number): readonly T[] {
  if (scored.length <= most) return scored
  const byScore = scored.toSorted((a, b) => a.score - b.score)
  return Array.from({ length: most }, (_, i) => byScore[Math.floor((i * byScore.length) / most)]!)
}

/** The effect of each parameter that varies in a box. */
function effects(box: SearchSpace, rootAxes: readonly Axis[], model: Model): Map<string, Effect> {
  const axes = axesView(box)
  const background = backgroundOf(box, axes.length)
  const deciding = new Set(Object.values(box.conditions).flatMap((condition) => Object.keys(condition)))
  const raw = axes.flatMap(({ name, distribution }, axis) => {
    const rootAxis = rootAxes.findIndex((other) => other.name === name)
    const units = unitsOf(distribution)
    const values = units.map((unit) => fromUnit(distribution, unit))
    const active = background.filter(({ params }) => own(params, name) !== undefined)
    if (rootAxis < 0) return []
    // It exists too rarely to matter, and nothing can be averaged over.
    if (active.length === 0) return [{ name, main: 0, total: 0, curve: [] }]
    // A parameter that others depend on takes them along; any other moves alone.
    const fixed = deciding.has(name) ? null : active.map(({ params }) => placeOf(rootAxes, params))
    const columns = values.map((value, step) => {
      const at = placeOf(rootAxes, { [name]: value })[rootAxis]!
      return active.map(({ unit }, point) => {
        const moved = (fixed === null ? unit : fixed[point]!).slice()
        if (fixed === null) moved[axis] = units[step]!
        else moved[rootAxis] = at
        const place = fixed === null ? placeOf(rootAxes, paramsAt(box, moved)) : moved
        return model.process.meanAt(place, model.group)
      })
    })
    const means = columns.map(meanOf)
    const along = active.map((_, point) => variance(columns.map((column) => column[point]!)))
    const curve = means.map((score, step) => ({ value: values[step]!, score }))
    // As often as the parameter exists; the shares below are of the sums of these.
    const weight = active.length
    return [{ name, main: weight * variance(means), total: weight * meanOf(along), curve }]
  })
  const sums = { main: 0, total: 0 }
  for (const { main, total } of raw) {
    sums.main += main
    sums.total += total
  }
  return new Map(
    raw.map(({ name, main, total, curve }) => {
      const share = sums.total > 0 ? total / sums.total : 0
      const withOthers = total >= 2 * main && share >= NOTABLE
      return [name, { main: sums.main > 0 ? main / sums.main : 0, total: share, withOthers, curve }]
    }),
  )
}

interface BackgroundPoint {
  readonly unit: Float64Array
  readonly params: ReturnType<typeof paramsAt>
}

/** Sobol' points of the box that satisfy its constraints; any, where hardly one does. */
function backgroundOf(box: SearchSpace, axes: number): BackgroundPoint[] {
  const all: BackgroundPoint[] = []
  const feasible: BackgroundPoint[] = []
  for (let index = 0; index < BACKGROUND_POINTS * 16 && feasible.length < BACKGROUND_POINTS; index++) {
    const unit = Float64Array.from({ length: axes }, (_, axis) =>
      sobolCoordinate(axis % SOBOL_AXES, index, 0x9e3779b9 * (axis + 1)),
    )
    const point = { unit, params: paramsAt(box, unit) }
    all.push(point)
    if (constraintsHold(box, point.params)) feasible.push(point)
  }
  return feasible.length < BACKGROUND_POINTS ? all.slice(0, BACKGROUND_POINTS) : feasible
}

/** Even places of a range, both ends included; each value once where there are few. */
function unitsOf(distribution: Distribution): number[] {
  const count = countValues(distribution)
  if (count <= PLACES || distribution.kind === 'categorical') {
    return Array.from({ length: count }, (_, i) => (i + 0.5) / count)
  }
  return Array.from({ length: PLACES }, (_, i) => i / (PLACES - 1))
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function variance(values: readonly number[]): number {
  const mean = meanOf(values)
  return meanOf(values.map((value) => value - mean).map((off) => off * off))
}
