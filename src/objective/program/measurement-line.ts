import { parsePythonJson } from '../../text/python-json.ts'
import { describeValue, shorten } from '../../text/quote.ts'
import type { GivenMeasurement } from '../objective.ts'
import type { OutputLine } from './lines.ts'

/** What stands in a line that is meant as a measurement, whoever wrote it. */
const VALUE_KEY = /["']value["']\s*:/

/** A measurement in a program's output. */
export interface MeasurementLine {
  /** Null for a line that was meant as one and cannot be read. */
  readonly measurement: GivenMeasurement | null
  /** Fields that were left out, and why: sentences without their full stops. */
  readonly warnings: readonly string[]
}

/**
 * The measurement in a line of a program's output: a JSON object with a `value`; null for any other line. Text before
 * the object is allowed where a progress bar is being drawn. Numbers beside step, value and metrics count as metrics,
 * `metrics` first. Without a `step`, or with one that does not rise, it is the next one; metrics that are not numbers
 * are left out. A line that looks like a measurement and is not JSON gives one warning. A `value` of a wrong type is passed
 * on, for the check that every measurement goes through.
 */
export function readMeasurementLine(
  { text, afterReturn }: OutputLine,
  lastStep: number,
): MeasurementLine | null {
  const trimmed = text.trim()
  const start = afterReturn ? trimmed.indexOf('{') : 0
  if (start < 0 || trimmed[start] !== '{' || !trimmed.endsWith('}')) return null
  const parsed = parsePythonJson(trimmed.slice(start))
  if (parsed === undefined) return VALUE_KEY.test(trimmed) ? unreadable(trimmed.slice(start)) : null
  if (!hasValue(parsed)) return null
  const { step, value, metrics, ...rest } = parsed
  const warnings: string[] = []
  // A metric can have any name, `__proto__` too: assigning would lose it.
  const figures = new Map<string, number>()
  for (const [name, figure] of Object.entries(rest)) {
    if (typeof figure === 'number') figures.set(name, figure)
  }
  if (typeof metrics === 'object' && metrics !== null && !Array.isArray(metrics)) {
    for (const [name, figure] of Object.entries(metrics)) {
      if (typeof figure === 'number') figures.set(name, figure)
      else warnings.push(`metrics.${name} must be a number, got ${describeValue(figure)}; it is ignored`)
    }
  } else if (metrics !== undefined && metrics !== null) {
    warnings.push(`metrics must be an object of numbers, got ${describeValue(metrics)}; they are ignored`)
  }
  const next = lastStep + 1
  const isStep = typeof step === 'number' && Number.isSafeInteger(step) && step >= next
  if (!isStep && step !== undefined && step !== null) warnings.push(wrongStep(step, lastStep))
  return {
    measurement: {
      step: isStep ? step : next,
      value,
      metrics: Object.fromEntries(figures),
    } as GivenMeasurement,
    warnings,
  }
}

function wrongStep(step: unknown, lastStep: number): string {
  const isNumber = typeof step === 'number' && Number.isSafeInteger(step) && step >= 1
  const rule = isNumber
    ? `step must increase, got ${step} after ${lastStep}`
    : `step must be a whole number from 1, got ${describeValue(step)}`
  return `${rule}; it counts as step ${lastStep + 1}`
}

/** Without a word, the measurement before it would count as the trial's last. */
function unreadable(text: string): MeasurementLine {
  const warning = `a line of measurements must be one JSON object, got ${shorten(text, 120)}; it is ignored`
  return { measurement: null, warnings: [warning] }
}

function hasValue(parsed: unknown): parsed is Record<string, unknown> {
  return typeof parsed === 'object' && parsed !== null && 'value' in parsed
}
