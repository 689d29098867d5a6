import type { NarrowDecision } from '../search/narrow-decision.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type {
  Direction,
  TieMetric,
  TimedMeasurement,
  TrialOutcome,
  TrialRecord,
  TrialSpec,
  TrialState,
} from '../trial.ts'

/** `running` also for one whose process died: whether somebody is at it is told by its lease. */
export type StudyState = 'running' | 'complete' | 'stopped' | 'failed'

/** What identifies what is measured; a resume compares it. */
export interface Fingerprints {
  /** SHA-256 of the data set; null if the objective has none. */
  readonly data: string | null
  /** SHA-256 of the objective's file, or of its settings. */
  readonly objective: string
  /** SHA-256 of the root space. */
  readonly space: string
}

export interface NewStudy {
  readonly name: string
  readonly seed: number
  readonly direction: Direction
  /** The metric's name, for people; the value of a measurement is this metric. */
  readonly metric: string
  /** Ranks trials of equal value; null to leave them in order of epochs and number. */
  readonly tieMetric: TieMetric | null
  readonly lag: number
  /** The whole resolved experiment, JSON: enough to run it again. */
  readonly experiment: unknown
  readonly fingerprints: Fingerprints
  readonly codeVersion: string
  /** Where an imported study comes from, in words; null, or absent, for one that is run here. */
  readonly origin?: string | null
}

export interface StudyRecord extends NewStudy {
  readonly id: number
  readonly origin: string | null
  /** What people wrote about it; null for nothing. */
  readonly comment: string | null
  /** Words to find it by, in the order they were given; no word twice. */
  readonly tags: readonly string[]
  readonly state: StudyState
  /** Why it ended, in a sentence, if not by being done: "stopped by SIGINT", "time limit of 60 s reached". */
  readonly endReason: string | null
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly finishedAt: number | null
  /** What was forced or changed on purpose, in order: `resume --force`, `--add 32`. */
  readonly notes: readonly string[]
}

/** Where a stage compares its trials and prunes the worse ones. */
export interface Rungs {
  /** Ascending epochs below the stage's own. */
  readonly at: readonly number[]
  /** About one in this many trials goes on past a rung; above 1. */
  readonly reduce: number
}

export interface StageRecord {
  /** From 0. */
  readonly index: number
  readonly name: string
  readonly trials: number
  readonly epochs: number
  readonly sampler: string
  /** The number of the stage's first trial. */
  readonly firstTrial: number
  readonly space: SearchSpace
  /** The decision that led to `space`; null in the first stage. */
  readonly narrowing: NarrowDecision | null
  /** Null if every trial runs all its epochs. */
  readonly rungs: Rungs | null
}

export interface TrialFilter {
  readonly stage?: number | undefined
  readonly states?: readonly TrialState[] | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

/** What a kept network is worth on a part of the data. */
export interface Evaluation {
  readonly trial: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** `test`, `valid`, or the name of a file of its own. */
  readonly part: string
  readonly examples: number
  /** By name: loss, accuracy. */
  readonly metrics: Readonly<Record<string, number>>
  /** Examples by true class (rows) and predicted class (columns); null where there are no classes. */
  readonly confusion: readonly (readonly number[])[] | null
}

export interface StoreOptions {
  /** The clock, in milliseconds since the epoch; the machine's by default. */
  readonly now?: () => number
}

/** Read access; works while a study runs and never locks it. */
export interface StudyReader {
  /** All studies, oldest first. */
  studies(): StudyRecord[]
  /** By name; undefined if there is none of that name. */
  findStudy(name: string): StudyRecord | undefined
  /** The one begun last; undefined in an empty store. */
  latestStudy(): StudyRecord | undefined
  stages(study: number): StageRecord[]
  /** In order of number. */
  trials(study: number, filter?: TrialFilter): TrialRecord[]
  trial(study: number, number: number): TrialRecord | undefined
  /** The best trials that have a value, in the order of `compareTrials`. */
  bestTrials(study: number, count: number, stage?: number): TrialRecord[]
  countTrials(study: number): Readonly<Record<TrialState, number>>
  /** In order of step. */
  measurements(study: number, trial: number): TimedMeasurement[]
  /** Each trial's measurements, in order of number and step, read as they are needed. */
  allMeasurements(
    study: number,
  ): IterableIterator<{ readonly trial: number; readonly measurements: TimedMeasurement[] }>
  artifact(study: number, trial: number): Uint8Array | undefined
  /** In the order they were added. */
  evaluations(study: number): Evaluation[]
  /** Who runs the study; undefined if nobody does, also if its holder is dead. */
  lease(study: number): Lease | undefined
  close(): void
}

/** Who writes to a study. */
export interface Lease {
  readonly host: string
  readonly pid: number
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly heartbeatAt: number
}

/**
 * Write access, held by one writer for a study at a time. Each method is one transaction, unless it says otherwise;
 * its reads see what is committed. All but `acquireLease`, `addNote` and `addEvaluation` need the study's lease.
 */
export interface StudyWriter extends StudyReader {
  /**
   * Takes the lease. Throws UserError('store') if the name is taken.
   * @param study the study, or what makes it: it is then called within the transaction, so that a name it finds free
   *   is still free when the study takes it
   */
  createStudy(study: NewStudy | ((isTaken: (name: string) => boolean) => NewStudy)): StudyRecord
  /** Takes the lease of an existing study; throws UserError('store') naming the holder if it is live. */
  acquireLease(study: number): void
  /** To be called every few seconds; throws UserError('store') if another process has taken over. */
  renewLease(study: number): void
  /** Commits what was grouped, and lets others have the study. */
  releaseLease(study: number): void
  addStage(study: number, stage: StageRecord): void
  /** For a resume that extends a study on purpose. */
  updateStage(
    study: number,
    stage: number,
    changes: { readonly trials?: number; readonly epochs?: number },
  ): void
  setExperiment(study: number, experiment: unknown, fingerprints: Fingerprints): void
  addNote(study: number, note: string): void
  /**
   * Records that a trial begins: `running`, attempts + 1, without the results of an attempt before. Throws Error if it
   * is complete, pruned or diverged. `slot`: which of the executor's, null or absent if that is not known. Grouped with other writes until the next `flush`.
   */
  startTrial(study: number, spec: TrialSpec, host: string, slot?: number | null): void
  /**
   * Records how a trial that this writer started has ended, with its measurements, at once or not at all; one that was
   * stopped is `waiting` again. Steps must be whole numbers that rise. Grouped until the next `flush`.
   */
  finishTrial(study: number, number: number, outcome: TrialOutcome, keepArtifact: boolean): void
  /** Drops artifacts of all trials but these. Grouped until the next `flush`. */
  keepArtifacts(study: number, trials: readonly number[]): void
  /**
   * Commits what was grouped. A trial counts as finished for people only after this. If it throws UserError('store'),
   * what was grouped stays so, and may be flushed again.
   */
  flush(): void
  addEvaluation(study: number, evaluation: Evaluation): void
  /** Commits what was grouped, records how the study ended, and releases its lease. */
  finishStudy(study: number, state: StudyState, endReason: string | null): void
}
