import type { RungVerdict } from '../execute/executor.ts'
import type { TimedMeasurement, TrialOutcome, TrialSpec } from '../trial.ts'
import type { TrialQueue } from './trial-queue.ts'

/** A rung that a running trial has come to. */
interface Gate {
  readonly trial: number
  readonly step: number
  readonly given: PromiseWithResolvers<RungVerdict>
  verdict: RungVerdict | null
  /** Whether the trial does nothing but wait; else it runs on meanwhile. */
  isBlocked: boolean
}

/** Where trials wait at rungs for the verdict of the queue, which needs all lower numbers to have come as far. */
export class RungGates {
  readonly #queue: TrialQueue
  readonly #stopTrial: (trial: number) => void
  readonly #changed: () => void
  /** Without a verdict, in order of trial; a trial is held by one at a time. */
  readonly #closed: Gate[] = []

  /**
   * @param stopTrial ends a running trial
   * @param changed called when a trial has come to a rung, or does nothing but wait from now on
   */
  constructor(queue: TrialQueue, stopTrial: (trial: number) => void, changed: () => void) {
    this.#queue = queue
    this.#stopTrial = stopTrial
    this.#changed = changed
  }

  /** How many trials do nothing but wait. */
  get blocked(): number {
    return this.#closed.filter(({ isBlocked }) => isBlocked).length
  }

  /** Gives the verdicts that are due. */
  judge(): void {
    for (const gate of [...this.#closed]) {
      const goesOn = this.#queue.goesOn(gate.trial, gate.step)
      if (goesOn !== null) this.#open(gate, goesOn ? 'go-on' : 'prune')
    }
  }

  /** Has the trials that only wait end, to be run again: nobody they wait for can run. */
  stopBlocked(): void {
    for (const gate of [...this.#closed]) if (gate.isBlocked) this.#open(gate, 'stop')
  }

  /** The same for the highest of them, if it is above that number. */
  stopHighestAbove(trial: number): void {
    const highest = this.#closed.findLast(({ isBlocked }) => isBlocked)
    if (highest !== undefined && highest.trial > trial) this.#open(highest, 'stop')
  }

  /** Follows an attempt of a trial. */
  follow({ number, budget }: TrialSpec, rungs: readonly number[]): AttemptAtRungs {
    const waiting: TimedMeasurement[] = []
    let passed = -1
    let gate: Gate | null = null
    // What a trial measures past a rung where it is to be pruned has never been: the queue hears of it after the verdict.
    const proceed = (): void => {
      while (waiting.length > 0 && (gate === null || gate.verdict === 'go-on')) {
        const measurement = waiting.shift()!
        this.#queue.measured(number, measurement)
        const rung = rungs.findLastIndex((at) => at <= measurement.step)
        if (rung === passed) continue
        passed = rung
        gate = measurement.step < budget.epochs ? this.#close(number, measurement.step) : null
        this.#changed()
      }
    }
    return {
      measured: (measurement) => {
        waiting.push(measurement)
        proceed()
      },
      verdict: () => this.#verdictOf(gate!),
      ended: async (outcome) => {
        for (;;) {
          if (gate !== null) {
            if (gate.verdict === null && outcome.state === 'stopped') this.#open(gate, 'stop')
            const verdict = await this.#verdictOf(gate)
            if (verdict === 'prune') return prunedAt(outcome, gate.step)
            if (verdict === 'stop') return { ...outcome, state: 'stopped' }
          }
          if (waiting.length === 0) return outcome
          proceed()
        }
      },
    }
  }

  /** For a trial that does nothing but wait for it. */
  #verdictOf(gate: Gate): Promise<RungVerdict> {
    if (gate.verdict === null) {
      gate.isBlocked = true
      this.#changed()
    }
    return gate.given.promise
  }

  #close(trial: number, step: number): Gate {
    const gate = { trial, step, given: Promise.withResolvers<RungVerdict>(), verdict: null, isBlocked: false }
    this.#closed.push(gate)
    this.#closed.sort((a, b) => a.trial - b.trial)
    return gate
  }

  #open(gate: Gate, verdict: RungVerdict): void {
    this.#closed.splice(this.#closed.indexOf(gate), 1)
    gate.verdict = verdict
    gate.given.resolve(verdict)
    if (verdict === 'prune' && !gate.isBlocked) this.#stopTrial(gate.trial)
  }
}

/** An attempt of a trial on its way from rung to rung. */
export interface AttemptAtRungs {
  measured(measurement: TimedMeasurement): void
  /** For an executor whose trial waits at the rung that it has come to with its last measurement. */
  verdict(): Promise<RungVerdict>
  /** The outcome in the light of all verdicts: what was measured past a rung where it was to be pruned is dropped. */
  ended(outcome: TrialOutcome): Promise<TrialOutcome>
}

/** Whatever the trial did past the rung does not count, also if it failed there. */
function prunedAt(outcome: TrialOutcome, step: number): TrialOutcome {
  const measurements = outcome.measurements.filter((measurement) => measurement.step <= step)
  return { ...outcome, state: 'pruned', measurements, error: null, artifact: null }
}
