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
  // The function may change what it gets.
  const { epochs } = context.budget
  const returned = run(context)
  if (isGenerator(returned)) return returned
  return isPromise(returned) ? awaited(returned, epochs) : single(returned, epochs)
}

function* single(result: PlainResult, epochs: number): Measurements {
  yield asMeasurement(result, epochs)
}

async function* awaited(result: Promise<PlainResult>, epochs: number): Measurements {
  yield asMeasurement(await result, epochs)
}

/**
 * What is of a wrong type is passed on as it is, for the check that every measurement goes through. So are the fields of
 * an object of a class, where they may be getters.
 */
function asMeasurement(result: PlainResult, step: number): GivenMeasurement {
  if (typeof result === 'object' && result !== null) {
    if ('value' in result) return { step, ...result, value: result.value }
    if (isPlain(result)) return { step, ...(result as Omit<GivenMeasurement, 'step'>) }
  }
  return { step, value: result as number }
}

function isPlain(result: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(result)
  return prototype === Object.prototype || prototype === null
}

function isGenerator(value: unknown): value is Measurements {
  return typeof (value as { next?: unknown } | null | undefined)?.next === 'function'
}

function isPromise(value: unknown): value is Promise<PlainResult> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
