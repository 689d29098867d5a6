import type { Executor } from '../execute/executor.ts'
import { drawnAfter, isImported } from '../search/imported-stages.ts'
import { FINISHED_STATES, type TrialState } from '../trial.ts'
import type { StudyListener } from './events.ts'
import { guardListener } from './guarded-listener.ts'
import { runStage } from './lanes.ts'
import {
  afterStage,
  type Before,
  beginStage,
  openStage,
  type StudyCourse,
  type StudyLimits,
} from './open-stage.ts'
import { completeEnd, endWith, exhaustedReason, type StudyEnd } from './study-end.ts'
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
    host: run.host,
    finished: countFinished(store.countTrials(study.id)),
    best: store.bestTrials(study.id, 1)[0] ?? null,
  })
  sayOfPending(run)
  const reasons: string[] = []
  let end: StudyEnd | null = null
  let before: Before = { stage: undefined, trials: [], epochs: 0 }
  for (const [index, plan] of run.stages.entries()) {
    const stage = known[index] ?? beginStage(run, index, before)
    if (isImported(plan)) {
      before = afterStage(run, stage, before, 0)
      continue
    }
    listener({
      kind: 'stage-started',
      stage,
      finished: countFinished(store.countTrials(study.id, index)),
    })
    const begun = streamTrials(store, study.id, index)
    const { queue, kept } = openStage({ ...run, resumed: true }, stage, before, begun)
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
    end = endWith(run.limits, queue, drawnAfter(run.stages, index) === -1)
    if (end === null && !queue.complete) {
      end = { state: 'stopped', endReason: String(run.signal.reason ?? 'stopped') }
    }
    if (end !== null) break
    if (queue.end === 'exhausted') reasons.push(exhaustedReason(stage, queue, run.space))
    listener({ kind: 'stage-finished', stage })
    if (index + 1 < run.stages.length) before = afterStage(run, stage, before, queue.epochs)
  }
  end ??= completeEnd(reasons)
  store.finishStudy(study.id, end.state, end.endReason)
  listener({ kind: 'study-finished', ...end })
  return end
}

function countFinished(counts: Readonly<Record<TrialState, number>>): number {
  return FINISHED_STATES.reduce((sum, state) => sum + counts[state], 0)
}

/** Trials without a slot were handed out by an `AskedStudy`. Those of 0.1 have none either, but there nobody could ask. */
function sayOfPending({ study, store, say }: StudyRun): void {
  if (study.codeVersion.startsWith('0.1.')) return
  const numbers = store
    .trials(study.id, { states: ['running'] })
    .filter(({ slot }) => slot === null)
    .map(({ number }) => number)
  if (numbers.length === 0) return
  say(
    numbers.length === 1
      ? `Trial ${numbers[0]} is still pending (handed out by ask): it now runs here, and a value reported later will be refused.`
      : `Trials ${numbers.join(', ')} are still pending (handed out by ask): they now run here, and values reported later will be refused.`,
  )
}
