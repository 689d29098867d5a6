import { UserError } from '../errors.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import { closestName } from '../text/closest-name.ts'
import { shellWord } from '../text/shell-word.ts'
import type { TrialRecord } from '../trial.ts'
import { DEFAULT_STORE } from './options.ts'

/** A store opened for reading, for as long as `use` takes. */
export async function withReader<T>(file: string, use: (reader: StudyReader) => T | Promise<T>): Promise<T> {
  const { openReader } = await import('../store/open-reader.ts')
  const reader = openReader(file)
  try {
    return await use(reader)
  } finally {
    reader.close()
  }
}

/** A study with its stages, read from a store. */
export interface OpenStudy {
  readonly reader: StudyReader
  readonly study: StudyRecord
  readonly stages: readonly StageRecord[]
}

/** The study of that name, or the latest, for as long as `use` takes. @throws UserError('not-found') */
export function withStudy<T>(
  args: { readonly db: string; readonly study?: string | undefined },
  use: (open: OpenStudy) => T | Promise<T>,
): Promise<T> {
  return withReader(args.db, (reader) => {
    const study = findStudy(reader, args.study, args.db)
    return use({ reader, study, stages: reader.stages(study.id) })
  })
}

/** @throws UserError('not-found') that names the nearest study and the way to list all. */
export function findStudy(reader: StudyReader, name: string | undefined, file: string): StudyRecord {
  const study = name === undefined ? reader.latestStudy() : reader.findStudy(name)
  if (study !== undefined) return study
  if (name === undefined) {
    throw new UserError('not-found', `There is no study in ${file} yet`, {
      hint: 'Start one with: finesweep run FILE.yaml',
    })
  }
  const likely = closestName(
    name,
    reader.studies().map((other) => other.name),
  )
  throw new UserError('not-found', `There is no study ${JSON.stringify(name)} in ${file}`, {
    hint: `${likely === undefined ? '' : `Did you mean ${JSON.stringify(likely)}? `}List them: finesweep studies${dbOption(file)}`,
  })
}

/** Up to this many trials a whole study is checked before it is ranked; beyond, only what is shown. */
const MOST_CHECKED = 20_000

/** @throws UserError('store') naming what is damaged, which a ranking or a total would hide. */
export function refuseDamage({ reader, study }: OpenStudy, file: string): void {
  // Numbers are given in order: counting the trials would take as long as looking at them.
  if (reader.trials(study.id, { from: MOST_CHECKED, limit: 1 }).length > 0) return
  const damage = reader.damage(study.id)
  if (damage.length === 0) return
  throw new UserError(
    'store',
    `${file}: study ${JSON.stringify(study.name)} is damaged: ${damage.join(', ')}`,
    {
      hint: 'Restore a backup, or run the study again: its seed gives the same trials.',
    },
  )
}

/** @throws UserError('not-found') that says which numbers there are. */
export function findTrial(open: OpenStudy, number: number, file: string): TrialRecord {
  const trial = open.reader.trial(open.study.id, number)
  if (trial !== undefined) return trial
  const count = Object.values(open.reader.countTrials(open.study.id)).reduce((sum, n) => sum + n, 0)
  throw new UserError('not-found', `There is no trial ${number} in ${JSON.stringify(open.study.name)}`, {
    hint: `${count === 0 ? 'It has no trials yet.' : `It has ${count}.`} List them: finesweep trials ${shellWord(open.study.name)}${dbOption(file)}`,
  })
}

/** ` --db F` for a command line that is shown, where F is not the default. */
export function dbOption(file: string): string {
  return file === DEFAULT_STORE ? '' : ` --db ${shellWord(file)}`
}
