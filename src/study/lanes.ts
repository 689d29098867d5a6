import { UserError } from '../errors.ts'
import type { Executor } from '../execute/executor.ts'
import { LiveMeasurements } from '../store/live-measurements.ts'
import type { StudyWriter } from '../store/store.ts'
import { finishedTrial, startedTrial } from '../store/trial-life.ts'
import { copySpec, type TieMetric, type TrialOutcome, type TrialRecord } from '../trial.ts'
import { withinArtifactLimit } from './artifact-limit.ts'
import type { StudyListener } from './events.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'
import type { KeptArtifacts } from './kept-artifacts.ts'
import { RungGates } from './rung-gates.ts'
import type { TakenTrial, TrialQueue } from './trial-queue.ts'

/** What one stage needs to run. */
export interface StageRun {
  readonly study: number
  readonly queue: TrialQueue
  readonly kept: KeptArtifacts
  /** Epochs at which trials wait for the queue's verdict. */
  readonly rungs: readonly number[]
  readonly trialTimeoutMs: number | null
  readonly tieMetric: TieMetric | null
  readonly host: string
  readonly store: StudyWriter
  readonly executor: Executor
  /** Never throws. */
  readonly listener: StudyListener
  /** Once aborted, no trial begins; its reason is a sentence. */
  readonly signal: AbortSignal
}

/**
 * Runs the trials of a stage's queue, as many at once as the executor has slots, and resolves when none is left or none
 * may begin any more. Rejects with the first error of the store or of a sampler, once nothing runs.
 */
export function runStage(stage: StageRun): Promise<void> {
  return new Lanes(stage).run()
}

/**
 * One lane for each slot of the executor. A free lane takes the queue's next trial, runs it, records it. Lanes come and
 * go with the executor's slots: a slot that is gone takes no further trial.
 */
class Lanes {
  readonly #stage: StageRun
  readonly #commit: GroupCommit
  readonly #live: LiveMeasurements
  /** The slots that run a trial. */
  readonly #busy = new Set<number>()
  readonly #gates: RungGates
  readonly #end = Promise.withResolvers<void>()
  #failure: { readonly error: unknown } | null = null

  constructor(stage: StageRun) {
    this.#stage = stage
    this.#commit = createGroupCommit(stage.store)
    this.#live = new LiveMeasurements(stage.store, stage.study, () => this.#commit.schedule(() => {}))
    this.#gates = new RungGates(
      stage.queue,
      (trial) => stage.executor.stop(trial),
      () => this.#fill(),
    )
  }

  async run(): Promise<void> {
    const { executor, signal } = this.#stage
    const fill = (): void => this.#fill()
    const forget = executor.onSlotsChanged?.(fill)
    signal.addEventListener('abort', fill)
    try {
      this.#fill()
      await this.#end.promise
    } finally {
      signal.removeEventListener('abort', fill)
      forget?.()
      this.#live.close()
    }
    this.#commit.settle()
    if (this.#failure !== null) throw this.#failure.error
  }

  /**
   * Lets go on what waited at rungs, and begins trials while there are free slots and trials to take; the stage ends
   * when nothing runs and nothing may begin.
   */
  #fill(): void {
    let left = true
    try {
      this.#gates.judge()
      while (left && !this.#isOver() && this.#busy.size < this.#stage.executor.slots) {
        const next = this.#stage.queue.take()
        if (next === 'wait') break
        if (next === 'none') left = false
        else this.#begin(next, this.#freeSlot())
      }
    } catch (error) {
      this.#fail(error)
    }
    this.#giveWay()
    if (this.#busy.size === 0 && (!left || this.#isOver())) this.#end.resolve()
  }

  /** No trial begins any more. */
  #isOver(): boolean {
    return this.#failure !== null || this.#commit.failure !== null || this.#stage.signal.aborted
  }

  /**
   * Ends trials that wait at rungs for ones that cannot run: all of them if none begins any more and nothing else runs;
   * the highest if a lower number has to start again and every slot is taken. They start again later, and come to the
   * same rung with the same value.
   */
  #giveWay(): void {
    const { queue, executor } = this.#stage
    const again = queue.nextAgain
    if (this.#isOver()) {
      if (this.#gates.blocked === this.#busy.size) this.#gates.stopBlocked()
    } else if (again !== null && this.#busy.size >= executor.slots) this.#gates.stopHighestAbove(again)
  }

  #freeSlot(): number {
    let slot = 0
    while (this.#busy.has(slot)) slot++
    return slot
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
  }

  #begin(taken: TakenTrial, slot: number): void {
    this.#busy.add(slot)
    this.#runToEnd(taken, slot)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#busy.delete(slot)
        this.#fill()
      })
  }

  async #runToEnd(taken: TakenTrial, slot: number): Promise<void> {
    const { queue, listener } = this.#stage
    const { number } = taken.spec
    for (let current = taken; ; ) {
      const running = this.#start(current, slot)
      const outcome = await this.#attempt(current, slot)
      const mayRetry = outcome.state === 'failed' && queue.mayRetry(number, outcome.error?.code)
      if (!mayRetry || this.#isOver()) {
        if (mayRetry || outcome.state === 'stopped') this.#putBack(number, outcome)
        else this.#finish(running, outcome)
        return
      }
      const error = outcome.error!
      listener({ kind: 'trial-retried', trial: number, attempt: current.attempt, error })
      current = queue.retry(number)
    }
  }

  #start({ spec, attempt }: TakenTrial, slot: number): TrialRecord {
    const { study, store, listener } = this.#stage
    const place = { host: this.#stage.host, slot }
    store.startTrial(study, spec, place.host, slot)
    this.#commit.schedule(() => listener({ kind: 'trial-started', spec, attempt }))
    return startedTrial({ state: 'waiting', attempts: attempt - 1 }, spec, place, 0)
  }

  async #attempt({ spec, attempt }: TakenTrial, slot: number): Promise<TrialOutcome> {
    const { executor, kept, listener, rungs, trialTimeoutMs } = this.#stage
    const continued = spec.continues === null ? null : await this.#artifactOf(spec.continues, slot)
    if (continued !== null && 'state' in continued) return continued
    const atRungs = this.#gates.follow(spec, rungs)
    let isOver = false
    const outcome = await executor.run(
      {
        // Objectives and executors may change what they get: what is stored and proposed from is not theirs.
        spec: copySpec(spec),
        continued,
        slot,
        attempt,
        timeoutMs: trialTimeoutMs,
        rungs,
        artifactFloor: kept.floor(),
      },
      (measurement) => {
        // One may come late, when the trial has ended or runs again.
        if (isOver) return
        atRungs.measured(measurement)
        this.#live.add(spec.number, measurement)
        listener({ kind: 'measured', trial: spec.number, measurement })
      },
      atRungs.verdict,
    )
    isOver = true
    const judged = await atRungs.ended(outcome)
    this.#live.forget(spec.number)
    return withinArtifactLimit(judged)
  }

  /**
   * What a trial left behind. A store that has lost it gets it back by running that trial once more, which is a function
   * of its record. If that fails or is stopped: how, as the outcome of the trial that continues it.
   */
  async #artifactOf(number: number, slot: number): Promise<Uint8Array | TrialOutcome> {
    const { study, store } = this.#stage
    const stored = store.artifact(study, number)
    if (stored !== undefined) return stored
    const outcome = await this.#again(store.trial(study, number)!, slot)
    if (outcome.artifact !== null) return outcome.artifact
    if (outcome.state !== 'complete') return { ...outcome, measurements: [] }
    throw new UserError('usage', `Trial ${number} left no artifact that a warm start could continue`, {
      hint: 'Return { artifact } from the objective, or drop warmStart from the stage.',
    })
  }

  /** Runs a finished trial once more, for what it leaves behind alone. */
  async #again(spec: TrialRecord, slot: number): Promise<TrialOutcome> {
    const { executor, trialTimeoutMs } = this.#stage
    const continued = spec.continues === null ? null : await this.#artifactOf(spec.continues, slot)
    if (continued !== null && 'state' in continued) return continued
    const attempt = spec.attempts
    return executor.run(
      { spec: copySpec(spec), continued, slot, attempt, timeoutMs: trialTimeoutMs },
      () => {},
    )
  }

  /** Not finished, whatever it measured: it starts again from its beginning, here or on a resume. */
  #putBack(number: number, outcome: TrialOutcome): void {
    const { study, queue, store } = this.#stage
    queue.putBack(number)
    store.finishTrial(study, number, { ...outcome, state: 'stopped' }, false)
    this.#commit.schedule(() => {})
  }

  #finish(running: TrialRecord, outcome: TrialOutcome): void {
    const { study, queue, store, kept, listener, tieMetric } = this.#stage
    const record = finishedTrial(running, outcome, tieMetric)
    const keep = kept.offer(record) && outcome.artifact !== null
    store.finishTrial(study, record.number, outcome, keep)
    queue.finish(record)
    if (keep || record.continues !== null) store.keepArtifacts(study, kept.numbers())
    this.#commit.schedule(() => listener({ kind: 'trial-finished', record }))
  }
}
