import { checkOptions, wrongArgument } from '../arguments.ts'
import type { UserError } from '../errors.ts'
import { givenInCode, type TrialToImport } from '../import/in-code.ts'
import { readSource } from '../import/open-source.ts'
import { acquireSoon, createStudy } from '../session/ask.ts'
import { type ImportResult, importTrials } from '../session/import-trials.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { experimentFromJson } from '../study-file/experiment-json.ts'
import type { StudyStore } from './study-store.ts'

/** What an import takes from its source. */
export interface ImportOptions {
  /** The study within a store or a journal; its only one by default. */
  readonly study?: string
  /** The CSV column of a parameter, or of `value`, `state`, `epochs`: `{ lr: 'learning_rate' }`. */
  readonly columns?: Readonly<Record<string, string>>
  /** The epochs of trials that do not specify them; by default those of the last stage. */
  readonly epochs?: number
  /** Whether the first stage is narrowed to the best of the imported trials; false by default. */
  readonly narrow?: boolean
}

const KEYS: Readonly<Record<keyof ImportOptions, true>> = {
  study: true,
  columns: true,
  epochs: true,
  narrow: true,
}

/** @throws UserError('usage') for the first option that `import` does not have, or that is not what it has to be */
export function checkImportOptions(options: ImportOptions): void {
  const wrong = (rule: string, value: unknown): UserError => wrongArgument('import', rule, value)
  checkOptions(options, Object.keys(KEYS), { rule: 'import: its options must be an object', of: 'import' })
  const { study, columns, epochs, narrow } = options
  if (study !== undefined && typeof study !== 'string') throw wrong('study must be a name', study)
  if (columns !== undefined && (typeof columns !== 'object' || columns === null)) {
    throw wrong('columns must be an object such as { lr: "learning_rate" }', columns)
  }
  if (epochs !== undefined && (!Number.isSafeInteger(epochs) || epochs < 1)) {
    throw wrong('epochs must be a whole number of at least 1', epochs)
  }
  if (narrow !== undefined && typeof narrow !== 'boolean') throw wrong('narrow must be true or false', narrow)
}

/** Imports into the study of the experiment, which is created if it is not there, and taken back if nothing is imported. */
export async function importInto(
  experiment: Experiment,
  place: StudyStore,
  from: string | readonly TrialToImport[],
  options: ImportOptions,
): Promise<ImportResult> {
  const { study: named = null, columns = {}, epochs = null, narrow = false } = options
  const store = place.writer()
  const found = store.findStudy(experiment.name)
  const study = found ?? (await createStudy(experiment, store, place.db))
  if (found !== undefined) await acquireSoon(store, study.id)
  try {
    const { space } = experimentFromJson(study.experiment, study.name)
    const source =
      typeof from === 'string'
        ? readSource(from, { space, columns, store, metric: study.metric, study: named })
        : givenInCode(from)
    return importTrials(store, study, source, { epochs, narrow })
  } catch (error) {
    store.releaseLease(study.id)
    if (found === undefined) store.deleteStudy(study.id)
    throw error
  }
}
