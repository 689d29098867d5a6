import { UserError } from '../errors.ts'
import { withImported } from '../search/imported-stages.ts'
import type { StudyRecord, StudyWriter } from '../store/store.ts'
import { winningTrial } from '../study/winning-trial.ts'
import { compareExperiments, type Difference, describeDifference } from '../study-file/compare-experiments.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { experimentFromJson, experimentToJson } from '../study-file/experiment-json.ts'
import { conduct, open, type SessionOptions, type SessionResult, sayOfData } from './conduct.ts'
import { refuseDifferences } from './refuse-differences.ts'
import { type NewStudyWords, runExperiment } from './session.ts'

/**
 * Runs an experiment, or goes on with the study of its name: a program that was killed and is started again ends where
 * an undisturbed one would have. A study that is complete is not run again. More trials for its last stage, further
 * stages and other limits extend it.
 * @throws UserError('usage') if the study of that name was begun with other settings
 */
export async function runOrGoOn(
  experiment: Experiment,
  options: SessionOptions & { readonly store: StudyWriter },
): Promise<SessionResult> {
  const { store } = options
  const study = store.findStudy(experiment.name)
  if (study === undefined) return runExperiment(experiment, experiment.name, options, IN_CODE)
  const { stages } = experimentFromJson(study.experiment, study.name)
  const whole = { ...experiment, stages: withImported(experiment.stages, stages) }
  const opened = await open(whole, options)
  sayOfData(opened, options)
  refuseDifferences(study, opened, false, 'continued')
  // A study that was renamed has its first name in the stored settings.
  const changes = allowedChanges(store, study, opened.experiment).filter(({ block }) => block !== 'name')
  if (study.state === 'complete' && changes.length === 0) return asItEnded(store, study)
  store.acquireLease(study.id)
  return conduct(store, opened, options, () => {
    for (const change of changes) store.addNote(study.id, describeDifference(change))
    for (const [index, stage] of store.stages(study.id).entries()) {
      const { trials } = opened.experiment.stages[index] ?? stage
      if (trials !== stage.trials) store.updateStage(study.id, index, { trials })
    }
    store.setExperiment(study.id, experimentToJson(opened.experiment), opened.fingerprints)
    return store.findStudy(study.name)!
  })
}

const IN_CODE: NewStudyWords = {
  nameTaken: (name) =>
    new UserError('store', `Study "${name}" was started elsewhere at the same time`, {
      hint: 'Run again once that run has ended: it continues that study.',
    }),
  seed: (other) => `the seed (seed: ${other})`,
  extend: (name) => `run "${name}" with more of them in its last stage`,
}

function asItEnded(store: StudyWriter, study: StudyRecord): SessionResult {
  const { state, endReason } = study
  const testLook = store.evaluations(study.id).findLast(({ part }) => part === 'test') ?? null
  return { study, end: { state, endReason }, best: winningTrial(store, study), testLook, cautions: [] }
}

/** How the settings differ from those that the study was begun with, where finished trials stay what they are. */
function allowedChanges(store: StudyWriter, study: StudyRecord, experiment: Experiment): Difference[] {
  const begun = store.stages(study.id)
  const last = begun.at(-1)
  const begunTrials = last === undefined ? 0 : store.trials(study.id, { stage: last.index }).length
  const stored = experimentFromJson(study.experiment, study.name)
  const isAllowed = ({ path, block }: Difference): boolean => {
    if (block === 'limits' || block === 'name') return true
    const stage = /^stages\[(\d+)\]/.exec(path)
    if (stage === null) return false
    const index = Number(stage[1])
    if (index >= begun.length) return true
    const trials = experiment.stages[index]?.trials ?? 0
    return path === `stages[${index}].trials` && index === last?.index && trials >= begunTrials
  }
  const differences = compareExperiments(stored, experiment)
  const refused = differences.filter((difference) => !isAllowed(difference))
  if (refused.length === 0) return differences
  throw new UserError(
    'usage',
    `Study "${study.name}" was started with different settings: ${refused.slice(0, 5).map(describeDifference).join('; ')}`,
    { hint: `${keptSampler(refused, stored)}Give the new study another name, or delete the old one.` },
  )
}

/** A stage's usual sampler depends on the stages that follow: a further one may have changed it, which nobody wrote. */
function keptSampler(refused: readonly Difference[], { stages }: Experiment): string {
  const index = refused
    .map(({ path }) => /^stages\[(\d+)\]\.sampler$/.exec(path)?.[1])
    .find((found) => found !== undefined)
  if (index === undefined) return ''
  const { sampler } = stages[Number(index)]!
  return `The usual sampler of a stage depends on those that follow: to keep it, write sampler: '${sampler}' in stages[${index}]. `
}
