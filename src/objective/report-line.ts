import type { Report } from './objective.ts'

/** Python's json module and others write these, which JSON does not know. */
const NON_FINITE = /([[:,]\s*)(NaN|[+-]?Infinity)(?=\s*[,\]}])/g
const MARK = 'non-finite:'

/**
 * The measurement in a line of a program's output: a JSON object with a `value`; null for any other line.
 * Without a `step` it is the next one. Numbers beside step, value and metrics count as metrics, `metrics` first.
 * What is of a wrong type is passed on as it is, for the check that every measurement goes through.
 */
export function readReportLine(line: string, lastStep: number): Report | null {
  const trimmed = line.trim()
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return null
  const parsed = parse(trimmed)
  if (parsed === null || !('value' in parsed)) return null
  const { step = lastStep + 1, value, metrics, ...rest } = parsed
  const others = Object.fromEntries(Object.entries(rest).filter(([, figure]) => typeof figure === 'number'))
  const isRecord = typeof metrics === 'object' && metrics !== null && !Array.isArray(metrics)
  const all = metrics === undefined || isRecord ? { ...others, ...(metrics as object | undefined) } : metrics
  return { step, value, metrics: all } as Report
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text)
  } catch {
    try {
      return JSON.parse(text.replace(NON_FINITE, `$1"${MARK}$2"`), (_, value) =>
        typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value,
      )
    } catch {
      return null
    }
  }
}
