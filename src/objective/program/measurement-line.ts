import { parsePythonJson } from '../../text/python-json.ts'
import { describeValue, shorten } from '../../text/quote.ts'
import type { GivenMeasurement } from '../objective.ts'
import { LONGEST_LINE, type OutputLine } from './lines.ts'

/** What stands in a line that is meant as a measurement, whoever wrote it. */
const VALUE_KEY = /["']value["']\s*:/

/** What stands in a decoded text for bytes that are no UTF-8. */
const NO_UTF8 = '\ufffd'

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
 * are left out. A line that looks like a measurement and is none, because there is something else in it, it is not JSON or
 * too long, gives one warning. A `value` of a wrong type is passed on, for the check that every measurement goes through.
 */
export function readMeasurementLine(
  { text, afterReturn, fullLength }: OutputLine,
  lastStep: number,
): MeasurementLine | null {
  const trimmed = text.trim()
  const start = trimmed.indexOf('{')
  const isAlone = start === 0 || afterReturn
  if (start < 0) return null
  if (fullLength !== undefined) return isAlone ? tooLong(trimmed, fullLength) : null
  const written = trimmed.slice(start)
  if (!isAlone && !VALUE_KEY.test(written)) return null
  const parsed = written.endsWith('}') ? parsePythonJson(written) : undefined
  if (!isAlone) return hasValue(parsed) && typeof parsed.value === 'number' ? unreadable(trimmed) : null
  if (parsed === undefined) return VALUE_KEY.test(written) ? unreadable(written) : null
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
  const garbled = [...figures.keys()].find((name) => name.includes(NO_UTF8))
  if (garbled !== undefined)
    warnings.push(
      `names of metrics must be UTF-8, got ${describeValue(garbled)}; they are kept with ${NO_UTF8}`,
    )
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

/** Says each kind of warning once: a wrong field is usually wrong in every line. */
export function onceEach(warn: (warning: string) => void): (warning: string) => void {
  const said = new Set<string>()
  return (warning) => {
    const kind = warning.slice(0, warning.indexOf(' must '))
    if (!said.has(kind)) warn(warning)
    said.add(kind)
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

/** Whether it has a `value` is not known: what is beyond the beginning was not kept. */
function tooLong(text: string, fullLength: number): MeasurementLine {
  const [limit, length] = [LONGEST_LINE, fullLength].map((count) => count.toLocaleString('en-US'))
  const warning = `a measurement must fit in a line of ${limit} characters, got one of ${length} that begins with ${shorten(text, 60)}; it is ignored (write large results to a file)`
  return { measurement: null, warnings: [warning] }
}

function hasValue(parsed: unknown): parsed is Record<string, unknown> {
  return typeof parsed === 'object' && parsed !== null && 'value' in parsed
}
