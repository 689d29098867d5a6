import type { PreparedData } from '../data/prepared.ts'
import { kindOf } from '../objective/kinds.ts'
import type { ObjectiveSettings } from '../objective/source.ts'
import type { Evaluation, StudyReader, StudyWriter } from '../store/store.ts'
import type { TestScore } from '../train/test-score.ts'
import type { TrialRecord } from '../trial.ts'

/**
 * The test score of a study's winner, evaluated once: an earlier look at the same artifact is shown again, not
 * repeated. Null if no artifact was kept, or the objective has no test part.
 */
export async function lookAtTest(
  store: StudyWriter,
  studyId: number,
  trial: TrialRecord | null,
  objective: ObjectiveSettings,
  data: PreparedData | null,
): Promise<Evaluation | null> {
  if (trial === null) return null
  const earlier = testEvaluations(store, studyId).find((evaluation) => evaluation.trial === trial.number)
  if (earlier !== undefined) return earlier
  const artifact = store.artifact(studyId, trial.number)
  if (artifact === undefined) return null
  const score = await kindOf(objective).evaluateTest(objective, data, artifact)
  if (score === null) return null
  const evaluation = testEvaluation(trial.number, score)
  store.addEvaluation(studyId, evaluation)
  return evaluation
}

/** The record of a look at the test part. */
export function testEvaluation(trial: number, score: TestScore): Evaluation {
  const { examples, metrics, detail } = score
  return { trial, at: Date.now(), part: 'test', examples, metrics, confusion: detail?.confusion ?? null }
}

/** All looks at a study's test part, in order. */
export function testEvaluations(store: StudyReader, study: number): Evaluation[] {
  return store.evaluations(study).filter(({ part }) => part === 'test')
}
