import type { ConfusionData } from '../../picture/figures/confusion.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'

/** The confusion matrix of the last evaluation on the test set that kept one; null if there is none. */
export function readConfusion(reader: StudyReader, study: StudyRecord): ConfusionData | null {
  const kept = reader
    .evaluations(study.id)
    .findLast(({ part, confusion }) => part === 'test' && confusion !== null)
  if (kept === undefined) return null
  const counts = kept.confusion!
  return { trial: kept.trial, part: 'test', counts, classes: counts.map((_, label) => String(label)) }
}
