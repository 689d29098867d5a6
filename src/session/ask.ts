import { hostname } from 'node:os'
import { UserError } from '../errors.ts'
import { kindOf } from '../objective/kinds.ts'
import { FailedError } from '../objective/objective.ts'
import { checkSamplers } from '../search/create-sampler.ts'
import type { OwnSamplers } from '../search/own-samplers.ts'
import type { StudyRecord, StudyWriter } from '../store/store.ts'
import { AskedStudy } from '../study/ask-and-tell.ts'
import { type Told, toldOutcome } from '../study/told-outcome.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { experimentFromJson } from '../study-file/experiment-json.ts'
import { describeValue } from '../text/quote.ts'
import type { TrialNumber, TrialOutcome, TrialRecord } from '../trial.ts'
import { cacheFolderOf } from './conduct.ts'
import { ELSEWHERE } from './elsewhere.ts'
import { openExperiment } from './open-experiment.ts'
import { newStudy } from './session.ts'

/**
 * Creates a study that is not run yet. Its objective is opened once, for what identifies it and for a space that it
 * brings along.
 * @throws UserError as reading the objective does; 'store' if the name is taken
 */
export async function createStudy(
  experiment: Experiment,
  store: StudyWriter,
  db: string,
): Promise<StudyRecord> {
  const opened = await openExperiment(experiment, { cacheFolder: cacheFolderOf(db), objective: ELSEWHERE })
  return store.createStudy(newStudy(opened, experiment.name))
}

/**
 * Creates a study whose trials are asked for and told one at a time. Its objective is opened once, for what identifies
 * it and for a space that it brings along, and never run.
 * @throws UserError as reading the objective does; 'store' if the name is taken
 */
export async function createAskedStudy(
  experiment: Experiment,
  store: StudyWriter,
  db: string,
): Promise<StudyRecord> {
  refuseRungs(experiment)
  return createStudy(experiment, store, db)
}

/**
 * A study of which trials are asked for. The writer has to hold its lease.
 * @throws UserError('usage') for a study that compares trials while they run, or whose samplers are not here
 */
export function openAskedStudy(store: StudyWriter, study: StudyRecord, samplers?: OwnSamplers): AskedSession {
  const experiment = experimentFromJson(study.experiment, study.name)
  refuseRungs(experiment)
  checkSamplers(experiment.stages, samplers)
  const { space, stages, stop, limits } = experiment
  const asked = new AskedStudy(
    {
      study,
      space,
      stages,
      samplers,
      stop,
      limits: {
        retries: limits.retries,
        maxFailures: limits.maxFailures,
        maxEpochs: limits.maxEpochs,
      },
      store,
    },
    hostname(),
  )
  // A program's value without a step is of its first one; any other value alone is measured after all epochs.
  const isProgram = kindOf(experiment.objective).artifact === 'folder'
  return {
    asked,
    tell: (number, told) => {
      checkTold(number, told)
      const pending = asked.pending().find((trial) => trial.number === number)
      if (pending === undefined) throw notPending(store.findStudy(study.name) ?? study, number, asked)
      const step = isProgram ? 1 : pending.budget.epochs
      return asked.tell(number, outcomeOf(told, pending, step))
    },
  }
}

/** A study whose trials are asked for and told. */
export interface AskedSession {
  readonly asked: AskedStudy
  /** @throws UserError('not-found') for a trial that is not pending; 'usage' for a measurement that breaks a rule */
  tell(number: TrialNumber, told: Told): TrialRecord
}

/** What JavaScript may pass in place of a number and of what it gave. */
function checkTold(number: unknown, told: unknown): void {
  if (typeof number !== 'number') {
    throw new UserError('usage', `tell takes the number of a trial, got ${describeValue(number)}`, {
      hint: 'Write tell(trial.number, value).',
    })
  }
  if (typeof told === 'number' || Array.isArray(told) || told === 'failed' || told === 'again') return
  throw new UserError(
    'usage',
    `Trial ${number} takes a number, a list of measurements, 'failed' or 'again', got ${describeValue(told)}`,
    { hint: 'Write tell(0, 0.5), or tell(0, [{ step: 1, value: 0.5, metrics: { loss: 0.7 } }]).' },
  )
}

/** A measurement that breaks a rule is the mistake of who tells it: the trial stays pending. */
function outcomeOf(told: Told, pending: TrialRecord, step: number): TrialOutcome {
  try {
    return toldOutcome(told, pending, Date.now(), step)
  } catch (error) {
    if (error instanceof FailedError) throw new UserError('usage', error.message)
    throw error
  }
}

function notPending({ name, state }: StudyRecord, number: number, asked: AskedStudy): UserError {
  const numbers = asked.pending().map((trial) => trial.number)
  const none = state === 'complete' ? 'The study is complete.' : 'No trial is pending. Ask for one first.'
  return new UserError('not-found', `Trial ${number} of "${name}" is not pending`, {
    hint: numbers.length === 0 ? none : `Pending trials: ${numbers.join(', ')}.`,
  })
}

/** How long another process that asks or tells may hold a study, and how often it is tried. */
const LEASE_WAIT_MS = 10_000
const LEASE_RETRY_MS = 20

/** Takes a study's lease, waiting for other processes that ask or tell. @throws UserError('store') if one keeps it */
export async function acquireSoon(store: StudyWriter, study: number): Promise<void> {
  const begun = performance.now()
  for (;;) {
    try {
      store.acquireLease(study)
      return
    } catch (error) {
      const isHeld = error instanceof UserError && store.lease(study) !== undefined
      if (!isHeld || performance.now() - begun > LEASE_WAIT_MS) throw error
      await new Promise((resolve) => setTimeout(resolve, LEASE_RETRY_MS))
    }
  }
}

/** A verdict at a rung depends on what all lower numbers measured there, which told values come too late for. */
function refuseRungs({ stages }: Experiment): void {
  const compared = stages.find(({ rungs }) => rungs.length > 0)
  if (compared === undefined) return
  throw new UserError(
    'usage',
    `Stage ${compared.name} compares trials while they run (rungs), but tell reports them only at their end`,
    { hint: 'Drop rungs, or run the study.' },
  )
}
