import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { AskedSession } from '../session/ask.ts'
import type { StudyRecord, StudyWriter } from '../store/store.ts'
import type { Difference } from '../study-file/compare-experiments.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { shellWord } from '../text/shell-word.ts'
import { findStudy } from './open-study.ts'

/** Whether a word is a study file, not a study's name. */
function isStudyFile(word: string): boolean {
  return /\.(ya?ml|json)$/.test(word) || (existsSync(word) && statSync(word).isFile())
}

/** Creates the study of an experiment. */
type Begin = (experiment: Experiment, store: StudyWriter, db: string) => Promise<StudyRecord>

interface StudyArguments {
  readonly db: string
  readonly study?: string | undefined
  readonly name?: string | undefined
}

/** A study whose trials are asked for and told, for as long as `use` takes. As `withHeldStudy`. */
export async function withAskedStudy<T>(
  args: StudyArguments,
  create: boolean,
  use: (session: AskedSession, study: StudyRecord, store: StudyWriter) => T | Promise<T>,
): Promise<T> {
  const { createAskedStudy, openAskedStudy } = await import('../session/ask.ts')
  const begin = create ? createAskedStudy : null
  return withHeldStudy(args, { command: 'ask', begin }, (study, store) =>
    use(openAskedStudy(store, study), study, store),
  )
}

/**
 * A study whose lease is held for as long as `use` takes. A study file stands for the study of its name, which is created
 * by `begin` where there is none.
 * @param word a study's name or a study file; the latest study if it is left out
 * @param create whether a study file may begin a study
 */
export async function withHeldStudy<T>(
  args: StudyArguments,
  { command, begin }: { readonly command: string; readonly begin: Begin | null },
  use: (study: StudyRecord, store: StudyWriter) => T | Promise<T>,
): Promise<T> {
  const { acquireSoon } = await import('../session/ask.ts')
  const { openWriter } = await import('../store/sqlite-store.ts')
  const word = args.study
  let experiment: Experiment | null = null
  if (word !== undefined && isStudyFile(word)) {
    const { readExperiment } = await import('../study-file/read-experiment.ts')
    experiment = readExperiment(word, { name: args.name })
  }
  if (!existsSync(args.db) && (experiment === null || begin === null)) {
    throw new UserError('not-found', `There is no study in ${args.db} yet`, {
      hint: `Start one with: finesweep ${command} FILE.yaml`,
    })
  }
  const store = openWriter(resolve(args.db))
  try {
    let study: StudyRecord
    if (experiment === null) study = findStudy(store, word, args.db)
    else {
      const found = store.findStudy(experiment.name)
      if (found !== undefined) {
        await refuseOtherSettings(found, experiment, command)
        study = found
      } else if (begin === null) study = findStudy(store, experiment.name, args.db)
      else study = await createOrFind(store, experiment, () => begin(experiment, store, args.db))
    }
    await acquireSoon(store, study.id)
    return await use(study, store)
  } finally {
    store.close()
  }
}

/** Two processes may begin the same study at the same time: the second one takes part in it. */
async function createOrFind(
  store: StudyWriter,
  { name }: Experiment,
  create: () => Promise<StudyRecord>,
): Promise<StudyRecord> {
  try {
    return await create()
  } catch (error) {
    const found = store.findStudy(name)
    if (found === undefined) throw error
    return found
  }
}

/** A space that a module brings along, and epochs that its table decides, are in the stored experiment alone. */
async function refuseOtherSettings(
  study: StudyRecord,
  experiment: Experiment,
  command: string,
): Promise<void> {
  const { compareExperiments, describeDifference } = await import('../study-file/compare-experiments.ts')
  const { experimentFromJson } = await import('../study-file/experiment-json.ts')
  const { kindOf } = await import('../objective/kinds.ts')
  const { withImported } = await import('../search/imported-stages.ts')
  const { bringsSpace } = kindOf(experiment.objective)
  const stored = experimentFromJson(study.experiment, study.name)
  const whole = { ...experiment, stages: withImported(experiment.stages, stored.stages) }
  const isDecidedLater = ({ block, path }: Difference) =>
    (bringsSpace && (block === 'space' || block === 'require')) ||
    (experiment.epochsOpen === true && /^stages\[\d+\]\.epochs$/.test(path))
  const differences = compareExperiments(stored, whole).filter(
    (difference) => difference.block !== 'name' && !isDecidedLater(difference),
  )
  if (differences.length === 0) return
  throw new UserError(
    'usage',
    `Study "${study.name}" was started with different settings: ${differences.slice(0, 5).map(describeDifference).join('; ')}`,
    {
      hint: `To continue it, use its name: finesweep ${command} ${shellWord(study.name)}. To start another study, add --name.`,
    },
  )
}
