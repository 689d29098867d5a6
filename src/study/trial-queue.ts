import type { Params } from '../space/distribution.ts'
import { isFinished, type TrialRecord, type TrialSpec } from '../trial.ts'

/** What decides the order of a stage's trials. */
export interface TrialQueueSetup {
  /** How many trials the stage has at most. */
  readonly trials: number
  /** Trial i waits until trials 0 .. i - lag are finished; null if its sampler needs no results. */
  readonly lag: number | null
  /** The stage's trials as the store has them: all that were begun, in order of number. */
  readonly begun: readonly TrialRecord[]
  /** Numbers of unfinished trials in `begun` that somebody is still running; the others are handed out again. */
  readonly out?: ReadonlySet<number>
  /** The spec of trial `index`; `finished` are trials 0 .. i - lag, `pending` the params of those after them. Null: no point is left. */
  readonly propose: (
    index: number,
    finished: readonly TrialRecord[],
    pending: readonly Params[],
  ) => TrialSpec | null
  /** How often a failed trial is run again. */
  readonly retries: number
  /** This many failed trials in a row, in order of number, end the stage; null for no limit. */
  readonly maxFailures: number | null
}

/** A trial handed out to be run. */
export interface TakenTrial {
  readonly spec: TrialSpec
  /** From 1, counted over the whole study. */
  readonly attempt: number
}

/** Errors that another attempt would only repeat. */
const FINAL_ERRORS: ReadonlySet<string> = new Set(['bad-measurement', 'artifact-too-large'])

interface Entry {
  readonly spec: TrialSpec
  attempts: number
  /** Failures that were followed by another attempt. */
  retries: number
  record: TrialRecord | undefined
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
  readonly #entries: Entry[] = []
  /** The params of all entries, kept apart because samplers that wait for nothing are handed all of them each time. */
  readonly #proposed: Params[] = []
  /** Indices of the trials that have to start again, ascending. */
  readonly #again: number[] = []
  readonly #firstNumber: number
  /** Trials 0 .. prefix - 1 are finished. */
  #finishedPrefix = 0
  #failuresInARow = 0
  #exhausted = false

  /** @param firstNumber the number of the stage's first trial */
  constructor(firstNumber: number, setup: TrialQueueSetup) {
    this.#setup = setup
    this.#firstNumber = firstNumber
    for (const record of setup.begun) {
      const finished = isFinished(record)
      if (!finished && !setup.out?.has(record.number)) this.#again.push(this.#entries.length)
      this.#add(record, record.attempts, finished ? record : undefined)
    }
    this.#advance()
  }

  /** The next trial; `wait` if it must see results that are not there yet; `none` if no trial is left to hand out. */
  take(): TakenTrial | 'wait' | 'none' {
    if (this.tooManyFailures) return 'none'
    const again = this.#again.shift()
    if (again !== undefined) return this.#handOut(again)
    const index = this.#entries.length
    if (this.#exhausted || index >= this.#setup.trials) return 'none'
    const { lag, propose } = this.#setup
    const visible = lag === null ? 0 : Math.max(0, index - lag + 1)
    if (this.#finishedPrefix < visible) return 'wait'
    const finished = this.#entries.slice(0, visible).map(({ record }) => record!)
    const pending = visible === 0 ? this.#proposed : this.#proposed.slice(visible)
    const spec = propose(index, finished, pending)
    if (spec === null) {
      this.#exhausted = true
      return 'none'
    }
    this.#add(spec, 0, undefined)
    return this.#handOut(index)
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
    this.#unfinished(record.number).record = record
    this.#advance()
  }

  /** The finished trials, in order of number. */
  finished(): TrialRecord[] {
    return this.#entries.flatMap(({ record }) => record ?? [])
  }

  /** Whether `maxFailures` trials in a row have failed, in order of number. */
  get tooManyFailures(): boolean {
    const { maxFailures } = this.#setup
    return maxFailures !== null && this.#failuresInARow >= maxFailures
  }

  /** Whether the stage has fewer trials than planned because no other point was left to try. */
  get exhausted(): boolean {
    return this.#exhausted
  }

  /** Whether every trial of the stage is finished. */
  get complete(): boolean {
    const all = this.#exhausted || this.#entries.length >= this.#setup.trials
    return all && this.#entries.every(({ record }) => record !== undefined)
  }

  #add(spec: TrialSpec, attempts: number, record: TrialRecord | undefined): void {
    this.#entries.push({ spec, attempts, retries: 0, record })
    this.#proposed.push(spec.params)
  }

  #handOut(index: number): TakenTrial {
    const entry = this.#entries[index]!
    entry.attempts++
    return { spec: entry.spec, attempt: entry.attempts }
  }

  #unfinished(number: number): Entry {
    const entry = this.#entries[number - this.#firstNumber]
    if (entry === undefined) throw new Error(`Trial ${number} was never handed out.`)
    if (entry.record !== undefined) throw new Error(`Trial ${number} has already finished.`)
    return entry
  }

  /** A run of failures is looked for in order of number, so that it is the same whatever ends first. */
  #advance(): void {
    for (;;) {
      const record = this.#entries[this.#finishedPrefix]?.record
      if (record === undefined || this.tooManyFailures) return
      this.#failuresInARow = record.state === 'failed' ? this.#failuresInARow + 1 : 0
      this.#finishedPrefix++
    }
  }
}
