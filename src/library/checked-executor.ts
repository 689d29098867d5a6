import { UserError } from '../errors.ts'
import type { Executor } from '../execute/executor.ts'
import { readMeasurement } from '../execute/read-measurement.ts'
import { FailedError } from '../objective/objective.ts'
import { describeValue } from '../text/quote.ts'
import { ALL_STATES, type TimedMeasurement, type TrialNumber, type TrialOutcome } from '../trial.ts'

const OUTCOMES: readonly string[] = [
  ...ALL_STATES.filter((state) => state !== 'running' && state !== 'waiting'),
  'stopped',
]

/** An executor of the program, whose outcomes are looked at before they are stored: the types are all that its author has. */
export function checkedExecutor(executor: Executor): Executor {
  const { onSlotsChanged } = executor
  return {
    get slots() {
      return executor.slots
    },
    ...(onSlotsChanged === undefined ? {} : { onSlotsChanged: onSlotsChanged.bind(executor) }),
    run: async (task, onMeasurement, onRung) =>
      checkOutcome(task.spec.number, await executor.run(task, onMeasurement, onRung)),
    stop: (trial) => executor.stop(trial),
    close: () => executor.close(),
  }
}

function checkOutcome(trial: TrialNumber, outcome: TrialOutcome): TrialOutcome {
  const wrong = (rule: string): UserError =>
    new UserError('usage', `The executor returned an invalid outcome for trial ${trial}: ${rule}`, {
      hint: 'An outcome must be a TrialOutcome (see docs/api.md); checkExecutor of finesweep/testing checks them all.',
    })
  const { state, measurements, error } = outcome ?? {}
  if (!OUTCOMES.includes(state))
    throw wrong(`state must be one of ${OUTCOMES.join(', ')}, got ${describeValue(state)}`)
  if (!Array.isArray(measurements))
    throw wrong(`measurements must be a list, got ${describeValue(measurements)}`)
  const isFailure = state === 'failed' || state === 'diverged'
  if (isFailure && typeof error?.message !== 'string')
    throw wrong(`error must be { code, message, stack }, got ${describeValue(error)}`)
  if ((state === 'complete' || state === 'pruned') && measurements.length === 0)
    throw wrong(`it is ${state} without a measurement`)
  let last = 0
  for (const { seconds, ...measured } of measurements as readonly TimedMeasurement[]) {
    const { step, value } = check(() => readMeasurement(measured, last, seconds), wrong)
    if (!Number.isFinite(value))
      throw wrong(`value must be finite, got ${value} at step ${step}; such a trial is diverged`)
    last = step
  }
  return outcome
}

function check<T>(read: () => T, wrong: (rule: string) => UserError): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof FailedError ? wrong(error.message) : error
  }
}
