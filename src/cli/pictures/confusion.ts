import type { ConfusionData } from '../../picture/figures/confusion.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'
import { readStudyData } from './study-data.ts'

/** The confusion matrix of the last look at the test set that kept one; null if there is none. */
export async function readConfusion(reader: StudyReader, study: StudyRecord): Promise<ConfusionData | null> {
  const kept = reader.evaluations(study.id).findLast(({ confusion }) => confusion !== null)
  if (kept?.confusion == null) return null
  const { trial, part, confusion: counts } = kept
  const { data } = await readStudyData(study)
  // The data set may have been replaced since: names count only if each class has one.
  const names = data !== null && data.classes.length === counts.length ? data.classes : null
  return { trial, part, counts, classes: names ?? counts.map((_, label) => String(label)) }
}
