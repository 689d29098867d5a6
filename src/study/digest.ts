import { createHash } from 'node:crypto'
import { decodeJson } from '../store/exact-json.ts'
import type { StudyReader, TrialResult } from '../store/store.ts'

/** Names the form of what is hashed: another form gives other digests. */
const FORM = 'finesweep digest 1\n'

/** Characters hashed per update. */
const CHUNK = 65_536

/**
 * One SHA-256 in hex over the results of a study: its finished trials in order of number, each with its stage, params,
 * seed, budget, state, value, and all measurements with their metrics, to the last bit. Two studies with the same
 * digest hold the same results; when, where, how fast and after how many attempts is not part of it. A failed trial
 * counts with what it was given alone: how far it came before it was killed is not a result.
 */
export function studyDigest(reader: StudyReader, study: number): string {
  const hash = createHash('sha256').update(FORM)
  let pending = ''
  for (const result of reader.results(study)) {
    pending += `${canonicalTrial(result)}\n`
    if (pending.length >= CHUNK) {
      hash.update(pending)
      pending = ''
    }
  }
  return hash.update(pending).digest('hex')
}

function canonicalTrial(trial: TrialResult): string {
  const { number, stage, params, seed, epochs, continues, state, value, measurements } = trial
  let results = ''
  if (state !== 'failed') {
    for (const { step, value, metrics } of measurements) {
      results += `${results === '' ? '' : ','}[${canonical(step)},${canonical(value)},${canonicalText(metrics)}]`
    }
  }
  const facts = [seed, epochs, continues, state, value].map(canonical).join(',')
  return `[${number},${stage},${canonicalText(params)},${facts},[${results}]]`
}

/** A record of plain numbers under plain names, in which no text but the names has a quote, comma or bracket. */
const PLAIN_RECORD = /^\{"[\w.-]+":[^,"{}[\]]+(,"[\w.-]+":[^,"{}[\]]+)*\}$/

/** The canonical form of a record that is given as JSON. Plain ones, nearly all, are put in order without reading them. */
function canonicalText(json: string): string {
  if (!PLAIN_RECORD.test(json)) return canonical(decodeJson(json))
  if (!json.includes(',')) return json
  const fields = json.slice(1, -1).split(',')
  // The quote that ends a name comes before every character of a plain name, so whole fields sort as their names do.
  return `{${fields.sort().join(',')}}`
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
