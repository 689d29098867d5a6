import type { Distribution } from './distribution.ts'
import type { SearchSpace } from './search-space.ts'
import { countValues, valueAt } from './unit-scale.ts'

/**
 * What a reader of the space might expect otherwise, a sentence each: a range of one value, and a step that does not
 * reach the upper bound.
 * @param written the `space:` block of the study file, if there is one
 */
export function spaceNotes(space: SearchSpace, written?: unknown): string[] {
  return Object.entries(space.parameters).flatMap(([name, distribution]) => {
    if (distribution.kind === 'fixed') {
      return isRange(written, name)
        ? [`${name}: its range contains a single value; it is fixed at ${distribution.value}.`]
        : []
    }
    const last = lastValue(distribution)
    return last === null ? [] : [`${name}: its step does not divide the range; the last value is ${last}.`]
  })
}

function isRange(written: unknown, name: string): boolean {
  if (typeof written !== 'object' || written === null || !Object.hasOwn(written, name)) return false
  const entry = (written as Readonly<Record<string, unknown>>)[name]
  return typeof entry === 'object' && entry !== null && ('float' in entry || 'int' in entry)
}

/** The last value of a range whose step misses the upper bound; null where it does not. */
function lastValue(distribution: Distribution): number | null {
  if (distribution.kind !== 'float' && distribution.kind !== 'int') return null
  const { step, high, low, log } = distribution
  if (step === null || log) return null
  const last = valueAt(distribution, countValues(distribution) - 1) as number
  return Math.abs(high - last) <= 1e-9 * Math.max(step, high - low) ? null : last
}
