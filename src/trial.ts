import type { Params } from './space/distribution.ts'

/**
 * The states of a trial and what follows from each. Everything that lists states, the store's schema included, is made
 * from this table.
 * - `finished`: the trial has ended and its record stays.
 * - `ranked`: its last value counts as a result.
 * - `bad`: it ended without a result, which counts against its point.
 * - `reproducible`: it depends only on the trial; a failure may depend on the machine, pruning on other trials.
 * - `startable`: an attempt may begin; a trial that has a result or diverged is never run again.
 * - `rank`: the order of the states in a ranking, best first.
 * - `tone`: how its name is coloured.
 */
export const TRIAL_STATES = {
  waiting: {
    finished: false,
    ranked: false,
    bad: false,
    reproducible: false,
    startable: true,
    rank: 4,
    tone: 'dim',
  },
  running: {
    finished: false,
    ranked: false,
    bad: false,
    reproducible: false,
    startable: true,
    rank: 4,
    tone: 'dim',
  },
  complete: {
    finished: true,
    ranked: true,
    bad: false,
    reproducible: true,
    startable: false,
    rank: 0,
    tone: 'good',
  },
  pruned: {
    finished: true,
    ranked: true,
    bad: false,
    reproducible: false,
    startable: false,
    rank: 1,
    tone: 'dim',
  },
  diverged: {
    finished: true,
    ranked: false,
    bad: true,
    reproducible: true,
    startable: false,
    rank: 2,
    tone: 'bad',
  },
  failed: {
    finished: true,
    ranked: false,
    bad: true,
    reproducible: false,
    startable: true,
    rank: 3,
    tone: 'bad',
  },
} as const

export type TrialState = keyof typeof TRIAL_STATES

/** The states of trials that have ended. */
export type FinishedState = {
  [S in TrialState]: (typeof TRIAL_STATES)[S]['finished'] extends true ? S : never
}[TrialState]

/** All states, in the order of a trial's life. */
export const ALL_STATES = Object.keys(TRIAL_STATES) as readonly TrialState[]

/** The states of trials that have ended. */
export const FINISHED_STATES = ALL_STATES.filter(isFinishedState)

/** The states of trials whose values are compared, the better first. */
export const RANKED_STATES: readonly TrialState[] = ALL_STATES.filter(
  (state) => TRIAL_STATES[state].ranked,
).sort((a, b) => TRIAL_STATES[a].rank - TRIAL_STATES[b].rank)

function isFinishedState(state: TrialState): state is FinishedState {
  return TRIAL_STATES[state].finished
}

export function isFinished(trial: { readonly state: TrialState }): boolean {
  return TRIAL_STATES[trial.state].finished
}

/** A count of 0 for each state, to be added to. */
export function noTrials(): Record<TrialState, number> {
  return Object.fromEntries(ALL_STATES.map((state) => [state, 0])) as Record<TrialState, number>
}

declare const what: unique symbol

/**
 * A number that counts one kind of thing. A plain number passes for any of them, so arithmetic and literals need no
 * conversion; a number that counts one thing cannot be passed for another.
 */
type NumberOf<Thing extends string> = number & { readonly [what]?: Thing }

/** A study in its store. */
export type StudyId = NumberOf<'study'>

/** A trial in its study, from 0. */
export type TrialNumber = NumberOf<'trial'>

/** A stage in its study, from 0. */
export type StageIndex = NumberOf<'stage'>

export type Direction = 'minimize' | 'maximize'

/** What a trial may spend. */
export interface Budget {
  readonly epochs: number
}

/** A trial to be run: it depends only on the study's seed, the stage, the number and the visible results. */
export interface TrialSpec {
  /** From 0, counted over the whole study. */
  readonly number: TrialNumber
  /** The stage's index, from 0. */
  readonly stage: StageIndex
  readonly params: Params
  /** Seeds everything random inside the trial; a whole number in [0, 2^48). */
  readonly seed: number
  readonly budget: Budget
  /** The number of the trial whose kept weights this one continues; null to start from scratch. */
  readonly continues: TrialNumber | null
}

/** For those who may change what they get. */
export function copySpec<T extends TrialSpec>(spec: T): T {
  return { ...spec, params: { ...spec.params }, budget: { ...spec.budget } }
}

/** What an objective reports at a step, an epoch by default. */
export interface Measurement {
  /** Rises within a trial; from 1. */
  readonly step: number
  /** What the study ranks by; NaN or an infinity ends the trial as diverged. */
  readonly value: number
  /** Anything else worth keeping, by name: trainLoss, validAccuracy, learningRate. Reproducible like the value. */
  readonly metrics: Readonly<Record<string, number>>
}

/** A measurement as kept: `seconds` of wall clock since the trial began. Not part of a digest. */
export interface TimedMeasurement extends Measurement {
  readonly seconds: number
}

/** Why a trial did not complete. */
export interface TrialError {
  /** One sentence for people, without its full stop. */
  readonly message: string
  /** `diverged`, `threw`, `exited`, `timeout`, `out-of-memory`, `bad-measurement`, ... */
  readonly code: string
  readonly stack: string | null
}

/** The metric that ranks trials of equal value, and which way it is better. */
export interface TieMetric {
  readonly metric: string
  readonly direction: Direction
}

/** How a trial ended, as the executor reports it. `stopped`: it was ended before it finished, so it must run again. */
export interface TrialOutcome {
  readonly state: FinishedState | 'stopped'
  readonly measurements: readonly TimedMeasurement[]
  readonly error: TrialError | null
  /** What the objective wants kept if the trial is among the best: a network's weights. Owned by the receiver. */
  readonly artifact: Uint8Array | null
  /** How its numbers were computed, `fma` or `muladd`, with the kernels' variant; null if the objective does not say. */
  readonly arithmetic: string | null
  /** Which of the executor's slots ran it, from 0; null if the executor does not say. */
  readonly slot: number | null
  /** The machine that ran it; null for this one. */
  readonly host: string | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly durationMs: number
}

/** A trial as stored. */
export interface TrialRecord extends TrialSpec {
  readonly state: TrialState
  /** The last measurement's value; null unless it is complete or pruned. */
  readonly value: number | null
  /**
   * Ranks trials of equal value: the study's tie metric at the epoch of the value, its sign turned where more is better,
   * so that lower is always better. Null without such a metric or without a value.
   */
  readonly tie: number | null
  /** The last measurement's step: how many epochs it ran. 0 before the first. */
  readonly epochs: number
  /** The metrics of the epoch that the value comes from: the last one, or an earlier one, given by `metrics.bestEpoch`. */
  readonly metrics: Readonly<Record<string, number>>
  readonly error: TrialError | null
  /** How many times it was started. */
  readonly attempts: number
  readonly arithmetic: string | null
  /** The machine that runs or ran it; null while waiting. */
  readonly host: string | null
  /** The slot of its last attempt, from 0: two trials that ran at the same time on one host differ. Null if not known. */
  readonly slot: number | null
  /** Where an imported trial comes from, in words; null for one that this study ran. */
  readonly origin: string | null
  /** Milliseconds since the epoch; null while waiting. */
  readonly startedAt: number | null
  readonly durationMs: number | null
}

/** Folders for one attempt of a trial whose study has them on another machine. */
export interface GivenFolders {
  /** Where the trial's own is to be made, absolute. */
  readonly own: string
  /** That of the trial that it continues, absolute; null to start from scratch, or if that trial left none. */
  readonly continued: string | null
}

/** Columns that every trial has. */
export const TRIAL_FIELDS = [
  'number',
  'stage',
  'state',
  'value',
  'epochs',
  'seed',
  'attempts',
  'started',
  'time',
  'slot',
  'host',
] as const

export type TrialField = (typeof TRIAL_FIELDS)[number]
