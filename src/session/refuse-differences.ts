import { UserError } from '../errors.ts'
import type { Fingerprints, StudyRecord } from '../store/store.ts'
import { compareExperiments, describeDifference } from '../study-file/compare-experiments.ts'
import { experimentFromJson } from '../study-file/experiment-json.ts'
import type { OpenedExperiment } from './open-experiment.ts'

const MEANINGS: Readonly<Record<keyof Fingerprints, string>> = {
  data: 'the data set',
  objective: 'the objective',
  space: 'the search space',
}

/** The blocks of a study file that each fingerprint stands for, where they differ in what they say. */
const BLOCKS: Readonly<Record<keyof Fingerprints, readonly string[]>> = {
  data: ['data'],
  objective: ['objective', 'split', 'preprocess', 'model', 'training'],
  space: ['space', 'require'],
}

/** More settings than these are counted only. */
const MOST_NAMED = 5

/** What is to be done with a study that must be what it was. */
export type Undertaking = 'resumed' | 'continued' | 'replayed'

const HINTS: Readonly<Record<Undertaking, string>> = {
  resumed:
    'Restore the original, or run a new study. finesweep resume --force continues anyway and records the change.',
  continued: 'Restore the original, or give the changed study another name.',
  replayed: 'Restore the original: the trial is compared with what it measured then.',
}

/**
 * Compares what a study measured with what it would measure now.
 * @returns notes on what was forced, for the study's record.
 * @throws UserError('usage') naming what differs, unless forced.
 */
export function refuseDifferences(
  study: StudyRecord,
  opened: OpenedExperiment,
  force = false,
  undertaking: Undertaking = 'resumed',
): string[] {
  const names = Object.keys(MEANINGS) as (keyof Fingerprints)[]
  const changed = names.filter((name) => study.fingerprints[name] !== opened.fingerprints[name])
  if (changed.length === 0) return []
  const settings = compareExperiments(experimentFromJson(study.experiment, study.name), opened.experiment)
  const differences = changed.map((name) => {
    const told = settings.filter(({ block }) => BLOCKS[name].includes(block)).map(describeDifference)
    const named = told.slice(0, MOST_NAMED)
    if (told.length > named.length) named.push(`${told.length - named.length} more`)
    // Where the settings are the same, the bytes that they lead to are not.
    const how =
      named.length > 0 ? named.join('; ') : hashes(study.fingerprints[name], opened.fingerprints[name])
    return `${MEANINGS[name]} has changed (${how})`
  })
  if (force) return differences.map((difference) => `resume --force: ${difference}`)
  throw new UserError('usage', `Study "${study.name}" cannot be ${undertaking}: ${differences.join('; ')}`, {
    hint: HINTS[undertaking],
  })
}

function hashes(before: string | null, now: string | null): string {
  return `${short(before)} then, ${short(now)} now`
}

function short(hash: string | null): string {
  return hash === null ? 'none' : `${hash.slice(0, 8)}…`
}
