import type { PreparedData } from '../data/prepared.ts'
import type { StudyReader, StudyWriter, TestLook } from '../store/store.ts'
import { type DetailedScore, scoreInDetail } from '../train/evaluate.ts'
import type { Examples } from '../train/inputs.ts'
import type { Kernels } from '../train/kernels/kernels.ts'
import { openKernels } from '../train/kernels/open-kernels.ts'
import { decodeNetwork, openNetwork } from '../train/saved-network.ts'

/** Judges a kept network on examples, in test mode. @throws UserError('usage') if the artifact is no network. */
export function judgeNetwork(
  artifact: Uint8Array,
  examples: Examples,
  arithmetic: 'auto' | Kernels['arithmetic'],
): DetailedScore {
  const kernels = openKernels({ arithmetic })
  try {
    return scoreInDetail(openNetwork(kernels, decodeNetwork(artifact)), examples)
  } finally {
    kernels.close()
  }
}

/**
 * The test accuracy of a study's best network, looked at once: an earlier look at the same network is told again,
 * not repeated. Null if there is no network or no test part.
 */
export function lookAtTest(
  store: StudyWriter,
  study: number,
  data: PreparedData,
  arithmetic: 'auto' | Kernels['arithmetic'],
): TestLook | null {
  const best = store.bestTrials(study, 1)[0]
  const examples = data.folds[0]!.test
  if (best === undefined || examples === null || examples.rows.length === 0) return null
  const earlier = earlierLook(store, study, best.number)
  if (earlier !== undefined) return earlier
  const artifact = store.artifact(study, best.number)
  if (artifact === undefined) return null
  const { loss, accuracy } = judgeNetwork(artifact, examples, arithmetic)
  store.addTestLook(study, {
    trial: best.number,
    at: Date.now(),
    loss,
    accuracy,
    examples: examples.rows.length,
  })
  return earlierLook(store, study, best.number)!
}

function earlierLook(store: StudyReader, study: number, trial: number): TestLook | undefined {
  return store.testLooks(study).find((look) => look.trial === trial)
}
