import { decideAtRung, lagsByRung, type RungDecision } from '../search/rungs.ts'
import type { PastTrial } from '../search/sampler.ts'
import { type Direction, type Measurement, TRIAL_STATES, type TrialSpec } from '../trial.ts'
import type { EndedTrial } from './ended-trial.ts'

/** Where a stage compares its trials, and ends those that are behind. */
export interface StageRungs {
  /** Ascending epochs below the stage's own; empty if every trial runs to its end. */
  readonly at: readonly number[]
  /** About one in this many trials goes on past a rung; above 1. */
  readonly reduce: number
}

const NONE: readonly PastTrial[] = []

/** In place of a trial of which nothing is kept. */
const FORGOTTEN = 'forgotten'

/** What a trial had measured when it reached a rung. */
type Reached = Pick<Measurement, 'step' | 'value'>

/** How a trial compared at a rung with the trials of lower numbers. */
export interface RungStanding extends RungDecision {
  /** The rung's epoch. */
  readonly at: number
  /** What the trial measured there: at that step or, if it does not measure at each, at the first one after it. */
  readonly own: Reached
}

/** A trial that another is compared with at a rung. */
export interface RungPeer {
  readonly number: number
  /** Null if it diverged before. */
  readonly value: number | null
}

/** What is known of a trial at the rungs of its stage. */
interface Row {
  readonly spec: TrialSpec
  /** By rung; undefined if it has not reached it. */
  readonly reached: (Reached | undefined)[]
}

/**
 * How far each trial of a stage has come, rung by rung and to its end, and what follows from it: which results a later
 * trial may see, and whether a trial goes on past a rung. All of it depends on lower numbers alone, so it is the same
 * whatever the number of lanes and the order in which trials happen to end.
 */
export class RungLedger {
  readonly #rungs: StageRungs
  readonly #direction: Direction
  /** Of each trial; left empty where there are no rungs, because a stage may have a million trials. */
  readonly #rows: Row[] = []
  readonly #ended: (EndedTrial | typeof FORGOTTEN | undefined)[] = []
  /** What a stage without rungs has shown; it only grows. */
  readonly #seen: PastTrial[] = []
  /** By rung, and last for the end: this many trials from the first on have reached it or ended. */
  readonly #prefixes: number[]
  /** By rung, and last for the end: how far behind the results lie that a trial sees; null if it sees none. */
  readonly #lags: readonly number[] | null

  constructor(rungs: StageRungs, epochs: number, lag: number | null, direction: Direction) {
    this.#rungs = rungs
    this.#direction = direction
    this.#prefixes = [...rungs.at.map(() => 0), 0]
    this.#lags = lag === null ? null : lagsByRung(rungs.at, epochs, rungs.reduce, lag)
  }

  /** How many trials from the first on are finished. */
  get finished(): number {
    return this.#prefixes.at(-1)!
  }

  /** The next trial, of which nothing is known yet. */
  add(spec: TrialSpec): void {
    if (this.#hasRungs) this.#rows.push({ spec, reached: [] })
    this.#ended.push(undefined)
  }

  /** Later attempts measure the same again; what is known stays. */
  measured(index: number, { step, value }: Reached): void {
    const { reached } = this.#rows[index]!
    for (const [k, at] of this.#rungs.at.entries()) if (step >= at) reached[k] ??= { step, value }
    this.#advance()
  }

  finish(index: number, trial: EndedTrial): void {
    this.#ended[index] = trial
    this.#advance()
  }

  /** How many trials there are. */
  get size(): number {
    return this.#ended.length
  }

  hasEnded(index: number): boolean {
    return this.#ended[index] !== undefined
  }

  /** A trial that has ended, and was not forgotten. */
  ended(index: number): EndedTrial {
    const trial = this.#ended[index]
    if (trial === undefined || trial === FORGOTTEN)
      throw new Error(`Nothing is kept of trial ${index} of a stage.`)
    return trial
  }

  /** Keeps nothing of a trial that has ended, where neither a sampler nor a rung looks at it. */
  forget(index: number): void {
    this.#ended[index] = FORGOTTEN
  }

  /** Whether everything is there that the trial may see before it begins. */
  mayBegin(index: number): boolean {
    return this.#lags === null || this.#lags.every((lag, k) => this.#prefixes[k]! >= index - lag + 1)
  }

  /**
   * The results that the trial sees: of its stage's first trials, in order of number, each as far as it may see it.
   * Without rungs they are one array that grows with the index, which must not fall from call to call: samplers may
   * keep what they have worked out for it.
   */
  seenBy(index: number): readonly PastTrial[] {
    const lags = this.#lags
    if (lags === null) return NONE
    const count = Math.max(0, index - lags[0]! + 1)
    if (!this.#hasRungs) {
      while (this.#seen.length < count) this.#seen.push(this.ended(this.#seen.length))
      return this.#seen
    }
    return this.#rows.slice(0, count).map((row, m) => {
      const level = lags.findLastIndex((lag) => m <= index - lag)
      return asSeenAt(row, this.#endedRow(m), level)
    })
  }

  /** Whether the trial goes on past the rungs it has reached by that step; null if lower numbers are not that far. */
  goesOn(index: number, step: number): boolean | null {
    const rung = this.#rungs.at.findLastIndex((at) => at <= step)
    if (rung === -1) return true
    return this.#prefixes[rung]! < index ? null : this.#standing(index, rung).goesOn
  }

  /** How the trial compared at each rung where that is settled, in order of epochs. */
  standings(index: number): RungStanding[] {
    const { reached, spec } = this.#rows[index]!
    return this.#rungs.at.flatMap((_, rung) => {
      const own = reached[rung]
      // A step past several rungs is compared at the last of them, and one at the end at none.
      if (own === undefined || own.step >= spec.budget.epochs || reached[rung + 1]?.step === own.step)
        return []
      return this.#prefixes[rung]! < index ? [] : [this.#standing(index, rung)]
    })
  }

  /** The trials that the trial is compared with at the rung of that epoch, in order of number. */
  peersAt(index: number, at: number): RungPeer[] {
    const rung = this.#rungs.at.indexOf(at)
    return this.#rows.slice(0, index).flatMap((row, m) => {
      const value = valueAt(row, this.#endedRow(m), rung)
      return value === undefined ? [] : [{ number: row.spec.number, value }]
    })
  }

  #standing(index: number, rung: number): RungStanding {
    const own = this.#rows[index]!.reached[rung]!
    const peers: (number | null)[] = []
    for (let m = 0; m < index; m++) {
      const value = valueAt(this.#rows[m]!, this.#endedRow(m), rung)
      if (value !== undefined) peers.push(value)
    }
    const decision = decideAtRung(own.value, peers, this.#rungs.reduce, this.#direction)
    return { ...decision, at: this.#rungs.at[rung]!, own }
  }

  /** The trial, if it has ended. */
  #endedRow(index: number): EndedTrial | undefined {
    return this.hasEnded(index) ? this.ended(index) : undefined
  }

  get #hasRungs(): boolean {
    return this.#rungs.at.length > 0
  }

  #advance(): void {
    for (const [k, before] of this.#prefixes.entries()) {
      let prefix = before
      while (this.#ended[prefix] !== undefined || this.#rows[prefix]?.reached[k] !== undefined) prefix++
      this.#prefixes[k] = prefix
    }
  }
}

/**
 * A trial as others compare themselves with it at a rung: its value there, or at its end if it was complete before;
 * null if it diverged before; undefined if it failed or was pruned before, and is not compared with.
 */
function valueAt({ reached }: Row, ended: EndedTrial | undefined, rung: number): number | null | undefined {
  const there = reached[rung]
  if (there !== undefined) return there.value
  return ended !== undefined && TRIAL_STATES[ended.state].reproducible ? ended.value : undefined
}

/** What is seen of a trial at a rung: one that had ended there, whatever it did later; past the last rung, how it ended. */
function asSeenAt({ spec, reached }: Row, ended: EndedTrial | undefined, rung: number): PastTrial {
  const there = reached[rung]
  if (there === undefined) return ended!
  const { number, stage, params } = spec
  return { number, stage, params, state: 'pruned', value: there.value, epochs: there.step }
}
