import type { ArtifactFloor } from '../execute/executor.ts'
import { promotedTrials } from '../search/given-trials.ts'
import { compareTrials } from '../search/rank.ts'
import { pointsToReplicate } from '../search/replication.ts'
import type { StagePlan } from '../search/stage-plan.ts'
import type { Direction } from '../trial.ts'
import type { EndedTrial } from './ended-trial.ts'

/** Which trials' artifacts the store keeps while a stage runs. */
export interface KeptArtifacts {
  /** Takes a finished trial in; returns whether its artifact is to be kept. What it continued is no longer needed. */
  offer(record: EndedTrial): boolean
  /** An artifact of a worse value will not be kept by a trial that begins now; null: any may be. */
  floor(): ArtifactFloor | null
  /** Numbers of all trials whose artifacts are kept. */
  numbers(): number[]
}

export interface KeptArtifactsSetup {
  readonly direction: Direction
  readonly stage: number
  /** How many of the best trials of the whole study keep their artifacts: their networks are what a search is for. */
  readonly best: number
  /** How many of the best trials of this stage the next one continues. */
  readonly promoted: number
  /** True if this stage runs the best trials again: their own artifacts stay, and none of its. */
  readonly replicates?: boolean
  /** Numbers of the trials that this stage continues or runs again. */
  readonly continued: readonly number[]
  /** The finished trials of earlier stages and of this one, as a resume finds them. */
  readonly finished: Iterable<EndedTrial>
}

/** Keeps the best of the study, the best of the stage for the next one, and what unfinished trials will continue. */
export function keepArtifacts(setup: KeptArtifactsSetup): KeptArtifacts {
  const { direction, stage } = setup
  const overall = new BestFew(direction, setup.best)
  const ofStage = new BestFew(direction, setup.promoted)
  const toContinue = new Set(setup.continued)
  const offer = (record: EndedTrial): boolean => {
    if (record.stage === stage && record.continues !== null) toContinue.delete(record.continues)
    if (record.state !== 'complete' || (setup.replicates === true && record.stage === stage)) return false
    const isBest = overall.offer(record)
    const isPromoted = record.stage === stage && ofStage.offer(record)
    return isBest || isPromoted
  }
  for (const record of setup.finished) offer(record)
  const floor = (): ArtifactFloor | null => {
    const lists = setup.replicates === true ? [] : [overall.floor(), ofStage.floor()]
    if (lists.includes(null)) return null
    const values = lists as number[]
    const loosest = direction === 'maximize' ? Math.min(...values) : Math.max(...values)
    return { value: loosest, direction }
  }
  return {
    offer,
    floor,
    numbers: () => [...new Set([...overall.numbers(), ...ofStage.numbers(), ...toContinue])],
  }
}

/** How many trials of a stage the one after it continues or runs again. */
export function promotedCount(next: StagePlan | undefined): number {
  if (next?.replicate !== undefined) return next.replicate.top
  return next?.warmStart === true ? next.trials : 0
}

/** Numbers of the earlier trials that the stage of that index continues or runs again. */
export function continuedTrials(request: {
  readonly stages: readonly StagePlan[]
  readonly stage: number
  readonly direction: Direction
  readonly earlier: readonly EndedTrial[]
}): number[] {
  const { stages, stage, direction, earlier } = request
  const { replicate, epochs } = stages[stage]!
  const trials =
    replicate === undefined
      ? promotedTrials(request)
      : pointsToReplicate(earlier, stages, epochs, replicate, direction)
  return trials.map(({ number }) => number)
}

/** The best `size` of all that were offered, in order of rank. */
class BestFew {
  readonly #direction: Direction
  readonly #size: number
  readonly #records: EndedTrial[] = []

  constructor(direction: Direction, size: number) {
    this.#direction = direction
    this.#size = size
  }

  offer(record: EndedTrial): boolean {
    const worse = this.#records.findIndex((held) => compareTrials(record, held, this.#direction) < 0)
    const rank = worse === -1 ? this.#records.length : worse
    if (rank >= this.#size) return false
    this.#records.splice(rank, 0, record)
    if (this.#records.length > this.#size) this.#records.pop()
    return true
  }

  /** The worst value held, which a trial has to reach; null while there is room, and an unreachable one without any. */
  floor(): number | null {
    if (this.#records.length < this.#size) return null
    const none = this.#direction === 'maximize' ? Infinity : -Infinity
    return this.#records.at(-1)?.value ?? none
  }

  numbers(): number[] {
    return this.#records.map((record) => record.number)
  }
}
