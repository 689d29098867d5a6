import type { Executor } from '../execute/executor.ts'
import type { StudyState } from '../store/store.ts'
import { FINISHED_STATES, type TrialState } from '../trial.ts'
import type { StudyListener } from './events.ts'
import { guardListener } from './guarded-listener.ts'
import { runStage } from './lanes.ts'
import { type Before, beginStage, openStage, type StudyCourse, type StudyLimits } from './open-stage.ts'
import type { TrialQueue } from './trial-queue.ts'
import { streamTrials } from './trial-stream.ts'

export type { StudyLimits } from './open-stage.ts'

export interface StudyRun extends StudyCourse {
  readonly limits: StudyLimits
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

/**
 * Runs a study from wherever it stands to its end: stage after stage, each in the box that the one before led to.
 * A new study and one that was killed take the same path; what is in the store is not run again.
 */
export async function runStudy(run: StudyRun): Promise<StudyEnd> {
  const { study, store } = run
  const listener = guardListener(run.listener, run.say)
  const known = store.stages(study.id)
  listener({
    kind: 'study-started',
    study,
    stages: run.stages,
    workers: run.executor.slots,
    finished: countFinished(store.countTrials(study.id)),
    best: store.bestTrials(study.id, 1)[0] ?? null,
  })
  const reasons: string[] = []
  let end: StudyEnd | null = null
  let before: Before = { stage: undefined, trials: [], epochs: 0 }
  for (const [index, plan] of run.stages.entries()) {
    const stage = known[index] ?? beginStage(run, index, before)
    listener({
      kind: 'stage-started',
      stage,
      finished: countFinished(store.countTrials(study.id, index)),
    })
    const begun = streamTrials(store, study.id, index)
    const { queue, kept } = openStage(run, stage, before, begun)
    await runStage({
      study: study.id,
      queue,
      kept,
      rungs: plan.rungs,
      trialTimeoutMs: run.limits.trialTimeoutMs,
      tieMetric: study.tieMetric,
      host: run.host,
      store,
      executor: run.executor,
      listener,
      signal: run.signal,
    })
    end = describeEnd(run, queue)
    if (end !== null) break
    const results = queue.finished()
    if (queue.end === 'exhausted') {
      reasons.push(`stage ${stage.name} has tried every possible point (${results.length} trials)`)
    }
    listener({ kind: 'stage-finished', stage })
    before = {
      stage,
      trials: [...before.trials, ...results],
      epochs: before.epochs + queue.epochs,
    }
  }
  end ??= { state: 'complete', endReason: reasons.length === 0 ? null : reasons.join('; ') }
  store.finishStudy(study.id, end.state, end.endReason)
  listener({ kind: 'study-finished', ...end })
  return end
}

function countFinished(counts: Readonly<Record<TrialState, number>>): number {
  return FINISHED_STATES.reduce((sum, state) => sum + counts[state], 0)
}

/** How the study ends with this stage; null if it goes on. */
function describeEnd(run: StudyRun, queue: TrialQueue): StudyEnd | null {
  if (queue.end === 'too-many-failures') {
    return { state: 'failed', endReason: `${run.limits.maxFailures} trials failed in a row` }
  }
  if (!queue.complete) return { state: 'stopped', endReason: String(run.signal.reason ?? 'stopped') }
  if (queue.stopReason !== null) return { state: 'complete', endReason: queue.stopReason }
  if (queue.end !== 'out-of-epochs') return null
  return { state: 'complete', endReason: `limit of ${run.limits.maxEpochs} epochs reached` }
}
