import type { TrialOutcome } from '../trial.ts'

/** SQLite takes no larger value from this process, so a store could not keep it. */
const MOST_ARTIFACT_BYTES = 512_000_000

/** The outcome as it is; or as a failed one if its artifact is larger than a store can keep. */
export function withinArtifactLimit(outcome: TrialOutcome): TrialOutcome {
  const bytes = outcome.artifact?.byteLength ?? 0
  if (bytes <= MOST_ARTIFACT_BYTES) return outcome
  const message = `The artifact is ${Math.ceil(bytes / 1e6)} MB; at most ${MOST_ARTIFACT_BYTES / 1e6} MB can be kept`
  return {
    ...outcome,
    state: 'failed',
    artifact: null,
    error: { code: 'artifact-too-large', message, stack: null },
  }
}
