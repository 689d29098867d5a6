import { seedFrom } from '../random/stream.ts'
import { drawnAfter, drawnBefore, isImported, narrowsBy } from '../search/imported-stages.ts'
import { narrow } from '../search/narrow.ts'
import type { OwnSamplers } from '../search/own-samplers.ts'
import { isAdaptive, proposeTrial, takenBefore } from '../search/propose-trial.ts'
import { pointsToReplicate, REPLICATE_SAMPLER, replicateOf } from '../search/replication.ts'
import type { Replicate, StagePlan, StopSettings } from '../search/stage-plan.ts'
import { countPointsAtMost, neverRepeats, pointKey } from '../space/points.ts'
import { redeclared } from '../space/redeclared.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { StageRecord, StudyRecord, StudyWriter } from '../store/store.ts'
import type { TrialRecord } from '../trial.ts'
import { readEarlyValues } from './early-values.ts'
import { type EndedTrial, readEndedTrials } from './ended-trial.ts'
import { continuedTrials, type KeptArtifacts, keepArtifacts, promotedCount } from './kept-artifacts.ts'
import { TrialQueue, type TrialQueueSetup } from './trial-queue.ts'

/** What decides the trials of a study. */
export interface StudyCourse {
  /** Created by the writer, whose lease is held. */
  readonly study: StudyRecord
  readonly space: SearchSpace
  readonly stages: readonly StagePlan[]
  /** Samplers of the program that runs it; none by default. */
  readonly samplers?: OwnSamplers | undefined
  /** Whether failures in a row among the stored trials are forgiven: `run` and `resume` ask for more trials, `ask` does not. */
  readonly resumed?: boolean
  /** When it has nothing left to win; runs to its end if left out. */
  readonly stop?: StopSettings
  readonly limits: Pick<StudyLimits, 'retries' | 'maxFailures' | 'maxEpochs'>
  readonly store: StudyWriter
}

/** What a study may spend and put up with. */
export interface StudyLimits {
  readonly trialTimeoutMs: number | null
  readonly retries: number
  readonly maxFailures: number | null
  /** Epochs of all trials together. */
  readonly maxEpochs: number | null
}

/** How many of the best trials of a study keep their artifacts. */
const KEPT_BEST = 3

/** What the stages before have left. */
export interface Before {
  /** The stage before; undefined for the first. */
  readonly stage: StageRecord | undefined
  /** All trials of the stages before, in order of number. */
  readonly trials: readonly EndedTrial[]
  /** The epochs that count towards the study's limit. */
  readonly epochs: number
}

/**
 * The queue of a stage as the store has left it, and which artifacts it keeps.
 * @param begun the stage's trials in the store, in order of number; read once
 * @param out numbers of unfinished ones that somebody is still running; none by default
 */
export function openStage(
  course: StudyCourse,
  stage: StageRecord,
  before: Before,
  begun: Iterable<TrialRecord>,
  out?: ReadonlySet<number>,
): { readonly queue: TrialQueue; readonly kept: KeptArtifacts } {
  const { study, stages, stop, limits, store } = course
  const { direction } = study
  const plan = stages[stage.index]!
  const isLast =
    stage.index === stages.findLastIndex((each) => each.replicate === undefined && !isImported(each))
  const queue = new TrialQueue(stage.firstTrial, {
    trials: plan.trials,
    epochs: stage.epochs,
    direction,
    lag: study.lag,
    adaptive: isAdaptive(plan, course.samplers),
    rungs: { at: plan.rungs, reduce: plan.reduce },
    // An early stage explores: finding nothing better there is no reason to give up.
    stop: { target: stop?.target ?? null, patience: isLast ? (stop?.patience ?? null) : null },
    maxEpochs: limits.maxEpochs === null ? null : limits.maxEpochs - before.epochs,
    begun,
    out,
    measurements: (number) => store.measurements(study.id, number),
    ...(plan.replicate === undefined
      ? proposer(course, stage, before.trials)
      : replicator(course, stage, plan.replicate, before.trials)),
    retries: limits.retries,
    maxFailures: limits.maxFailures,
    resumed: course.resumed,
  })
  const kept = keepArtifacts({
    direction,
    stage: stage.index,
    best: KEPT_BEST,
    promoted: promotedCount(stages[drawnAfter(stages, stage.index)]),
    replicates: plan.replicate !== undefined,
    continued: continuedTrials({ stages, stage: stage.index, direction, earlier: before.trials }),
    finished: finishedSoFar(course, stage.index, before.trials),
  })
  return { queue, kept }
}

/** The trials that may have an artifact: an imported one brings none, and must not take the place of one that does. */
function* finishedSoFar(
  { store, study, stages }: StudyCourse,
  stage: number,
  before: readonly EndedTrial[],
): Generator<EndedTrial> {
  for (const trial of before) if (!isImported(stages[trial.stage]!)) yield trial
  yield* readEndedTrials(store, study.id, stage)
}

/** What there is for the next stage once that stage is over. @param epochs those of its trials that count */
export function afterStage(
  { store, study }: StudyCourse,
  stage: StageRecord,
  before: Before,
  epochs: number,
): Before {
  const trials = [...before.trials, ...readEndedTrials(store, study.id, stage.index)]
  return { stage, trials, epochs: before.epochs + epochs }
}

/** Decides where the stage searches, and records the decision before its first trial. */
export function beginStage(
  course: StudyCourse,
  index: number,
  { stage: before, trials }: Before,
): StageRecord {
  const plan = course.stages[index]!
  const known = before === undefined ? [] : course.store.stages(course.study.id)
  const source = known[narrowsBy(course.stages, index)]
  const boxOf = ({ space }: StageRecord): SearchSpace => {
    // The first box is what was declared when the study began, unless imported trials had narrowed it.
    const first = known.find((stage) => !isImported(stage))
    return first?.narrowing === null ? redeclared(space, first.space, course.space) : space
  }
  const results = trials.filter((trial) => trial.stage === source?.index)
  const narrowed =
    source === undefined || plan.replicate !== undefined
      ? null
      : narrow({
          root: course.space,
          space: boxOf(source),
          trials: results,
          early: readEarlyValues(course.store, course.study.id, source, results),
          direction: course.study.direction,
          plan,
          streamName: [course.study.seed, 'narrow', index],
        })
  const drawn = known[drawnBefore(course.stages, index)]
  const stage: StageRecord = {
    index,
    name: plan.name,
    trials: plan.trials,
    epochs: plan.epochs,
    sampler: plan.replicate === undefined ? plan.sampler : REPLICATE_SAMPLER,
    firstTrial: trials.length,
    space: narrowed?.space ?? (drawn === undefined ? course.space : boxOf(drawn)),
    narrowing: narrowed === null ? null : narrowed.decision,
    rungs: plan.rungs.length === 0 ? null : { at: plan.rungs, reduce: plan.reduce },
  }
  course.store.addStage(course.study.id, stage)
  return stage
}

type Proposer = Pick<TrialQueueSetup, 'propose' | 'looksBack'>

/**
 * Proposes the stage's trials; keeps the set of points already tried, which grows by one with each. Independent draws
 * from a continuous space never meet, and are not kept: the set would take more memory than all else.
 */
function proposer(course: StudyCourse, stage: StageRecord, earlier: readonly EndedTrial[]): Proposer {
  const { seed, direction } = course.study
  const plan = course.stages[stage.index]!
  const finite = Number.isFinite(countPointsAtMost(course.space))
  const mayMeet =
    isAdaptive(plan, course.samplers) ||
    course.samplers?.has(plan.sampler) === true ||
    plan.sampler === 'grid' ||
    plan.startWith.length > 0 ||
    !neverRepeats(stage.space) ||
    !neverRepeats(course.space)
  let taken: Set<string> | null = mayMeet ? null : new Set()
  const propose: Proposer['propose'] = (index, history, pending) => {
    if (taken === null) {
      taken = takenBefore(course.stages, stage.index, earlier)
      for (const { params } of history) taken.add(pointKey(params))
      for (const params of pending) taken.add(pointKey(params))
    }
    const request = {
      seed,
      stages: course.stages,
      stage: stage.index,
      index,
      space: stage.space,
      root: course.space,
      direction,
      earlier,
      history,
      pending,
      taken,
    }
    const { params, continues } = proposeTrial(request, course.samplers)
    if (mayMeet) {
      const key = pointKey(params)
      // In a finite space a sampler repeats a point only when no other is left.
      if (finite && taken.has(key) && continues === null && index >= plan.startWith.length) return null
      taken.add(key)
    }
    return {
      number: stage.firstTrial + index,
      stage: stage.index,
      params,
      seed: seedFrom([seed, 'trial', stage.index, index]),
      budget: { epochs: stage.epochs },
      continues,
    }
  }
  // Where few points satisfy the constraints, new ones are found from known ones.
  return { propose, looksBack: mayMeet || course.space.constraints.length > 0 }
}

/** Proposes the best points again, under other seeds; nothing if no trial of these epochs has succeeded. */
function replicator(
  course: StudyCourse,
  stage: StageRecord,
  replicate: Replicate,
  earlier: readonly EndedTrial[],
): Proposer {
  const { seed, direction } = course.study
  const points = pointsToReplicate(earlier, course.stages, stage.epochs, replicate, direction)
  const propose: Proposer['propose'] = (index) => {
    const found = replicateOf(points, index, replicate)
    if (found === null) return null
    return {
      number: stage.firstTrial + index,
      stage: stage.index,
      params: found.original.params,
      seed: seedFrom([seed, ...found.seedName]),
      budget: { epochs: stage.epochs },
      continues: null,
    }
  }
  return { propose, looksBack: false }
}
