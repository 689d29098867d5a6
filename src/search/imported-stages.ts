import { DEFAULT_REDUCE } from './rungs.ts'
import type { StagePlan } from './stage-plan.ts'

/** What stands for the sampler in the record of a stage whose trials were imported. */
export const IMPORTED_SAMPLER = 'imported'

/** A stage as planned or as recorded. */
type Stage = Pick<StagePlan, 'imported'> | { readonly sampler: string }

/** Whether a stage's trials come from elsewhere: none of them is proposed or run. */
export function isImported(stage: Stage): boolean {
  const isRecorded = 'sampler' in stage && stage.sampler === IMPORTED_SAMPLER
  return isRecorded || ('imported' in stage && stage.imported !== undefined)
}

/** The index of the last stage before that one which draws its trials; -1 if there is none. */
export function drawnBefore(stages: readonly Stage[], index: number): number {
  return stages.slice(0, index).findLastIndex((stage) => !isImported(stage))
}

/** The index of the first stage after that one which draws its trials; -1 if there is none. */
export function drawnAfter(stages: readonly Stage[], index: number): number {
  return stages.findIndex((stage, i) => i > index && !isImported(stage))
}

/**
 * The index of the stage whose trials a stage is narrowed by: the one before that draws its trials; without one, imported
 * trials that were added for it. -1 for none.
 */
export function narrowsBy(stages: readonly StagePlan[], index: number): number {
  const drawn = drawnBefore(stages, index)
  if (drawn !== -1) return drawn
  return stages.slice(0, index).some(({ imported }) => imported?.narrow) ? index - 1 : -1
}

/** As `narrowsBy`, of stages as recorded, for one that was narrowed. */
export function narrowedBy(stages: readonly { readonly sampler: string }[], index: number): number {
  const drawn = drawnBefore(stages, index)
  return drawn === -1 ? index - 1 : drawn
}

/** Stages as written, with the imported ones of a study in their places. */
export function withImported(written: readonly StagePlan[], stored: readonly StagePlan[]): StagePlan[] {
  const stages = [...written]
  for (const [index, stage] of stored.entries()) {
    if (isImported(stage)) stages.splice(index, 0, stage)
  }
  return stages
}

/** The name, or the name with the first number from 2 that no other stage has. */
export function freeName(name: string, taken: readonly string[]): string {
  let free = name
  for (let number = 2; taken.includes(free); number++) free = `${name}-${number}`
  return free
}

/** The plan of imported trials that ran those epochs. @param narrow whether the first stage that draws is narrowed by them */
export function importedStage(name: string, trials: number, epochs: number, narrow: boolean): StagePlan {
  return {
    name,
    trials,
    epochs,
    sampler: 'random',
    keep: 1,
    margin: 0,
    rootShare: 0,
    warmStart: false,
    rungs: [],
    reduce: DEFAULT_REDUCE,
    startWith: [],
    imported: { narrow },
  }
}
