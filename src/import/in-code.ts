import { UserError } from '../errors.ts'
import type { Params } from '../space/distribution.ts'
import { describeValue } from '../text/quote.ts'
import { ALL_STATES, FINISHED_STATES, type FinishedState, isFinished, type TrialState } from '../trial.ts'
import { type GivenTrials, UNSAID } from './given-trial.ts'

/** A finished trial as code gives it. */
export interface TrialToImport {
  readonly params: Params
  /** What it ranks by; null or left out for one that failed. */
  readonly value?: number | null
  /** `complete` by default where there is a value, else `failed`. One that has not ended is dropped, with a remark. */
  readonly state?: TrialState
  /** How many epochs it ran; those of the study's last stage by default. */
  readonly epochs?: number
  readonly metrics?: Readonly<Record<string, number>>
}

/**
 * Trials in code as those of a source; records of another study are such trials.
 * @throws UserError('usage') for the first entry that is none, as JavaScript may give it
 */
export function givenInCode(trials: readonly TrialToImport[]): GivenTrials {
  if (!Array.isArray(trials)) {
    throw new UserError(
      'usage',
      `import takes a file, the name of a study or a list of trials, got ${describeValue(trials)}`,
      { hint: EXAMPLE },
    )
  }
  return {
    name: 'code',
    direction: null,
    metric: null,
    remarks: [],
    trials: trials.map((trial: TrialToImport, index) => {
      const label = `entry ${index}`
      checkTrial(trial, label)
      const { params, value = null, state, epochs = null, metrics = {} } = trial
      return {
        ...UNSAID,
        label,
        params,
        value,
        epochs,
        metrics,
        state: ended(state ?? (value === null ? 'failed' : 'complete')),
      }
    }),
  }
}

const EXAMPLE = 'Write import([{ params: { lr: 0.1 }, value: 0.5 }]).'

/** A record of a trial that still runs is no trial to import: it is dropped as such. */
function ended(state: TrialState): FinishedState | null {
  return isFinished({ state }) ? (state as FinishedState) : null
}

function checkTrial(trial: unknown, label: string): void {
  const wrong = (rule: string, value: unknown): UserError =>
    new UserError('usage', `import: ${label}${rule}, got ${describeValue(value)}`, { hint: EXAMPLE })
  if (!isRecord(trial)) throw wrong(' must be a trial', trial)
  const { params, value, state, epochs, metrics } = trial
  if (!isRecord(params)) throw wrong('.params must be an object', params)
  if (value !== undefined && value !== null && typeof value !== 'number') {
    throw wrong('.value must be a number, or null if it has none', value)
  }
  if (state !== undefined && !ALL_STATES.includes(state as TrialState)) {
    throw wrong(`.state must be one of ${FINISHED_STATES.join(', ')}`, state)
  }
  if (epochs !== undefined && epochs !== null && !(Number.isSafeInteger(epochs) && Number(epochs) >= 0)) {
    throw wrong('.epochs must be a whole number of at least 0', epochs)
  }
  if (epochs === 0 && typeof value === 'number') {
    throw wrong('.epochs must be at least 1 where there is a value', epochs)
  }
  if (metrics === undefined) return
  if (!isRecord(metrics)) throw wrong('.metrics must be an object of numbers', metrics)
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric !== 'number') throw wrong(`.metrics.${name} must be a number`, metric)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
