import type { NarrowDecision } from '../search/narrow-decision.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type {
  Direction,
  StageIndex,
  StudyId,
  TieMetric,
  TimedMeasurement,
  TrialField,
  TrialNumber,
  TrialOutcome,
  TrialRecord,
  TrialSpec,
  TrialState,
} from '../trial.ts'

/** `running` also for one whose process died: its lease says whether it is being run. */
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
  readonly id: StudyId
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
  readonly index: StageIndex
  readonly name: string
  readonly trials: number
  readonly epochs: number
  readonly sampler: string
  /** The number of the stage's first trial. */
  readonly firstTrial: TrialNumber
  readonly space: SearchSpace
  /** The decision that led to `space`; null in the first stage. */
  readonly narrowing: NarrowDecision | null
  /** Null if every trial runs all its epochs. */
  readonly rungs: Rungs | null
}

/** A column that trials can be sorted by. */
export type TrialColumn =
  | { readonly kind: 'field'; readonly name: TrialField }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'metric'; readonly name: string }

export interface TrialFilter {
  readonly stage?: StageIndex | undefined
  readonly states?: readonly TrialState[] | undefined
  /** The lowest number. */
  readonly from?: TrialNumber | undefined
  /** By a column, as `sortTrials` does; in order of number without it. Before `limit` and `offset`. */
  readonly sort?: { readonly column: TrialColumn; readonly falling: boolean } | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

/** What a kept network is worth on a part of the data. */
export interface Evaluation {
  readonly trial: TrialNumber
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

/** From a moment to a later one, in milliseconds since the epoch. */
export type Interval = readonly [from: number, to: number]

/** What the trials of a stage come to. */
export interface StageTotals {
  readonly stage: StageIndex
  readonly counts: Readonly<Record<TrialState, number>>
  /** Epochs that the finished ones ran. */
  readonly epochs: number
  /** The sum of their times, in milliseconds. */
  readonly workMs: number
}

/** A folder that a trial keeps, relative to the store's folder, with slashes. */
export interface ArtifactFolder {
  readonly trial: TrialNumber
  readonly folder: string
}

/** A finished trial that comes from elsewhere, as its record's `origin` says; its measurements in order of step. */
export interface ImportedTrial {
  readonly record: TrialRecord
  readonly measurements: readonly TimedMeasurement[]
}

/** The stages that imported trials form, and the experiment with them. */
export type ImportedPlan = Pick<NewStudy, 'experiment'> & { readonly stages: readonly StageRecord[] }

/** A finished trial with its results, for a digest: `params` and `metrics` are the exact JSON that `encodeJson` writes. */
export interface TrialResult {
  readonly number: TrialNumber
  readonly stage: StageIndex
  readonly state: TrialState
  readonly value: number | null
  readonly params: string
  readonly seed: number
  /** Its budget. */
  readonly epochs: number
  readonly continues: TrialNumber | null
  /** In order of step. */
  readonly measurements: readonly {
    readonly step: number
    readonly value: number
    readonly metrics: string
  }[]
}

export interface StoreOptions {
  /** The clock, in milliseconds since the epoch; the machine's by default. */
  readonly now?: () => number
}

/** Read access; works while a study runs and never locks it. */
export interface StudyReader {
  /** All studies, oldest first. */
  studies(): StudyRecord[]
  /** By name; undefined if there is none. */
  findStudy(name: string): StudyRecord | undefined
  /** The one begun last; undefined in an empty store. */
  latestStudy(): StudyRecord | undefined
  stages(study: StudyId): StageRecord[]
  /** In order of number, or as the filter says. */
  trials(study: StudyId, filter?: TrialFilter): TrialRecord[]
  trial(study: StudyId, number: TrialNumber): TrialRecord | undefined
  /** The best trials that have a value, in the order of `compareTrials`. */
  bestTrials(study: StudyId, count: number, stage?: StageIndex): TrialRecord[]
  countTrials(study: StudyId, stage?: StageIndex): Readonly<Record<TrialState, number>>
  /** Of each stage that has trials, in order. */
  totals(study: StudyId): StageTotals[]
  /** When the finished trials of each stage ran, without pauses: in order and apart, as `addInterval` makes it. */
  runningTimes(study: StudyId): ReadonlyMap<StageIndex, readonly Interval[]>
  /** In order of step. */
  measurements(study: StudyId, trial: TrialNumber): TimedMeasurement[]
  /** Each trial's measurements, in order of number and step, read as they are needed. */
  allMeasurements(
    study: StudyId,
  ): IterableIterator<{ readonly trial: TrialNumber; readonly measurements: TimedMeasurement[] }>
  /** The finished trials in order of number, read as they are needed, in one pass and without making records of them. */
  results(study: StudyId): IterableIterator<TrialResult>
  artifact(study: StudyId, trial: TrialNumber): Uint8Array | undefined
  /**
   * The damaged parts of the study, each as a phrase such as `trial 12`; empty if there are none. Reads all of it.
   * Whatever else is read and found damaged is refused with UserError('store') naming it.
   */
  damage(study: StudyId): string[]
  /** In the order they were added. */
  evaluations(study: StudyId): Evaluation[]
  /** The folders that trials keep beside the store, in order of number. */
  artifactFolders(study: StudyId): ArtifactFolder[]
  /** Whether something may have been committed since this was last asked; true the first time. Touches no table. */
  changed(): boolean
  /** Who runs the study; undefined if nobody does, also if its holder is dead. */
  lease(study: StudyId): Lease | undefined
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
 * its reads see what is committed. All but `acquireLease`, `addNote`, `addEvaluation`, `setComment`, `setTags`, `renameStudy` and `deleteStudy` need the study's lease.
 */
export interface StudyWriter extends StudyReader {
  /**
   * Takes the lease. Throws UserError('store') if the name is taken.
   * @param study the study, or what makes it: it is then called within the transaction, so that a name it finds free
   *   is still free when the study takes it
   */
  createStudy(study: NewStudy | ((isTaken: (name: string) => boolean) => NewStudy)): StudyRecord
  /** Takes the lease of an existing study; throws UserError('store') naming the holder if it is live. */
  acquireLease(study: StudyId): void
  /** To be called every few seconds; throws UserError('store') if another process has taken over. */
  renewLease(study: StudyId): void
  /** Commits what was grouped, and lets others have the study. */
  releaseLease(study: StudyId): void
  addStage(study: StudyId, stage: StageRecord): void
  /** For a resume that extends a study on purpose. */
  updateStage(
    study: StudyId,
    stage: StageIndex,
    changes: { readonly trials?: number; readonly epochs?: number },
  ): void
  setExperiment(study: StudyId, experiment: unknown, fingerprints: Fingerprints): void
  addNote(study: StudyId, note: string): void
  /**
   * Records that a trial begins: `running`, attempts + 1, without the results of an attempt before. Throws Error if it
   * is complete, pruned or diverged. `slot`: which of the executor's, null or absent if that is not known. Grouped with other writes until the next `flush`.
   */
  startTrial(study: StudyId, spec: TrialSpec, host: string, slot?: number | null): void
  /** Takes a trial over that another writer has started and that still runs, so that this one can finish it. Commits nothing. */
  adoptTrial(study: StudyId, number: TrialNumber): void
  /**
   * Adds measurements of a trial that this writer started and that still runs, for people who watch: they count for
   * nothing, and are replaced when the trial ends or starts again. Steps rise. Grouped until the next `flush`.
   */
  addMeasurements(study: StudyId, number: TrialNumber, measurements: readonly TimedMeasurement[]): void
  /**
   * Records how a trial that this writer started has ended, with its measurements, at once or not at all; one that was
   * stopped is `waiting` again. Steps must be whole numbers that rise. Grouped until the next `flush`.
   */
  finishTrial(study: StudyId, number: TrialNumber, outcome: TrialOutcome, keepArtifact: boolean): void
  /** Drops artifacts of all trials but these. Grouped until the next `flush`. */
  keepArtifacts(study: StudyId, trials: readonly TrialNumber[]): void
  /**
   * Commits what was grouped. A trial counts as finished for people only after this. If it throws UserError('store'),
   * what was grouped stays so, and may be flushed again.
   */
  flush(): void
  addEvaluation(study: StudyId, evaluation: Evaluation): void
  /** Records the folder of a trial, in place of an earlier one; null to forget it. */
  setArtifactFolder(study: StudyId, trial: TrialNumber, folder: string | null): void
  /** Adds finished trials from elsewhere under free numbers, with their plan. @throws Error if one is unfinished or has no origin */
  importTrials(study: StudyId, trials: readonly ImportedTrial[], plan?: ImportedPlan): void
  /** In place of an earlier one; null for none. */
  setComment(study: StudyId, comment: string | null): void
  /** In place of the earlier ones; a word that is given twice counts once. */
  setTags(study: StudyId, tags: readonly string[]): void
  /** Throws UserError('usage') if the name is taken, UserError('store') if another process runs the study. */
  renameStudy(study: StudyId, name: string): void
  /** Removes a study and all that belongs to it. Throws UserError('store') if another process runs it. */
  deleteStudy(study: StudyId): void
  /** Commits what was grouped, records how the study ended, and releases its lease. */
  finishStudy(study: StudyId, state: StudyState, endReason: string | null): void
}
