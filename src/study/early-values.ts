import type { EarlyValues } from '../search/narrow-axis.ts'
import { earlyEpoch } from '../search/narrow-drift.ts'
import type { PastTrial } from '../search/sampler.ts'
import type { StageRecord, StudyReader } from '../store/store.ts'

/** What the trials of a stage measured after a third of its epochs; null if it has too few for that. */
export function readEarlyValues(
  reader: StudyReader,
  study: number,
  stage: StageRecord,
  trials: readonly PastTrial[],
): EarlyValues | null {
  const epoch = earlyEpoch(stage.epochs)
  if (epoch === null) return null
  const values = new Map<number, number>()
  for (const trial of trials) {
    if (trial.value === null) continue
    const early = reader.measurements(study, trial.number).findLast(({ step }) => step <= epoch)
    if (early !== undefined) values.set(trial.number, early.value)
  }
  return { epoch, epochs: stage.epochs, values }
}
