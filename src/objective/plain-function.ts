import type { Params } from '../space/distribution.ts'
import type { GivenMeasurement, Measurements, TrialContext } from './objective.ts'

/** Just the value, or the value with metrics. */
export type PlainResult = number | Omit<GivenMeasurement, 'step'>

/** What an objective may be written as: a generator of measurements, or a function that gives the value. */
export type ObjectiveFunction<P extends Params = Params> = (
  context: TrialContext<P>,
) => Measurements | PlainResult | Promise<PlainResult>

/** The generator of an objective's measurements; a value that a function returned is one, after all epochs. */
export function measurementsOf(run: ObjectiveFunction, context: TrialContext): Measurements {
  const returned = run(context)
  if (isGenerator(returned)) return returned
  return isPromise(returned) ? awaited(returned, context) : single(returned, context)
}

function* single(result: PlainResult, context: TrialContext): Measurements {
  yield asMeasurement(result, context)
}

async function* awaited(result: Promise<PlainResult>, context: TrialContext): Measurements {
  yield asMeasurement(await result, context)
}

/** What is of a wrong type is passed on as it is, for the check that every measurement goes through. */
function asMeasurement(result: PlainResult, { budget }: TrialContext): GivenMeasurement {
  const isRecord = typeof result === 'object' && result !== null
  return isRecord ? { step: budget.epochs, ...result } : { step: budget.epochs, value: result }
}

function isGenerator(value: unknown): value is Measurements {
  return typeof (value as { next?: unknown } | null | undefined)?.next === 'function'
}

function isPromise(value: unknown): value is Promise<PlainResult> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
