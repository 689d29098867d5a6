import { drawnAfter, isImported } from '../search/imported-stages.ts'
import type { StageRecord } from '../store/store.ts'
import { finishedTrial } from '../store/trial-life.ts'
import {
  isFinished,
  type TrialNumber,
  type TrialOutcome,
  type TrialRecord,
  type TrialSpec,
} from '../trial.ts'
import { afterStage, type Before, beginStage, openStage, type StudyCourse } from './open-stage.ts'
import { completeEnd, endWith, exhaustedReason, type StudyEnd } from './study-end.ts'
import type { TrialQueue } from './trial-queue.ts'

/** What an `ask` gives: a trial to run; the numbers of trials that must be told first; or how the study has ended. */
export type Asked =
  | { readonly kind: 'trial'; readonly spec: TrialSpec; readonly attempt: number; readonly stage: string }
  | { readonly kind: 'wait'; readonly pending: readonly TrialNumber[] }
  | { readonly kind: 'end'; readonly end: StudyEnd }

/** The stage that a study is in. */
interface CurrentStage {
  readonly record: StageRecord
  /** What the stages before have left. */
  readonly before: Before
  readonly queue: TrialQueue
}

/**
 * Hands out the trials of a study one at a time and takes their results, wherever they are run. The trials are those
 * that `runStudy` would run for the same results. Trials that were handed out by another process stay handed out.
 */
export class AskedStudy {
  readonly #plan: StudyCourse
  readonly #host: string
  /** Trials that were handed out and have no result yet. */
  readonly #out = new Map<TrialNumber, TrialRecord>()
  #current: CurrentStage | null = null
  readonly #reasons: string[] = []
  #end: StudyEnd | null = null

  constructor(plan: StudyCourse, host: string) {
    this.#plan = plan
    this.#host = host
    const { store, study } = plan
    for (const record of store.trials(study.id, { states: ['running'] })) {
      // In a slot it was run by a process that is gone, as is known by the lease: it is handed out anew.
      if (record.slot !== null) continue
      store.adoptTrial(study.id, record.number)
      this.#out.set(record.number, record)
    }
  }

  /** The trials that were handed out and have no result yet, in order of number. */
  pending(): TrialRecord[] {
    return [...this.#out.values()].sort((a, b) => a.number - b.number)
  }

  /** The next trial, which counts as running from here on. */
  ask(): Asked {
    const { store, study } = this.#plan
    while (this.#end === null) {
      const { queue, record } = this.#stage()
      const taken = queue.take()
      if (typeof taken === 'object') {
        const { number } = taken.spec
        store.startTrial(study.id, taken.spec, this.#host)
        store.flush()
        this.#out.set(number, store.trial(study.id, number)!)
        return { kind: 'trial', ...taken, stage: record.name }
      }
      if (this.#out.size > 0) return { kind: 'wait', pending: this.pending().map(({ number }) => number) }
      this.#advance()
    }
    return { kind: 'end', end: this.#end }
  }

  /** Records how a trial that was handed out has ended; one that was stopped is handed out again. */
  tell(number: TrialNumber, outcome: TrialOutcome): TrialRecord {
    const { store, study } = this.#plan
    const running = this.#out.get(number)
    if (running === undefined) throw new Error(`Trial ${number} has not been handed out.`)
    const { queue } = this.#stage()
    const record = finishedTrial(running, outcome, study.tieMetric)
    store.finishTrial(study.id, number, outcome, false)
    store.flush()
    this.#out.delete(number)
    if (!isFinished(record)) {
      queue.putBack(number)
      return record
    }
    queue.finish(record)
    const isLast = drawnAfter(this.#plan.stages, this.#current!.record.index) === -1
    if (this.#out.size === 0 && (queue.end !== null || (isLast && queue.complete))) this.#advance()
    return record
  }

  /** How the study ended; null while it goes on. */
  get end(): StudyEnd | null {
    return this.#end
  }

  #stage(): CurrentStage {
    this.#current ??= this.#open({ stage: undefined, trials: [], epochs: 0 })
    return this.#current
  }

  /** The stage after `before`, or a later one that has begun already. */
  #open(before: Before): CurrentStage {
    const { study, store } = this.#plan
    const index = before.stage === undefined ? 0 : before.stage.index + 1
    const known = store.stages(study.id)
    const record = known[index] ?? beginStage(this.#plan, index, before)
    if (isImported(this.#plan.stages[index]!)) return this.#open(afterStage(this.#plan, record, before, 0))
    const begun = store.trials(study.id, { stage: index })
    const { queue } = openStage(this.#plan, record, before, begun, new Set(this.#out.keys()))
    const current = { record, before, queue }
    const next = drawnAfter(this.#plan.stages, index)
    return known[next] === undefined ? current : this.#open(this.#after(current))
  }

  #after({ record, before, queue }: CurrentStage): Before {
    return afterStage(this.#plan, record, before, queue.epochs)
  }

  /** The stage's trials are over: on to the next one, or to the end of the study. */
  #advance(): void {
    const { store, study, stages, limits } = this.#plan
    const current = this.#stage()
    const { queue, record } = current
    const isLast = drawnAfter(stages, record.index) === -1
    let end = endWith(limits, queue, isLast)
    if (end === null) {
      if (queue.end === 'exhausted') this.#reasons.push(exhaustedReason(record, queue, this.#plan.space))
      if (!isLast) {
        this.#current = this.#open(this.#after(current))
        return
      }
      end = completeEnd(this.#reasons)
    }
    this.#end = end
    // One that was finished before stays so, with its date.
    if (store.findStudy(study.name)?.state !== end.state)
      store.finishStudy(study.id, end.state, end.endReason)
  }
}
