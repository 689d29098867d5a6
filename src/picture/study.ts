import { drawnAfter } from '../search/imported-stages.ts'
import { hasValue, rankTrials } from '../search/rank.ts'
import type { Distribution, Params } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { type Direction, TRIAL_STATES, type TrialState } from '../trial.ts'
import type { PictureOptions } from './options.ts'

/** What pictures need of a study: plain JSON, the same in the command, in a report, and in a page. */
export interface PictureStudy {
  readonly name: string
  readonly direction: Direction
  readonly metric: string
  readonly stages: readonly PictureStage[]
  /** In order of number. */
  readonly trials: readonly PictureTrial[]
  /** Of those that `chooseCurves` chose, in order of number. */
  readonly curves: readonly Curve[]
  /** How much each parameter mattered, in falling order; null where too few trials have a value. */
  readonly importance: readonly ParameterShare[] | null
}

/** Shares of the differences between trials, in [0, 1]. */
export interface ParameterShare {
  readonly name: string
  /** Of the main effect, over the whole ranges and in the last box; null where one value is left there. */
  readonly whole: number
  readonly here: number | null
  /** With interactions, over the whole ranges. */
  readonly total: number
  /** Whether it matters together with others. */
  readonly withOthers: boolean
}

export interface PictureStage {
  readonly index: number
  readonly name: string
  readonly trials: number
  readonly epochs: number
  readonly sampler: string
  readonly firstTrial: number
  readonly space: SearchSpace
  /** Null in the first stage. */
  readonly narrowing: PictureNarrowing | null
}

/** What a stage's box was made from. */
export interface PictureNarrowing {
  /** Numbers of the best trials of the stage before, best first. */
  readonly elite: readonly number[]
  readonly rootShare: number
  readonly parameters: readonly {
    readonly name: string
    readonly action: string
    readonly before: Distribution
    readonly after: Distribution
    /** One clause for people. */
    readonly reason: string
  }[]
}

export interface PictureTrial {
  readonly number: number
  readonly stage: number
  readonly state: TrialState
  readonly value: number | null
  readonly epochs: number
  /** What it was given to spend. */
  readonly budget: { readonly epochs: number }
  /** The objective's second metric, lower is better; null if it has none. */
  readonly tie: number | null
  readonly params: Params
  /** Milliseconds since the epoch; null while it waits. */
  readonly startedAt: number | null
  readonly durationMs: number | null
  /** The worker that ran it, from 0; null where the store does not say. */
  readonly slot: number | null
  /** Stands for the machine that ran it, whose name no page shows; null where the store does not say. */
  readonly host: number | null
  /** Whether it comes from elsewhere. */
  readonly imported: boolean
  /** Why it did not complete; null if it did. */
  readonly error: string | null
}

/** What one trial measured, step by step. */
export interface Curve {
  readonly trial: number
  readonly steps: readonly number[]
  /** What the study ranks by, at each step. */
  readonly values: readonly number[]
  /** Each metric at each step; null where it was not measured, or was NaN or infinite. */
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>
}

/** The most curves that are drawn, and of how many of the best trials all are kept. */
export const MOST_CURVES = 200
const BEST_CURVES = 50

/**
 * The numbers of the trials whose curves are kept: those that a picture draws, all of the best 50, of what runs, and the
 * trial asked for.
 */
export function chooseCurves(
  trials: readonly PictureTrial[],
  direction: Direction,
  options: PictureOptions,
): number[] {
  const ranked = rankTrials(trials, direction)
  const best = ranked.slice(0, BEST_CURVES)
  const running = trials.filter(({ state }) => state === 'running')
  const chosen = [...best, ...curveTrials(ranked, options).shown, ...running]
  const also = options.trial === undefined ? [] : [options.trial]
  return [...new Set([...chosen.map(({ number }) => number), ...also])].sort((a, b) => a - b)
}

/** Of ranked trials, those whose curves are drawn: an even share by rank of those that measured anything. */
export function curveTrials(
  ranked: readonly PictureTrial[],
  { stage, top }: PictureOptions,
): { readonly shown: readonly PictureTrial[]; readonly measured: number } {
  const measured = ranked.filter(
    (trial) => trial.epochs > 0 && (stage === undefined || trial.stage === stage),
  )
  const best = top === undefined ? measured : measured.slice(0, Math.max(1, Math.ceil(measured.length * top)))
  return { shown: evenShare(best, MOST_CURVES), measured: measured.length }
}

/** At most `most` of a ranked list, evenly from its first to its last. */
export function evenShare<T>(ranked: readonly T[], most: number): T[] {
  if (ranked.length <= most) return [...ranked]
  return Array.from({ length: most }, (_, i) => ranked[Math.round((i * (ranked.length - 1)) / (most - 1))]!)
}

/** Makes a function of a study that is worked out once: all pictures of a study ask for the same, and it may be large. */
export function oncePerStudy<T>(work: (study: PictureStudy) => T): (study: PictureStudy) => T {
  const known = new WeakMap<PictureStudy, T>()
  return (study) => {
    if (!known.has(study)) known.set(study, work(study))
    return known.get(study)!
  }
}

/** All trials, best first. */
export const ranking: (study: PictureStudy) => readonly PictureTrial[] = oncePerStudy((study) =>
  rankTrials(study.trials, study.direction),
)

/** The trials with a value, best first. */
export const rankedWithValue: (study: PictureStudy) => readonly PictureTrial[] = oncePerStudy((study) =>
  ranking(study).filter(hasValue),
)

/** The trials whose values compete for the best: the complete ones, or those that were pruned if there is no other. */
export function competitors(trials: readonly PictureTrial[]): readonly PictureTrial[] {
  const valued = trials.filter(hasValue)
  const complete = valued.filter(({ state }) => state === 'complete')
  return complete.length > 0 ? complete : valued
}

/** The best trial; undefined before one has succeeded. */
export function bestTrial(study: PictureStudy): PictureTrial | undefined {
  return rankedWithValue(study)[0]
}

/** The params of each trial by number. */
export const paramsByNumber: (study: PictureStudy) => ReadonlyMap<number, Params> = oncePerStudy(
  (study) => new Map(study.trials.map(({ number, params }) => [number, params])),
)

/** How a trial with a value is drawn: what its value lacks to be alike to others is shown by shape. */
export function shapeOf({ state, imported }: PictureTrial): 'dot' | 'ring' | 'diamond' {
  if (imported) return 'diamond'
  return state === 'pruned' ? 'ring' : 'dot'
}

/** Whether a trial ended without a value. */
export function isMishap({ state }: { readonly state: TrialState }): boolean {
  return TRIAL_STATES[state].bad
}

/** The index of the first stage that drew its trials, which are even over the whole ranges; 0 if none did. */
export function firstDrawn({ stages }: PictureStudy): number {
  return Math.max(0, drawnAfter(stages, -1))
}

/** `coarse · 1 ep`: values of different budgets are not comparable, so a stage is never named without its epochs. */
export function stageLabel({ name, epochs }: PictureStage): string {
  return `${name} · ${epochs} ep`
}

/** Names of the parameters that differ between trials, in the order of the study file. */
export const searchedNames: (study: PictureStudy) => readonly string[] = oncePerStudy((study) => {
  const root = study.stages[0]?.space.parameters ?? {}
  const names = new Set(Object.keys(root).filter((name) => own(root, name)?.kind !== 'fixed'))
  for (const { params } of study.trials) {
    for (const name in params) if (own(root, name) === undefined) names.add(name)
  }
  return [...names]
})
