import type { z } from 'zod'
import { UserError } from '../errors.ts'
import { kindOf } from '../objective/kinds.ts'
import { freeName, isImported } from '../search/imported-stages.ts'
import { planStages } from '../search/plan.ts'
import { changedStagesSchema } from '../search/plan-schema.ts'
import { fileEntry } from '../space/distribution-forms.ts'
import { own } from '../space/own.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { spaceSchema, withConstraints } from '../space/space-schema.ts'
import type { StageRecord, StudyRecord } from '../store/store.ts'
import type { Experiment, Limits } from '../study-file/experiment.ts'
import { experimentFromJson } from '../study-file/experiment-json.ts'
import { describeIssue, leaveUnsaid } from '../study-file/issue-sentences.ts'
import { FLAGS } from '../study-file/outside-settings.ts'
import { applyOverrides, type Override, parseOverride } from '../study-file/overrides.ts'
import { describePath, type Path } from '../study-file/path.ts'
import { SHORTHANDS, STUDY_KEYS } from '../study-file/study-blocks.ts'
import { limitsSchema } from '../study-file/top-schema.ts'

/** What a resume changes on purpose. */
export interface ResumeChanges {
  /** Go on although the data, the objective or the space are not what they were. */
  readonly force: boolean
  /** How many more trials for the last stage; 0 for none. */
  readonly add: number
  /** `stages.fine.trials=64`, `stages[2]={ trials: 16, epochs: 10 }`, `limits.timeout=2h`. */
  readonly set: readonly string[]
}

/** How far a study has come: its stages that have begun, and how many trials of each. */
export interface Progress {
  readonly begun: readonly StageRecord[]
  readonly begunTrials: (stage: number) => number
}

/** What `changes` did, for the study's record. */
export function describeChanges({ add, set }: ResumeChanges): string[] {
  return [...(add > 0 ? [`resume --add ${add}`] : []), ...set.map((text) => `resume --set ${text}`)]
}

/**
 * The stored experiment with the changes made. Only what does not touch finished trials can change: the limits, the
 * number of trials of a stage that no other has followed, everything of a stage not begun, further stages, and with
 * `force` the ranges of the space, which the stages not begun are drawn in.
 * @throws UserError('usage') saying which rule a change breaks.
 */
export function changeExperiment(study: StudyRecord, progress: Progress, changes: ResumeChanges): Experiment {
  let experiment = experimentFromJson(study.experiment, study.name)
  if (changes.add > 0) {
    experiment = { ...experiment, stages: withMoreTrials(experiment.stages, changes.add) }
  }
  const overrides = changes.set.map((text) => parseOverride(text, FLAGS.overrides))
  for (const override of overrides) {
    experiment = applyChange(experiment, override, progress, changes.force)
  }
  const ofSpace = overrides.find(({ path }) => path[0] === 'space')
  if (ofSpace !== undefined && progress.begun.length >= experiment.stages.length) {
    throw refused(
      ofSpace,
      'every stage has already started with its own ranges, so the change would have no effect',
      {
        hint: `Add a stage as well: --set 'stages[${experiment.stages.length}]={ trials: 32 }'.`,
      },
    )
  }
  return experiment
}

/** More trials for the last stage; where imported ones have followed it, in a further stage of the same settings. */
function withMoreTrials(stages: Experiment['stages'], add: number): Experiment['stages'] {
  const last = stages.at(-1)!
  if (!isImported(last)) return stages.with(-1, { ...last, trials: last.trials + add })
  const drawn = stages.findLast((stage) => !isImported(stage))!
  const names = stages.map(({ name }) => name)
  const name = freeName(drawn.name, names)
  return [...stages, { ...drawn, name, trials: add, startWith: [] }]
}

function applyChange(
  experiment: Experiment,
  override: Override,
  progress: Progress,
  force: boolean,
): Experiment {
  const tree = { limits: experiment.limits, stages: experiment.stages, space: writtenSpace(experiment.space) }
  const { value, overrides } = applyOverrides(tree, [override], SHORTHANDS)
  const resolved = overrides[0]!
  const root = value as typeof tree
  switch (resolved.path[0]) {
    case 'limits':
      return { ...experiment, limits: read(limitsSchema, root.limits, 'limits', resolved) as Limits }
    case 'stages':
      checkStageChange(experiment, resolved, progress)
      return { ...experiment, stages: readStages(root.stages, resolved) }
    case 'space':
      return { ...experiment, space: readSpace(experiment, root.space, resolved, force) }
    default:
      throw refused(resolved, "can't change once a study has started", {
        hint: 'A resume can change stages, limits and, with --force, ranges of the space. For anything else, run a new study.',
      })
  }
}

/** Finished trials and the stages made from them stay what they are. */
function checkStageChange(
  { stages }: Experiment,
  override: Override,
  { begun, begunTrials }: Progress,
): void {
  const { path, value } = override
  const [, index, field] = path
  if (field === 'imported' || (typeof value === 'object' && value !== null && 'imported' in value)) {
    throw refused(override, "can't be set: trials are imported by finesweep import")
  }
  if (typeof index !== 'number') {
    throw refused(override, "can't change as a whole", {
      hint: 'Write stages[1].trials or stages.fine.trials.',
    })
  }
  if (begun[index] === undefined) return
  const { epochs } = stages[index]!
  if (isImported(stages[index]!))
    throw refused(override, 'the stage contains imported trials, which cannot change')
  if (field === 'epochs')
    throw refused(override, `the stage has already started with ${epochs} epochs per trial`)
  if (field !== 'trials' || path.length !== 3) {
    throw refused(override, 'the stage has already started', {
      hint: 'Only the number of trials can change once a stage has started.',
    })
  }
  if (begun[index + 1] !== undefined) {
    throw refused(override, 'the next stage was already drawn from its results', {
      hint: 'Add trials to the last stage: finesweep resume --add N',
    })
  }
  if (typeof value === 'number' && value < begunTrials(index)) {
    throw refused(
      override,
      `must be at least ${begunTrials(index)}, the number of trials already started; got ${value}`,
    )
  }
}

function readStages(stages: unknown, override: Override): Experiment['stages'] {
  // A further stage has a number where it has no name: its usual name belongs to the last one before.
  const entries = read(changedStagesSchema, stages, 'stages', override).map((entry, index) => ({
    ...entry,
    name: entry.name ?? `stage-${index + 1}`,
  }))
  const plan = planStages({ stages: entries })
  const mistake = plan.mistakes[0]
  if (mistake !== undefined)
    throw new UserError('usage', mistake.message, { where: { file: override.label } })
  return plan.stages
}

/** The space as a study file would write it, with what it says of its bounds spelled out. */
function writtenSpace({ parameters, conditions }: SearchSpace): Record<string, object> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, distribution]) => {
      const when = own(conditions, name)
      const bounds = 'hard' in distribution ? { soft: !distribution.hard } : {}
      return [name, { ...fileEntry(distribution), ...bounds, ...(when === undefined ? {} : { when }) }]
    }),
  )
}

/** Ranges may change; which parameters there are may not, for every trial has a value for each. */
function readSpace(
  experiment: Experiment,
  written: Record<string, object>,
  override: Override,
  force: boolean,
): SearchSpace {
  const name = override.path[1]
  const before = typeof name === 'string' ? own(experiment.space.parameters, name) : undefined
  if (before === undefined) {
    const names = Object.keys(experiment.space.parameters)
    throw refused(override, 'is not a parameter of the study', {
      hint: `The parameters are ${names.join(', ')}.`,
    })
  }
  if (!force) {
    throw refused(override, 'changes what is searched', {
      hint: 'Add --force to change it anyway: later stages stay within the new range, and extend into what it adds if the best trials lie at that edge. The study records the change.',
    })
  }
  const block = read(spaceSchema, written, 'space', override)
  const after = block.parameters[name as string]!
  if (after.kind !== before.kind) {
    throw refused(override, `must stay a ${before.kind} parameter, got ${after.kind}`, {
      hint: 'For another kind, run a new study.',
    })
  }
  const { space, mistakes } = withConstraints(block, experiment.space.constraints)
  if (mistakes[0] !== undefined) throw refused(override, mistakes[0].message)
  return kindOf(experiment.objective).checkSpace(space, experiment.objective, {
    raw: { space: written },
    blocks: {},
    failed: new Set(),
    folder: '',
    exists: () => true,
    report: ({ message, hint }) => {
      throw new UserError('usage', message, { hint, where: { file: override.label } })
    },
  })
}

/** A block read again, with the change in it. */
function read<T>(schema: z.ZodType<T>, value: unknown, block: string, { label }: Override): T {
  const result = schema.safeParse(value, { error: leaveUnsaid })
  if (result.success) return result.data
  const context = { root: { [block]: value }, schema: STUDY_KEYS, shorthands: SHORTHANDS }
  const { message, hint } = describeIssue(result.error.issues[0]!, [block], context)[0]!
  throw new UserError('usage', message, { hint, where: { file: label } })
}

function refused(
  { path, label }: { path: Path; label: string },
  rule: string,
  details: { hint?: string } = {},
) {
  const separator = /^(can't|must|is|changes)\b/.test(rule) ? ' ' : ': '
  const message = `${describePath(path)}${separator}${rule}`
  return new UserError('usage', message, { ...details, where: { file: label } })
}
