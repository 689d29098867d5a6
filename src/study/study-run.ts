import type { Executor } from '../execute/executor.ts'
import { seedFrom } from '../random/stream.ts'
import { promotedTrials } from '../search/given-trials.ts'
import { narrow } from '../search/narrow.ts'
import { isAdaptive, proposeTrial, takenBefore } from '../search/propose-trial.ts'
import { pointsToReplicate, REPLICATE_SAMPLER, replicateOf } from '../search/replication.ts'
import type { Replicate, StagePlan } from '../search/stage-plan.ts'
import { countPointsAtMost, pointKey } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { StageRecord, StudyRecord, StudyState, StudyWriter } from '../store/store.ts'
import { isFinished, type TrialRecord } from '../trial.ts'
import { readEarlyValues } from './early-values.ts'
import type { StudyListener } from './events.ts'
import { guardListener } from './guarded-listener.ts'
import { keepArtifacts, promotedCount } from './kept-artifacts.ts'
import { runStage } from './lanes.ts'
import { TrialQueue, type TrialQueueSetup } from './trial-queue.ts'

/** What a study may spend and put up with. */
export interface StudyLimits {
  readonly trialTimeoutMs: number | null
  readonly retries: number
  readonly maxFailures: number | null
  /** Epochs of all trials together. */
  readonly maxEpochs: number | null
}

export interface StudyRun {
  /** Created by the writer, whose lease is held. */
  readonly study: StudyRecord
  readonly space: SearchSpace
  readonly stages: readonly StagePlan[]
  readonly limits: StudyLimits
  readonly store: StudyWriter
  readonly executor: Executor
  /** Nothing depends on it: what it throws is reported through `say`, once, and the study goes on. */
  readonly listener: StudyListener
  readonly say: (sentence: string) => void
  readonly host: string
  /** Once aborted, no trial begins and the running ones may end; the reason is a sentence. */
  readonly signal: AbortSignal
}

export interface StudyEnd {
  readonly state: StudyState
  /** Null if every trial of every stage has ended. */
  readonly endReason: string | null
}

/** How many of the best trials of a study keep their artifacts. */
const KEPT_BEST = 3

/**
 * Runs a study from wherever it stands to its end: stage after stage, each in the box that the one before led to.
 * A new study and one that was killed take the same path; what is in the store is not run again.
 */
export async function runStudy(run: StudyRun): Promise<StudyEnd> {
  const { study, store } = run
  const listener = guardListener(run.listener, run.say)
  const known = store.stages(study.id)
  const trials = store.trials(study.id)
  listener({
    kind: 'study-started',
    study,
    stages: run.stages,
    workers: run.executor.slots,
    finished: trials.filter(isFinished).length,
    best: store.bestTrials(study.id, 1)[0] ?? null,
  })
  let end: StudyEnd = { state: 'complete', endReason: null }
  let previous: readonly TrialRecord[] = []
  let earlier: readonly TrialRecord[] = []
  let epochs = 0
  for (const [index, plan] of run.stages.entries()) {
    const stage = known[index] ?? beginStage(run, index, plan, known.at(-1), previous)
    if (known[index] === undefined) known.push(stage)
    const affordable = affordableTrials(run.limits.maxEpochs, epochs, plan)
    const begun = trials.filter((trial) => trial.stage === index)
    listener({ kind: 'stage-started', stage, finished: begun.filter(isFinished).length })
    const queue = stageQueue(run, stage, begun, earlier, affordable)
    await runStage({
      study: study.id,
      queue,
      kept: keepArtifacts({
        direction: study.direction,
        stage: index,
        best: KEPT_BEST,
        promoted: promotedCount(run.stages[index + 1]),
        replicates: plan.replicate !== undefined,
        continued: promotedTrials({
          stages: run.stages,
          stage: index,
          direction: study.direction,
          earlier,
        }).map(({ number }) => number),
        finished: [...earlier, ...begun.filter(isFinished)],
      }),
      trialTimeoutMs: run.limits.trialTimeoutMs,
      tieMetric: study.tieMetric,
      host: run.host,
      store,
      executor: run.executor,
      listener,
      signal: run.signal,
    })
    const ended = describeEnd(run, queue, affordable < plan.trials)
    if (ended !== null) {
      end = ended
      break
    }
    const results = queue.finished()
    if (queue.exhausted) {
      const tried = `every point that stage ${stage.name} could try was tried (${results.length} trials)`
      end = { state: 'complete', endReason: end.endReason === null ? tried : `${end.endReason}; ${tried}` }
    }
    listener({ kind: 'stage-finished', stage })
    previous = results
    earlier = [...earlier, ...results]
    epochs += plan.epochs * results.length
  }
  store.finishStudy(study.id, end.state, end.endReason)
  listener({ kind: 'study-finished', ...end })
  return end
}

/** The stage's queue as the store has left it. */
function stageQueue(
  run: StudyRun,
  stage: StageRecord,
  begun: readonly TrialRecord[],
  earlier: readonly TrialRecord[],
  trials: number,
): TrialQueue {
  const { replicate } = run.stages[stage.index]!
  return new TrialQueue(stage.firstTrial, {
    trials,
    lag: isAdaptive(run.stages[stage.index]!) ? run.study.lag : null,
    begun,
    propose:
      replicate === undefined
        ? proposer(run, stage, begun, earlier)
        : replicator(run, stage, replicate, earlier),
    retries: run.limits.retries,
    maxFailures: run.limits.maxFailures,
  })
}

/** Decides where the stage searches, and records the decision before its first trial. */
function beginStage(
  run: StudyRun,
  index: number,
  plan: StagePlan,
  before: StageRecord | undefined,
  results: readonly TrialRecord[],
): StageRecord {
  const narrowed =
    before === undefined || plan.replicate !== undefined
      ? null
      : narrow({
          root: run.space,
          space: before.space,
          trials: results,
          early: readEarlyValues(run.store, run.study.id, before, results),
          direction: run.study.direction,
          plan,
          streamName: [run.study.seed, 'narrow', index],
        })
  const stage: StageRecord = {
    index,
    name: plan.name,
    trials: plan.trials,
    epochs: plan.epochs,
    sampler: plan.replicate === undefined ? plan.sampler : REPLICATE_SAMPLER,
    firstTrial: before === undefined ? 0 : before.firstTrial + results.length,
    space: narrowed?.space ?? before?.space ?? run.space,
    narrowing: narrowed === null ? null : narrowed.decision,
    rungs: null,
  }
  run.store.addStage(run.study.id, stage)
  return stage
}

/** Proposes the stage's trials; keeps the set of points already tried, which grows by one with each. */
function proposer(
  run: StudyRun,
  stage: StageRecord,
  begun: readonly TrialRecord[],
  earlier: readonly TrialRecord[],
): TrialQueueSetup['propose'] {
  const { seed, direction } = run.study
  const plan = run.stages[stage.index]!
  const taken = takenBefore(run.stages, stage.index, earlier)
  for (const trial of begun) taken.add(pointKey(trial.params))
  const finite = Number.isFinite(countPointsAtMost(run.space))
  return (index, history, pending) => {
    const { params, continues } = proposeTrial({
      seed,
      stages: run.stages,
      stage: stage.index,
      index,
      space: stage.space,
      root: run.space,
      direction,
      earlier,
      history,
      pending,
      taken,
    })
    const key = pointKey(params)
    // In a finite space a sampler repeats a point only when no other is left.
    if (finite && taken.has(key) && continues === null && index >= plan.startWith.length) return null
    taken.add(key)
    return {
      number: stage.firstTrial + index,
      stage: stage.index,
      params,
      seed: seedFrom([seed, 'trial', stage.index, index]),
      budget: { epochs: stage.epochs },
      continues,
    }
  }
}

/** Proposes the best points again, under other seeds; nothing if no trial of these epochs has succeeded. */
function replicator(
  run: StudyRun,
  stage: StageRecord,
  replicate: Replicate,
  earlier: readonly TrialRecord[],
): TrialQueueSetup['propose'] {
  const { seed, direction } = run.study
  const points = pointsToReplicate(earlier, run.stages, stage.epochs, replicate, direction)
  return (index) => {
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
}

/** How many trials of a stage the study's epochs allow; decided by numbers, never by what has happened to run. */
function affordableTrials(maxEpochs: number | null, spent: number, plan: StagePlan): number {
  if (maxEpochs === null) return plan.trials
  return Math.min(plan.trials, Math.max(0, Math.floor((maxEpochs - spent) / plan.epochs)))
}

function describeEnd(run: StudyRun, queue: TrialQueue, cutShort: boolean): StudyEnd | null {
  if (queue.tooManyFailures) {
    return { state: 'failed', endReason: `${run.limits.maxFailures} trials failed in a row` }
  }
  if (!queue.complete) return { state: 'stopped', endReason: String(run.signal.reason ?? 'stopped') }
  return cutShort ? { state: 'complete', endReason: `limit of ${run.limits.maxEpochs} epochs reached` } : null
}
