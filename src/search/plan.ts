import type { Params } from '../space/distribution.ts'
import { drawnBefore } from './imported-stages.ts'
import { DEFAULT_EPOCHS, epochsOf, withReplicates } from './plan-replicate.ts'
import { DEFAULT_REDUCE, evenRungs } from './rungs.ts'
import type { Replicate, SamplerName, StagePlan } from './stage-plan.ts'

/** A stage as a study file says it: what is left out is planned. */
export interface StageEntry {
  readonly name?: string | undefined
  readonly trials?: number | undefined
  readonly epochs?: number | undefined
  readonly sampler?: string | undefined
  readonly keep?: number | undefined
  readonly margin?: number | undefined
  readonly rootShare?: number | undefined
  readonly warmStart?: boolean | undefined
  /** True for even ones: epochs / reduce, / reduce², … down to 1. */
  readonly rungs?: readonly number[] | true | undefined
  readonly reduce?: number | undefined
  readonly startWith?: readonly Params[] | undefined
  /** Makes it a last stage that runs the best points again with other seeds. */
  readonly replicate?: Replicate | undefined
  /** Imported trials; in stored studies alone. */
  readonly imported?: StagePlan['imported']
}

export interface PlanInput {
  /** Null or left out: the recipe's two stages, coarse and fine. */
  readonly stages?: readonly StageEntry[] | null | undefined
  /** What all trials together may spend, epochs or trials; it plans the trials of the stages that name none. */
  readonly budget?: StudyBudget | null | undefined
  /**
   * False if nothing is known of what an epoch means to the objective: then a budget of trials alone is one stage.
   * True if left out.
   */
  readonly epochsMatter?: boolean | undefined
}

/** What a whole study may spend; one of the two is given. */
export interface StudyBudget {
  readonly epochs?: number | undefined
  readonly trials?: number | undefined
}

/** A rule that the stages break together; `path` leads from the file's root to the key or value at fault. */
export interface PlanMistake {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** How many trials may be on their way when the next one is proposed. */
export const DEFAULT_LAG = 8

export const DEFAULT_KEEP = 0.2
export const DEFAULT_MARGIN = 0.2
export const DEFAULT_ROOT_SHARE = 0.1
/** The part of a budget that goes into seeing the whole range. */
const COARSE_SHARE = 0.25
const MOST_FOR_PROCESS = 500
const DEFAULT_TRIALS = [64, 32]

/**
 * The stages with every default filled in, and what is wrong with them. Without stages: coarse, 64 trials of one
 * epoch, then fine, 32 of five; or one stage where epochs do not matter and the budget is of trials. Stages that name
 * no trials share what is left of the budget equally.
 */
export function planStages(input: PlanInput): {
  readonly stages: readonly StagePlan[]
  readonly mistakes: readonly PlanMistake[]
} {
  const mistakes: PlanMistake[] = []
  const entries = withReplicates(input.stages ?? defaultEntries(input), mistakes)
  const drawing = entries.filter(({ replicate }) => replicate === undefined).length
  if (entries.length === 0) {
    return {
      stages: [],
      mistakes: [{ path: ['stages'], message: 'stages: at least one stage is needed, got none' }],
    }
  }
  const trials = plannedTrials(entries, input.budget ?? null, mistakes)
  const names = new Set<string>()
  const stages = entries.map((entry, index): StagePlan => {
    const name = entry.name ?? defaultName(index, drawing)
    if (names.has(name)) {
      mistakes.push({
        path: ['stages', index, 'name'],
        message: `stages[${index}]: the name "${name}" is taken by another stage`,
      })
    }
    names.add(name)
    const { startWith = [], warmStart = false } = entry
    if (startWith.length > trials[index]!) {
      const message = `stages[${index}]: startWith has ${startWith.length} points for ${trials[index]} trials. Raise trials, or drop some points.`
      mistakes.push({ path: ['stages', index, 'startWith'], message })
    }
    if (warmStart && drawnBefore(entries, index) === -1) {
      const message = `stages[${index}]: warmStart continues the trials of the stage before, but there is none. Drop it.`
      mistakes.push({ path: ['stages', index, 'warmStart'], message })
    }
    return {
      name,
      trials: trials[index]!,
      epochs: epochsOf(entry, index),
      sampler: entry.sampler ?? defaultSampler(trials[index]!, isCoarse(entries, index)),
      keep: entry.keep ?? DEFAULT_KEEP,
      margin: entry.margin ?? DEFAULT_MARGIN,
      rootShare: entry.rootShare ?? (index === 0 ? 0 : DEFAULT_ROOT_SHARE),
      warmStart,
      ...plannedRungs(entry, index, mistakes),
      startWith,
      ...(entry.replicate === undefined ? {} : { replicate: entry.replicate }),
      ...(entry.imported === undefined ? {} : { imported: entry.imported }),
    }
  })
  return { stages, mistakes }
}

/** The rungs of a stage, with what is wrong with them. */
function plannedRungs(
  entry: StageEntry,
  index: number,
  mistakes: PlanMistake[],
): Pick<StagePlan, 'rungs' | 'reduce'> {
  const { reduce = DEFAULT_REDUCE } = entry
  const epochs = epochsOf(entry, index)
  const rungs = entry.rungs === true ? evenRungs(epochs, reduce) : (entry.rungs ?? [])
  const report = (key: string, message: string): void => {
    mistakes.push({ path: ['stages', index, key], message: `stages[${index}]: ${message}` })
  }
  if (rungs.slice(1).some((at, k) => at <= rungs[k]!)) {
    report('rungs', `rungs must ascend, got [${rungs.join(', ')}]`)
  }
  const beyond = rungs.find((at) => at >= epochs)
  if (beyond !== undefined) {
    report(
      'rungs',
      `rungs must be below the stage's ${epochs} epochs, got ${beyond}. Drop it, or raise epochs.`,
    )
  }
  if (entry.reduce !== undefined && entry.rungs === undefined) {
    report('reduce', 'reduce applies only to a stage with rungs. Add rungs: true, or drop it.')
  }
  return { rungs, reduce }
}

/**
 * What a stage samples with if it does not say. A first stage of fewer epochs than the next sees the whole range
 * evenly: few epochs like other params than many do (no regularisation, say), and a sampler that learned from them
 * would crowd where they like it. All others learn. A Gaussian process takes some 20 ms a proposal, which does not pay
 * in a stage of very many trials.
 */
function defaultSampler(trials: number, coarse: boolean): SamplerName {
  if (coarse) return 'sobol'
  return trials <= MOST_FOR_PROCESS ? 'gp' : 'tpe'
}

/** Whether it is the first of several stages and its trials run for fewer epochs than those of the next. */
function isCoarse(entries: readonly StageEntry[], index: number): boolean {
  const next = entries[1]
  return (
    index === 0 &&
    next !== undefined &&
    next.replicate === undefined &&
    epochsOf(entries[0]!, 0) < epochsOf(next, 1)
  )
}

function defaultEntries({ budget, epochsMatter = true }: PlanInput): StageEntry[] {
  if (!epochsMatter && budget?.trials !== undefined) return [{ name: 'search' }]
  return DEFAULT_EPOCHS.map((epochs, index) => ({
    epochs,
    trials: budget == null ? DEFAULT_TRIALS[index] : undefined,
  }))
}

function defaultName(index: number, count: number): string {
  if (index === 0) return 'coarse'
  return index === count - 1 ? 'fine' : `stage-${index + 1}`
}

/** The trials of each stage; those left open share what the others leave of the budget. */
function plannedTrials(
  entries: readonly StageEntry[],
  budget: StudyBudget | null,
  mistakes: PlanMistake[],
): number[] {
  const unit = budget?.trials === undefined ? 'epochs' : 'trials'
  const total = budget?.[unit] ?? null
  const cost = (index: number): number => (unit === 'trials' ? 1 : epochsOf(entries[index]!, index))
  const spent = entries.reduce((sum, entry, index) => sum + (entry.trials ?? 0) * cost(index), 0)
  if (total !== null && spent > total) {
    const message = `budget: the stages' trials take ${spent} ${unit}, more than the ${total} allowed. Raise it, or use fewer trials.`
    mistakes.push({ path: ['budget', unit], message })
  }
  const shares = sharesOf(entries)
  return entries.map((entry, index) => {
    if (entry.trials !== undefined) return entry.trials
    if (total === null) {
      const message = `stages[${index}]: trials is missing. Set it, or set budget: { epochs: N }.`
      mistakes.push({ path: ['stages', index], message })
      return 0
    }
    const trials = Math.floor(((total - spent) * shares[index]!) / cost(index) + 1e-9)
    if (trials < 1 && spent <= total) {
      const message = `budget: ${total} ${unit} leave no trials for stages[${index}]. Raise it, or drop a stage.`
      mistakes.push({ path: ['budget', unit], message })
    }
    return Math.max(0, trials)
  })
}

/** Which part of what is left each stage without trials of its own gets: a first one a quarter, the others the rest. */
function sharesOf(entries: readonly StageEntry[]): number[] {
  const open = entries.map((entry) => entry.trials === undefined)
  const others = open.filter((isOpen, index) => isOpen && index > 0).length
  const first = open[0] ? (others > 0 ? COARSE_SHARE : 1) : 0
  return open.map((isOpen, index) => (isOpen ? (index === 0 ? first : (1 - first) / others) : 0))
}
