import { UserError } from '../errors.ts'
import { winningTrial } from '../study/winning-trial.ts'
import type { TrialRecord } from '../trial.ts'
import { findTrial, type OpenStudy } from './open-study.ts'

/** The trial of that number, or the study's winner. @throws UserError('not-found') */
export function trialOrBest(open: OpenStudy, number: number | undefined, db: string): TrialRecord {
  if (number !== undefined) return findTrial(open, number, db)
  const best = winningTrial(open.reader, open.study)
  if (best !== null) return best
  throw new UserError('not-found', `No trial of ${JSON.stringify(open.study.name)} has succeeded`)
}
