import type { PreparedData } from '../data/prepared.ts'
import type { StudyReader, StudyWriter, TestLook } from '../store/store.ts'
import type { Arithmetic } from '../train/kernels/kernels.ts'
import { decodeNetwork } from '../train/saved-network.ts'
import { judgeOnTest } from './kept-network.ts'

/**
 * The test accuracy of a study's best network, looked at once: an earlier look at the same network is told again,
 * not repeated. Null if no network was kept or there is no test part.
 */
export function lookAtTest(
  store: StudyWriter,
  studyId: number,
  data: PreparedData,
  arithmetic: 'auto' | Arithmetic,
): TestLook | null {
  const trial = store.bestTrials(studyId, 1)[0]
  if (trial === undefined || !data.folds[0]!.test?.rows.length) return null
  const earlier = lookAt(store, studyId, trial.number)
  if (earlier !== undefined) return earlier
  const artifact = store.artifact(studyId, trial.number)
  if (artifact === undefined) return null
  const study = store.studies().find(({ id }) => id === studyId)!
  const { loss, accuracy, examples } = judgeOnTest({
    study,
    trial,
    saved: decodeNetwork(artifact),
    data,
    arithmetic,
  })
  store.addTestLook(studyId, { trial: trial.number, at: Date.now(), loss, accuracy, examples })
  return lookAt(store, studyId, trial.number)!
}

function lookAt(store: StudyReader, study: number, trial: number): TestLook | undefined {
  return store.testLooks(study).find((look) => look.trial === trial)
}
