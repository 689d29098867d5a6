import { planStages, type StageEntry } from '../../src/search/plan.ts'
import type { StagePlan } from '../../src/search/stage-plan.ts'

/** A way to search that is compared, as a study file would say it. */
export interface Setting {
  readonly name: string
  readonly stages: readonly StageEntry[]
}

/** `default` is what a study gets that names its stages and nothing more. */
export const SETTINGS: readonly Setting[] = [
  { name: 'random', stages: [{ sampler: 'random' }] },
  { name: 'sobol', stages: [{ sampler: 'sobol' }] },
  { name: 'tpe', stages: [{ sampler: 'tpe' }] },
  { name: 'coarse, then random in the box', stages: [{}, { sampler: 'random' }] },
  { name: 'coarse, then tpe in the box', stages: [{}, { sampler: 'tpe' }] },
  { name: 'default', stages: [{}, {}] },
]

/** What is compared on the functions of which the optimum is known: whole studies, for a sampler alone has no box. */
export const STUDIES: readonly Setting[] = [
  ...SETTINGS.filter(({ stages }) => stages.length > 1),
  { name: 'default, in three stages', stages: [{}, {}, {}] },
]

/** The setting's stages for that many trials; every stage measures the same, so all have one epoch. */
export function stagesOf(setting: Setting, trials: number): readonly StagePlan[] {
  const entries = setting.stages.map((entry) => ({ epochs: 1, ...entry }))
  const { stages, mistakes } = planStages({ stages: entries, budget: { trials } })
  if (mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join('\n'))
  return stages
}
