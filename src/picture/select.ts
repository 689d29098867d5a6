import { countOf, formatMetric, formatPercent } from '../report/numbers.ts'
import { type Dots, dots, type LegendEntry, type Point, stageRole } from './figure.ts'
import type { PictureOptions } from './options.ts'
import {
  bestTrial,
  isMishap,
  type PictureStage,
  type PictureStudy,
  type PictureTrial,
  rankedWithValue,
  searchedNames,
  shapeOf,
  stageLabel,
} from './study.ts'

/** The parameters of a picture: those asked for, or the searched ones by influence; with what was left out. */
export function choseParameters(
  study: PictureStudy,
  options: PictureOptions,
  most: number,
): { readonly names: readonly string[]; readonly notes: readonly string[] } {
  if (options.params !== undefined) return { names: options.params, notes: [] }
  const all = searchedNames(study)
  const order = options.order ?? study.importance?.map(({ name }) => name) ?? []
  const ranked = [
    ...order.filter((name) => all.includes(name)),
    ...all.filter((name) => !order.includes(name)),
  ]
  if (options.all === true || ranked.length <= most) return { names: ranked, notes: [] }
  const hidden = ranked.slice(most)
  return {
    names: ranked.slice(0, most),
    notes: [`${countOf(hidden.length, 'parameter')} not shown: ${hidden.join(', ')}.`],
  }
}

/** The trials with a value that a picture shows: of one stage, and the best share, if asked for; best first. */
export function choseTrials(study: PictureStudy, { stage, top }: PictureOptions): readonly PictureTrial[] {
  const all = rankedWithValue(study)
  const ranked = stage === undefined ? all : all.filter((trial) => trial.stage === stage)
  return top === undefined ? ranked : ranked.slice(0, Math.max(1, Math.ceil(ranked.length * top)))
}

/** Sentences on what `choseTrials` left out. */
export function choiceNotes(study: PictureStudy, { stage, top }: PictureOptions): string[] {
  const of = stage === undefined ? '' : ` of stage ${study.stages[stage]?.name ?? stage + 1}`
  if (top === undefined) return stage === undefined ? [] : [`Only trials${of}.`]
  return [`Only the best ${formatPercent(top)} of the trials${of}.`]
}

/** Trials that ended without a value, of the stage asked for. */
export function mishaps(study: PictureStudy, { stage, top }: PictureOptions): PictureTrial[] {
  if (top !== undefined) return []
  return study.trials.filter((trial) => isMishap(trial) && (stage === undefined || trial.stage === stage))
}

/** The stages that a picture shows. */
export function choseStages(study: PictureStudy, { stage }: PictureOptions): readonly PictureStage[] {
  return study.stages.filter(({ index }) => stage === undefined || index === stage)
}

/** An entry for each stage; from the fifth on the colours begin again, so the text says which is which. */
export function stageLegend(stages: readonly PictureStage[], shape: LegendEntry['shape']): LegendEntry[] {
  return stages.map((stage) => ({
    role: stageRole(stage.index),
    shape: stage.index >= 4 && shape === 'line' ? 'dashed' : shape,
    text: stageLabel(stage),
  }))
}

/** `9 diverged, 1 failed`, as an entry; none if all went well. */
export function mishapLegend(trials: readonly PictureTrial[]): LegendEntry[] {
  const diverged = trials.filter(({ state }) => state === 'diverged').length
  const failed = trials.filter(({ state }) => state === 'failed').length
  const counts = [
    ...(diverged > 0 ? [`${diverged} diverged`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ]
  return counts.length === 0 ? [] : [{ role: 'bad', shape: 'cross', text: counts.join(', ') }]
}

/** Dots of a stage's trials with a value, by the shapes that tell pruned and imported ones. */
export function trialDots(
  stages: readonly PictureStage[],
  trials: readonly PictureTrial[],
  at: (trial: PictureTrial) => Point,
): Dots[] {
  const points = stages.map(({ index }) => ({
    index,
    dot: [] as Point[],
    ring: [] as Point[],
    diamond: [] as Point[],
  }))
  const byStage = new Map(points.map((each) => [each.index, each]))
  for (const trial of trials) byStage.get(trial.stage)?.[shapeOf(trial)].push(at(trial))
  return points.flatMap((each) =>
    (['dot', 'ring', 'diamond'] as const).map((shape) => dots(stageRole(each.index), each[shape], shape)),
  )
}

/** `12 pruned` and `30 imported`, as entries; none where there are none. */
export function shapeLegend(trials: readonly PictureTrial[]): LegendEntry[] {
  const count = (shape: 'ring' | 'diamond') =>
    trials.filter((trial) => trial.value !== null && shapeOf(trial) === shape).length
  const [pruned, imported] = [count('ring'), count('diamond')]
  return [
    ...(pruned > 0 ? [{ role: 'muted', shape: 'ring', text: `${pruned} pruned` } as const] : []),
    ...(imported > 0 ? [{ role: 'muted', shape: 'diamond', text: `${imported} imported` } as const] : []),
  ]
}

/** What the values of pruned trials are not; empty where there are none. */
export function prunedNotes(trials: readonly PictureTrial[]): string[] {
  const some = trials.some(({ state, value }) => state === 'pruned' && value !== null)
  return some
    ? ['Pruned trials show the value at the rung that ended them, after fewer epochs than the others.']
    : []
}

/** `trial 50: 0.8567`; empty while no trial has succeeded. */
export function bestLegend(study: PictureStudy, shape: LegendEntry['shape']): LegendEntry[] {
  const best = bestTrial(study)
  if (best === undefined) return []
  const value = formatMetric(study.metric, best.value)
  return [{ role: 'winner', shape, text: `best: trial ${best.number}, ${value}` }]
}

/** Why there is nothing to draw of a study's values. */
export function noValueSentence(study: PictureStudy): string {
  const bad = study.trials.filter(isMishap).length
  if (study.trials.length === 0) return 'No trial has started.'
  if (bad === study.trials.length)
    return `None of ${countOf(bad, 'trial')} succeeded: all diverged or failed.`
  return 'No trial has finished with a value yet.'
}

/** `2 values beyond the axis are drawn at its end.` */
export function clampNotes(clamped: number): string[] {
  if (clamped === 0) return []
  return [
    `${countOf(clamped, 'value')} beyond the axis ${clamped === 1 ? 'is' : 'are'} drawn at its worse end.`,
  ]
}
