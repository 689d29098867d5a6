import type { PastTrial } from '../search/sampler.ts'
import type { StopSettings } from '../search/stage-plan.ts'
import type { Params } from '../space/distribution.ts'
import {
  type Budget,
  type Direction,
  isFinished,
  type Measurement,
  type TrialRecord,
  type TrialSpec,
} from '../trial.ts'
import { endedTrial } from './ended-trial.ts'
import { RungLedger, type StageRungs } from './rung-ledger.ts'
import { StopRule } from './stop-rule.ts'

/** What decides the order of a stage's trials. */
export interface TrialQueueSetup {
  /** How many trials the stage has at most. */
  readonly trials: number
  /** How many epochs each of them runs at most. */
  readonly epochs: number
  readonly direction: Direction
  /** How many trials may be under way when the next one is proposed. */
  readonly lag: number
  /** Whether trial i waits for the results of trials 0 .. i - lag; else its sampler needs none. */
  readonly adaptive: boolean
  readonly rungs: StageRungs
  /** What ends the stage, and the study with it, before its last trial. */
  readonly stop: StopSettings
  /** What all trials of the stage may spend, below 1 if nothing is left; null for no limit. */
  readonly maxEpochs: number | null
  /** The stage's trials as the store has them: all that were begun, in order of number. Read once. */
  readonly begun: Iterable<TrialRecord>
  /** What a trial of `begun` measured, in order of step. Read only where there are rungs. */
  readonly measurements: (number: number) => readonly Measurement[]
  /** Numbers of unfinished trials in `begun` that somebody is still running; the others are handed out again. */
  readonly out?: ReadonlySet<number> | undefined
  /**
   * The spec of trial `index`; `seen` are its stage's first trials as far as it may see them, `pending` the params of
   * those after them. Null: no point is left.
   */
  readonly propose: (
    index: number,
    seen: readonly PastTrial[],
    pending: readonly Params[],
  ) => TrialSpec | null
  /**
   * Whether proposals look at the points of earlier trials. Where they do not and `adaptive` is false, nothing is kept
   * of a trial that has ended, `pending` is empty, and a stage of a million trials takes little memory.
   */
  readonly looksBack: boolean
  /** How often a failed trial is run again. */
  readonly retries: number
  /** This many failed trials in a row, in order of number, end the stage; null for no limit. */
  readonly maxFailures: number | null
  /**
   * Whether the study was resumed: `maxFailures` failed trials in a row among those of `begun` then end nothing, and the
   * count begins again. False by default.
   */
  readonly resumed?: boolean | undefined
}

/** A trial handed out to be run. */
export interface TakenTrial {
  readonly spec: TrialSpec
  /** From 1, counted over the whole study. */
  readonly attempt: number
}

/** Errors that another attempt would only repeat. */
const FINAL_ERRORS: ReadonlySet<string> = new Set(['bad-measurement', 'artifact-too-large'])

/** Why a stage has fewer trials than planned. */
export type QueueEnd = 'too-many-failures' | 'out-of-epochs' | 'exhausted' | 'stop-rule'

/** A trial that has not ended for good. */
interface Entry {
  readonly spec: TrialSpec
  attempts: number
  /** Failures that were followed by another attempt. */
  retries: number
}

/**
 * The trials of one stage: which is next, which wait, which are done. It holds no thread, store or clock, so the lanes
 * of one process, remote workers and programs that ask for trials one at a time all follow the same rules.
 *
 * What `take` hands out depends on numbers and results alone, never on when or where earlier trials ended: first the
 * trials that have to start again, the lowest number first, then the following number as soon as the results that its
 * sampler may see are there.
 */
export class TrialQueue {
  readonly #setup: TrialQueueSetup
  /** The trials that have been proposed and have not ended, by index. */
  readonly #open = new Map<number, Entry>()
  /** The params of all trials, kept apart because samplers that wait for nothing are handed all of them each time. */
  readonly #proposed: Params[] = []
  readonly #remembers: boolean
  /** Indices of the trials that have to start again, ascending. */
  readonly #again: number[] = []
  readonly #firstNumber: number
  readonly #ledger: RungLedger
  readonly #stop: StopRule
  /** Shared by the trials that have it. */
  #budget: Budget | null = null
  #failuresInARow = 0
  /** How many trials, in order of number, were looked at for what ends the stage. */
  #looked = 0
  /** What all trials so far take: those that ended what they ran, the others all their epochs. */
  #epochs = 0
  #end: QueueEnd | null = null

  /** @param firstNumber the number of the stage's first trial */
  constructor(firstNumber: number, setup: TrialQueueSetup) {
    const { rungs, epochs, direction } = setup
    this.#setup = setup
    this.#firstNumber = firstNumber
    this.#remembers = setup.adaptive || setup.looksBack || rungs.at.length > 0
    this.#ledger = new RungLedger(rungs, epochs, setup.adaptive ? setup.lag : null, direction)
    this.#stop = new StopRule(setup.stop, direction)
    for (const record of setup.begun) {
      const index = this.#ledger.size
      this.#add(record, record.attempts)
      if (!isFinished(record)) {
        if (!setup.out?.has(record.number)) this.#again.push(index)
        continue
      }
      if (rungs.at.length > 0) {
        for (const measurement of setup.measurements(record.number)) this.#ledger.measured(index, measurement)
      }
      this.#settle(index, record)
    }
    while (this.#end === 'too-many-failures' && setup.resumed) {
      this.#end = null
      this.#failuresInARow = 0
      this.#look()
    }
  }

  /** The next trial; `wait` if it must see results that are not there yet; `none` if no trial is left to hand out. */
  take(): TakenTrial | 'wait' | 'none' {
    if (this.#end === 'too-many-failures') return 'none'
    const again = this.#again.shift()
    if (again !== undefined) return this.#handOut(again)
    const index = this.#ledger.size
    if (this.#end !== null || index >= this.#setup.trials) return 'none'
    if (!this.#ledger.mayBegin(index) || this.#awaitsStop(index)) return 'wait'
    if (this.#isStopped(index)) return this.#endWith('stop-rule')
    const { epochs, maxEpochs, propose } = this.#setup
    if (maxEpochs !== null && this.#epochs + epochs > maxEpochs) {
      // What the unfinished ones leave over may be enough.
      return this.#ledger.finished < index ? 'wait' : this.#endWith('out-of-epochs')
    }
    const seen = this.#ledger.seenBy(index)
    const pending = seen.length === 0 ? this.#proposed : this.#proposed.slice(seen.length)
    const spec = propose(index, seen, pending)
    if (spec === null) return this.#endWith('exhausted')
    this.#add(spec, 0)
    return this.#handOut(index)
  }

  /** A trial that runs has measured something: others may see it, or compare themselves with it. */
  measured(number: number, measurement: Measurement): void {
    if (this.#setup.rungs.at.length > 0) this.#ledger.measured(number - this.#firstNumber, measurement)
  }

  /** Whether a running trial goes on past the rung it has reached at that step; null while lower numbers are to decide. */
  goesOn(number: number, step: number): boolean | null {
    return this.#ledger.goesOn(number - this.#firstNumber, step)
  }

  /** The lowest trial that must be restarted and is not handed out yet; null if there is none. */
  get nextAgain(): number | null {
    const index = this.#again[0]
    return index === undefined ? null : this.#firstNumber + index
  }

  /** Whether a trial whose attempt failed with this code is to run again. */
  mayRetry(number: number, code: string | undefined): boolean {
    const { retries } = this.#unfinished(number)
    return retries < this.#setup.retries && (code === undefined || !FINAL_ERRORS.has(code))
  }

  /** Hands out a failed trial again, as another attempt. */
  retry(number: number): TakenTrial {
    this.#unfinished(number).retries++
    return this.#handOut(number - this.#firstNumber)
  }

  /** The trial was interrupted: it is handed out again, from its beginning, before any later one. */
  putBack(number: number): void {
    this.#unfinished(number)
    const index = number - this.#firstNumber
    const after = this.#again.findIndex((other) => other > index)
    this.#again.splice(after === -1 ? this.#again.length : after, 0, index)
  }

  /** The trial has ended for good. */
  finish(record: TrialRecord): void {
    this.#unfinished(record.number)
    this.#settle(record.number - this.#firstNumber, record)
  }

  /** How many trials are finished. */
  get finished(): number {
    return this.#ledger.size - this.#open.size
  }

  /** Why no further trial begins although the stage has fewer than planned; null while it goes on, or if it has all. */
  get end(): QueueEnd | null {
    return this.#end
  }

  /** Why the stage's trials leave nothing to win, as a sentence without its full stop; null if they do not. */
  get stopReason(): string | null {
    return this.#stop.metAt === null ? null : this.#stop.reason
  }

  /** What all trials took, the failed ones counted in full: how far those came depends on the clock. */
  get epochs(): number {
    return this.#epochs
  }

  /** Whether every trial of the stage is finished. */
  get complete(): boolean {
    const all = this.#end !== null || this.#ledger.size >= this.#setup.trials
    return all && this.#open.size === 0
  }

  /** Whether the results are missing that say whether the trial begins at all. */
  #awaitsStop(index: number): boolean {
    const { isOff, metAt } = this.#stop
    return !isOff && metAt === null && this.#ledger.finished < index - this.#setup.lag + 1
  }

  #isStopped(index: number): boolean {
    const { metAt } = this.#stop
    return metAt !== null && metAt <= index - this.#setup.lag
  }

  #endWith(end: QueueEnd): 'none' {
    this.#end = end
    return 'none'
  }

  #add(spec: TrialSpec, attempts: number): void {
    this.#open.set(this.#ledger.size, { spec, attempts, retries: 0 })
    if (this.#remembers) this.#proposed.push(spec.params)
    this.#ledger.add(spec)
    this.#epochs += this.#setup.epochs
  }

  #handOut(index: number): TakenTrial {
    const entry = this.#open.get(index)!
    entry.attempts++
    return { spec: entry.spec, attempt: entry.attempts }
  }

  #unfinished(number: number): Entry {
    const index = number - this.#firstNumber
    const entry = this.#open.get(index)
    if (entry !== undefined) return entry
    const was = this.#ledger.hasEnded(index) ? 'has already finished' : 'was never handed out'
    throw new Error(`Trial ${number} ${was}.`)
  }

  #settle(index: number, record: TrialRecord): void {
    this.#open.delete(index)
    const { epochs } = record.budget
    if (epochs !== this.#budget?.epochs) this.#budget = record.budget
    this.#ledger.finish(index, endedTrial(record, this.#budget!))
    if (record.state !== 'failed') {
      this.#epochs -= Math.max(0, this.#setup.epochs - record.epochs)
    }
    this.#look()
  }

  /** What ends a stage is looked for in order of number, so that it is the same whatever ends first. */
  #look(): void {
    const { maxFailures } = this.#setup
    while (this.#looked < this.#ledger.finished && this.#end !== 'too-many-failures') {
      const trial = this.#ledger.ended(this.#looked)
      if (!this.#remembers) this.#ledger.forget(this.#looked)
      this.#looked++
      this.#failuresInARow = trial.state === 'failed' ? this.#failuresInARow + 1 : 0
      this.#stop.look(trial)
      if (maxFailures !== null && this.#failuresInARow >= maxFailures) this.#end = 'too-many-failures'
    }
  }
}
