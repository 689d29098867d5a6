import type { PreparedData } from '../data/prepared.ts'
import { kindOf } from '../objective/kinds.ts'
import type { ObjectiveSettings } from '../objective/source.ts'
import type { StudyReader, StudyWriter, TestLook } from '../store/store.ts'

/**
 * The test score of a study's best trial, looked at once: an earlier look at the same artifact is shown again, not
 * repeated. Null if no artifact was kept, or the objective has no test part.
 */
export async function lookAtTest(
  store: StudyWriter,
  studyId: number,
  objective: ObjectiveSettings,
  data: PreparedData | null,
): Promise<TestLook | null> {
  const trial = store.bestTrials(studyId, 1)[0]
  if (trial === undefined) return null
  const earlier = lookAt(store, studyId, trial.number)
  if (earlier !== undefined) return earlier
  const artifact = store.artifact(studyId, trial.number)
  if (artifact === undefined) return null
  const score = await kindOf(objective).evaluateTest(objective, data, artifact)
  if (score === null) return null
  const { loss, accuracy, examples } = score
  store.addTestLook(studyId, { trial: trial.number, at: Date.now(), loss, accuracy, examples })
  return lookAt(store, studyId, trial.number)!
}

function lookAt(store: StudyReader, study: number, trial: number): TestLook | undefined {
  return store.testLooks(study).find((look) => look.trial === trial)
}
