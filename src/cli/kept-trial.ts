import { UserError } from '../errors.ts'
import { isImported } from '../search/imported-stages.ts'
import { rankTrials } from '../search/rank.ts'
import { winningTrial } from '../study/winning-trial.ts'
import type { TrialRecord } from '../trial.ts'
import { findTrial, type OpenStudy } from './open-study.ts'

function bestRunHere({ reader, study, stages }: OpenStudy): TrialRecord | null {
  const drawn = stages.filter((stage) => !isImported(stage))
  const best = drawn.flatMap(({ index }) => reader.bestTrials(study.id, 1, index))
  return rankTrials(best, study.direction)[0] ?? null
}

/**
 * The trial of that number, or the study's winner. An imported trial has no network or files here: then the best trial
 * that was run here.
 * @throws UserError('not-found')
 */
export function trialOrBest(open: OpenStudy, number: number | undefined, db: string): TrialRecord {
  if (number !== undefined) return findTrial(open, number, db)
  const best = winningTrial(open.reader, open.study)
  const ran = best?.origin == null ? best : bestRunHere(open)
  if (ran !== null) return ran
  throw new UserError('not-found', `No trial of ${JSON.stringify(open.study.name)} has succeeded`)
}
