import type { ConfusionData } from '../../picture/figures/confusion.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'

/** The confusion matrix of the last look at the test set that kept one; null if there is none. */
export function readConfusion(reader: StudyReader, study: StudyRecord): ConfusionData | null {
  const kept = reader.evaluations(study.id).findLast(({ confusion }) => confusion !== null)
  if (kept?.confusion == null) return null
  const { trial, part, confusion: counts } = kept
  return { trial, part, counts, classes: counts.map((_, label) => String(label)) }
}
