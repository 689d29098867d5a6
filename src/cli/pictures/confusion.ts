import type { ConfusionData } from '../../picture/figures/confusion.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'

/** The confusion matrix of the last look at the test set that kept one; null if there is none. */
export function readConfusion(reader: StudyReader, study: StudyRecord): ConfusionData | null {
  const looks = reader.testLooks(study.id) as readonly {
    readonly trial: number
    readonly confusion?: unknown
  }[]
  const kept = looks.findLast(({ confusion }) => Array.isArray(confusion))
  if (kept === undefined) return null
  const counts = kept.confusion as readonly (readonly number[])[]
  return { trial: kept.trial, part: 'test', counts, classes: counts.map((_, label) => String(label)) }
}
