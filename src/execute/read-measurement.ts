import { FailedError } from '../objective/objective.ts'
import type { TimedMeasurement } from '../trial.ts'

const KEYS: ReadonlySet<string> = new Set(['step', 'value', 'metrics'])

/**
 * The plain measurement in what an objective yielded: a copy, so that nothing of the objective's own crosses a
 * thread or changes afterwards.
 * Throws FailedError('bad-measurement') naming the rule and the value seen. NaN and infinities pass.
 * @param lastStep the step of the measurement before, 0 for the first: steps rise
 */
export function readMeasurement(yielded: unknown, lastStep: number, seconds: number): TimedMeasurement {
  if (typeof yielded !== 'object' || yielded === null) {
    throw bad(`an objective must yield { step, value, metrics }, got ${show(yielded)}`)
  }
  for (const key of Object.keys(yielded)) {
    if (!KEYS.has(key)) throw bad(`unknown key "${key}"; other numbers belong in metrics`)
  }
  const { step, value, metrics } = yielded as Record<string, unknown>
  if (typeof step !== 'number' || !Number.isSafeInteger(step) || step < 1) {
    throw bad(`step must be a whole number from 1, got ${show(step)}`)
  }
  if (step <= lastStep) throw bad(`steps must increase, got ${step} after ${lastStep}`)
  if (typeof value !== 'number') throw bad(`value must be a number, got ${show(value)} at step ${step}`)
  return { step, value, metrics: readMetrics(metrics, step), seconds }
}

function readMetrics(metrics: unknown, step: number): Record<string, number> {
  if (metrics === undefined || metrics === null) return {}
  if (typeof metrics !== 'object' || Array.isArray(metrics)) {
    throw bad(`metrics must be an object of numbers, got ${show(metrics)} at step ${step}`)
  }
  const entries = Object.entries(metrics)
  for (const [name, metric] of entries) {
    if (typeof metric !== 'number') {
      throw bad(`metrics.${name} must be a number, got ${show(metric)} at step ${step}`)
    }
  }
  // A metric can have any name, `__proto__` too: assigning would lose it.
  return Object.fromEntries(entries)
}

function bad(rule: string): FailedError {
  return new FailedError('bad-measurement', `Bad measurement: ${rule}`)
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) {
    return typeof (value as { then?: unknown }).then === 'function' ? 'a promise' : 'an object'
  }
  return typeof value === 'bigint' ? `${value}n` : String(value)
}
