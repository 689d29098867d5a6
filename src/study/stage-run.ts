import type { Executor } from '../execute/executor.ts'
import type { Params } from '../space/distribution.ts'
import type { StudyWriter } from '../store/store.ts'
import { finishedTrial, startedTrial } from '../store/trial-life.ts'
import type { TrialRecord, TrialSpec } from '../trial.ts'
import type { StudyListener } from './events.ts'
import { createGroupCommit } from './group-commit.ts'
import type { KeptArtifacts } from './kept-artifacts.ts'

/** What one stage needs to run. */
export interface StageRun {
  readonly study: number
  /** The number of the stage's first trial. */
  readonly firstTrial: number
  readonly trials: number
  /** Trial i of the stage waits until its trials 0 .. i - lag are finished; null if its sampler waits for nothing. */
  readonly lag: number | null
  /** The stage's trials as the store has them: all that were begun, in order of number. Empty unless it is a resume. */
  readonly begun: readonly TrialRecord[]
  /** The spec of trial `index`; `finished` are trials 0 .. i - lag, `pending` what those after them try. Null: no point is left. */
  readonly propose: (
    index: number,
    finished: readonly TrialRecord[],
    pending: readonly Params[],
  ) => TrialSpec | null
  readonly kept: KeptArtifacts
  readonly retries: number
  /** So many failed trials in a row, in order of number, end the study. */
  readonly maxFailures: number | null
  readonly trialTimeoutMs: number | null
  readonly host: string
  readonly store: StudyWriter
  readonly executor: Executor
  readonly listener: StudyListener
  /** Once aborted, no trial begins; its reason is a sentence. */
  readonly signal: AbortSignal
}

export interface StageResult {
  /** The finished trials, in order of number. */
  readonly records: readonly TrialRecord[]
  /** Why the stage ended before its last trial; null if it did not. */
  readonly ended: 'stopped' | 'too-many-failures' | null
  /** True if the stage has fewer trials than planned because no other point was left to try. */
  readonly exhausted: boolean
}

/** Errors that another attempt can't mend. */
const FINAL_ERRORS = new Set(['bad-measurement'])

/**
 * Runs the trials of one stage, as many at once as the executor has slots.
 *
 * Each slot is a lane that takes the next trial, runs it, records it, and takes the next. Which trial is next depends
 * on numbers alone: first those that a crash left unfinished, then the following number, which waits only for the
 * results its sampler may see. So every schedule of the lanes gives the same trials.
 */
export async function runStage(stage: StageRun): Promise<StageResult> {
  const specs: TrialSpec[] = []
  /** The params of `specs`, kept apart because samplers that wait for nothing are handed all of them each time. */
  const proposed: Params[] = []
  const records: (TrialRecord | undefined)[] = []
  const attempts: number[] = []
  for (const record of stage.begun) {
    specs.push(record)
    proposed.push(record.params)
    records.push(isFinished(record) ? record : undefined)
    attempts.push(record.attempts)
  }
  const unfinished = specs
    .keys()
    .filter((index) => records[index] === undefined)
    .toArray()
  let exhausted = false
  let failure: unknown = null
  let stoppedEarly = false

  /** Trials 0 .. finishedPrefix - 1 are finished. */
  let finishedPrefix = 0
  let failuresInARow = 0
  const advancePrefix = (): void => {
    for (let record = records[finishedPrefix]; record !== undefined; record = records[finishedPrefix]) {
      failuresInARow = record.state === 'failed' ? failuresInARow + 1 : 0
      if (tooManyFailures()) return
      finishedPrefix++
    }
  }
  const tooManyFailures = (): boolean => stage.maxFailures !== null && failuresInARow >= stage.maxFailures
  advancePrefix()

  const commit = createGroupCommit(stage.store)
  const over = (): boolean =>
    failure !== null || commit.failure !== null || stage.signal.aborted || stoppedEarly || tooManyFailures()

  /** The next trial's index; `wait` if it must see results that are not there yet; null if there is none. */
  const takeNext = (): number | 'wait' | null => {
    if (over()) return null
    const again = unfinished.shift()
    if (again !== undefined) return again
    const index = specs.length
    if (exhausted || index >= stage.trials) return null
    const visible = stage.lag === null ? 0 : Math.max(0, index - stage.lag + 1)
    if (finishedPrefix < visible) return 'wait'
    const finished = records.slice(0, visible) as TrialRecord[]
    const pending = visible === 0 ? proposed : proposed.slice(visible)
    const spec = stage.propose(index, finished, pending)
    if (spec === null) {
      exhausted = true
      return null
    }
    specs.push(spec)
    proposed.push(spec.params)
    attempts.push(0)
    return index
  }

  /** Lanes that wait for a result go on when a trial has finished. */
  let wake: () => void = () => {}
  let somethingFinished = new Promise<void>((resolve) => {
    wake = resolve
  })
  const announce = (): void => {
    wake()
    somethingFinished = new Promise<void>((resolve) => {
      wake = resolve
    })
  }

  const runTrial = async (index: number): Promise<void> => {
    const spec = specs[index]!
    const continued = spec.continues === null ? null : stage.store.artifact(stage.study, spec.continues)
    if (continued === undefined) {
      throw new Error(
        `Trial ${spec.number} continues trial ${spec.continues}, whose artifact is not in the store.`,
      )
    }
    for (let tries = 0; ; tries++) {
      const begun = { state: 'waiting', attempts: attempts[index]! } as const
      const running = startedTrial(begun, spec, stage.host, 0)
      const attempt = running.attempts
      attempts[index] = attempt
      stage.store.startTrial(stage.study, spec, stage.host)
      commit.schedule(() => stage.listener({ kind: 'trial-started', spec, attempt }))
      const outcome = await stage.executor.run(
        { spec, continued, timeoutMs: stage.trialTimeoutMs },
        (measurement) => stage.listener({ kind: 'measured', trial: spec.number, measurement }),
      )
      const again = outcome.state === 'failed' && tries < stage.retries && isWorthAnother(outcome.error?.code)
      if (again && !over()) {
        stage.listener({ kind: 'trial-retried', trial: spec.number, attempt, error: outcome.error! })
        continue
      }
      if (again || outcome.state === 'stopped') {
        // Not finished, whatever it measured: a resume runs it from its beginning.
        stoppedEarly = true
        stage.store.finishTrial(stage.study, spec.number, { ...outcome, state: 'stopped' }, false)
        commit.schedule(() => {})
        return
      }
      const record = finishedTrial(running, outcome)
      const keep = stage.kept.offer(record) && outcome.artifact !== null
      stage.store.finishTrial(stage.study, spec.number, outcome, keep)
      if (keep) stage.store.keepArtifacts(stage.study, stage.kept.numbers())
      records[index] = record
      advancePrefix()
      commit.schedule(() => stage.listener({ kind: 'trial-finished', record }))
      return
    }
  }

  const lane = async (): Promise<void> => {
    for (;;) {
      const next = takeNext()
      if (next === null) return
      if (next === 'wait') await somethingFinished
      else {
        await runTrial(next)
        announce()
      }
    }
  }
  const guardedLane = (): Promise<void> =>
    lane().catch((error: unknown) => {
      failure ??= error
      announce()
    })
  await Promise.all(Array.from({ length: stage.executor.slots }, guardedLane))
  commit.settle()
  if (failure !== null) throw failure
  const finished = records.filter((record) => record !== undefined)
  if (tooManyFailures()) return { records: finished, ended: 'too-many-failures', exhausted }
  const complete = finished.length === specs.length && (exhausted || specs.length >= stage.trials)
  return { records: finished, ended: complete ? null : 'stopped', exhausted }
}

function isWorthAnother(code: string | undefined): boolean {
  return code === undefined || !FINAL_ERRORS.has(code)
}

function isFinished(record: TrialRecord): boolean {
  return record.state !== 'running' && record.state !== 'waiting'
}
