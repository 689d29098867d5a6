import { UserError } from '../errors.ts'
import type { Fingerprints, StageRecord, StudyRecord } from '../store/store.ts'
import type { Experiment, Limits } from '../study-file/experiment.ts'
import { experimentFromJson } from '../study-file/experiment-json.ts'
import { describeIssue, leaveUnsaid } from '../study-file/issue-sentences.ts'
import { type Override, parseOverride } from '../study-file/overrides.ts'
import { describePath } from '../study-file/path.ts'
import { SHORTHANDS, STUDY_KEYS } from '../study-file/study-blocks.ts'
import { limitsSchema } from '../study-file/top-schema.ts'
import type { OpenedExperiment } from './open-experiment.ts'

/** What a resume changes on purpose. */
export interface ResumeChanges {
  /** Go on although the data, the objective or the space are not what they were. */
  readonly force: boolean
  /** So many more trials for the last stage; 0 for none. */
  readonly add: number
  /** `stages[1].trials=64`, `limits.timeout=2h`. */
  readonly set: readonly string[]
}

/** What `changes` did, for the study's record. */
export function describeChanges({ add, set }: ResumeChanges): string[] {
  return [...(add > 0 ? [`resume --add ${add}`] : []), ...set.map((text) => `resume --set ${text}`)]
}

/**
 * The stored experiment with the changes made. Only what does not touch finished trials can change: the number of
 * trials of a stage that no other has followed, the epochs of a stage not begun, and the limits.
 * @throws UserError('usage') saying which rule a change breaks.
 */
export function changeExperiment(
  study: StudyRecord,
  begun: readonly StageRecord[],
  begunTrials: (stage: number) => number,
  changes: ResumeChanges,
): Experiment {
  let experiment = experimentFromJson(study.experiment, study.name)
  if (changes.add > 0) {
    const last = experiment.stages.length - 1
    experiment = withStage(experiment, last, { trials: experiment.stages[last]!.trials + changes.add })
  }
  for (const override of changes.set.map(parseOverride)) {
    experiment = applyOverride(experiment, override, begun, begunTrials)
  }
  return experiment
}

function applyOverride(
  experiment: Experiment,
  { path, value, label }: Override,
  begun: readonly StageRecord[],
  begunTrials: (stage: number) => number,
): Experiment {
  const [block, index, field] = path
  const where = { file: label }
  if (block === 'limits' && typeof index === 'string' && path.length === 2) {
    const limits = { ...experiment.limits, [index]: value }
    const read = limitsSchema.safeParse(limits, { error: leaveUnsaid })
    if (read.success) return { ...experiment, limits: read.data as Limits }
    const context = { root: { limits }, schema: STUDY_KEYS, shorthands: SHORTHANDS }
    const { message, hint } = describeIssue(read.error.issues[0]!, ['limits'], context)[0]!
    throw new UserError('usage', message, { hint, where })
  }
  const stage = typeof index === 'number' ? experiment.stages[index] : undefined
  if (block !== 'stages' || path.length !== 3 || (field !== 'trials' && field !== 'epochs')) {
    throw new UserError('usage', `${describePath(path)} can't change once a study has begun`, {
      hint: 'A resume sets stages[N].trials, stages[N].epochs and limits; for anything else run a new study.',
      where,
    })
  }
  if (stage === undefined) {
    throw new UserError('usage', `There is no stages[${index}]: the study has ${experiment.stages.length}`, {
      where,
    })
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new UserError(
      'usage',
      `${describePath(path)} must be a whole number of at least 1, got ${JSON.stringify(value)}`,
      { where },
    )
  }
  const at = index as number
  if (field === 'epochs' && begun[at] !== undefined) {
    throw new UserError(
      'usage',
      `${describePath(path)}: the stage has begun with ${stage.epochs} epochs a trial`,
      { where },
    )
  }
  if (field === 'trials' && begun[at + 1] !== undefined) {
    throw new UserError(
      'usage',
      `${describePath(path)}: the stage after it was narrowed to this one's results already`,
      {
        hint: `Add trials to the last stage: finesweep resume --add N`,
        where,
      },
    )
  }
  if (field === 'trials' && value < begunTrials(at)) {
    throw new UserError(
      'usage',
      `${describePath(path)} must be at least ${begunTrials(at)}, as many as have begun; got ${value}`,
      { where },
    )
  }
  return withStage(experiment, at, { [field]: value })
}

function withStage(
  experiment: Experiment,
  index: number,
  changes: { trials?: number; epochs?: number },
): Experiment {
  const stages = experiment.stages.map((stage, i) => (i === index ? { ...stage, ...changes } : stage))
  return { ...experiment, stages }
}

const MEANINGS: Readonly<Record<keyof Fingerprints, string>> = {
  data: 'the data set',
  objective: 'the objective',
  space: 'the search space',
}

/**
 * Compares what a study measured with what it would measure now.
 * @returns notes on what was forced, for the study's record.
 * @throws UserError('usage') listing the differences, unless forced.
 */
export function refuseDifferences(study: StudyRecord, opened: OpenedExperiment, force: boolean): string[] {
  const names = Object.keys(MEANINGS) as (keyof Fingerprints)[]
  const differences = names
    .filter((name) => study.fingerprints[name] !== opened.fingerprints[name])
    .map((name) => {
      const before = short(study.fingerprints[name])
      return `${MEANINGS[name]} is not what it was (${before} then, ${short(opened.fingerprints[name])} now)`
    })
  if (differences.length === 0) return []
  if (force) return differences.map((difference) => `resume --force: ${difference}`)
  throw new UserError('usage', `Study "${study.name}" does not fit any more: ${differences.join('; ')}`, {
    hint: 'Bring back what it began with, or run a new study. (finesweep resume --force goes on, and records that.)',
  })
}

function short(hash: string | null): string {
  return hash === null ? 'none' : `${hash.slice(0, 8)}…`
}
