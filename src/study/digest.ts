import { createHash } from 'node:crypto'
import type { StudyReader } from '../store/store.ts'
import { isFinished } from '../trial.ts'
import { type MeasuredTrial, streamMeasuredTrials } from './trial-stream.ts'

/** Names the form of what is hashed: another form gives other digests. */
const FORM = 'finesweep digest 1\n'

/** So many characters are hashed at once. */
const CHUNK = 65_536

/**
 * One SHA-256 in hex over the results of a study: its finished trials in order of number, each with its stage, params,
 * seed, budget, state, value, and all measurements with their metrics, to the last bit. Two studies with the same
 * digest hold the same results; when, where, how fast and after how many attempts is not part of it. A failed trial
 * counts with what it was given alone: how far it came before it was killed is no result.
 */
export function studyDigest(reader: StudyReader, study: number): string {
  const hash = createHash('sha256').update(FORM)
  let pending = ''
  for (const measured of streamMeasuredTrials(reader, study)) {
    if (!isFinished(measured.trial)) continue
    pending += `${canonicalTrial(measured)}\n`
    if (pending.length >= CHUNK) {
      hash.update(pending)
      pending = ''
    }
  }
  return hash.update(pending).digest('hex')
}

function canonicalTrial({ trial, measurements }: MeasuredTrial): string {
  const results =
    trial.state === 'failed' ? [] : measurements.map(({ step, value, metrics }) => [step, value, metrics])
  const { number, stage, params, seed, budget, continues, state, value } = trial
  return canonical([number, stage, params, seed, budget.epochs, continues, state, value, results])
}

/** Like JSON, with the keys of a record in order of their code units, and a name for each number that JSON has not. */
function canonical(value: unknown): string {
  if (typeof value === 'number') {
    return value - value === 0 && !Object.is(value, -0) ? String(value) : `n:${canonicalSpecial(value)}`
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const record = value as Readonly<Record<string, unknown>>
    const fields = Object.keys(record).sort()
    return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`).join(',')}}`
  }
  return JSON.stringify(value)
}

function canonicalSpecial(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
