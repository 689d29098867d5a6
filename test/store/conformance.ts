import { afterAll, describe } from 'vitest'
import type { StoreOptions, StudyWriter } from '../../src/store/store.ts'
import { listingConformance } from './conformance/listing.ts'
import { resultsConformance } from './conformance/results.ts'
import { createStand, type Stand } from './conformance/stand.ts'
import { studiesConformance } from './conformance/studies.ts'
import { trialsConformance } from './conformance/trials.ts'

const SUBJECTS: readonly ((stand: Stand) => void)[] = [
  studiesConformance,
  trialsConformance,
  listingConformance,
  resultsConformance,
]

/** What every store does. `open` gives a new, empty one. */
export function storeConformance(kind: string, open: (options?: StoreOptions) => StudyWriter): void {
  describe.each(SUBJECTS)(`${kind}: a store`, (conformance) => {
    const stand = createStand(open)
    afterAll(() => stand.store.close())
    conformance(stand)
  })
}
