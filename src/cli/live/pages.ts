import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { PictureStudy } from '../../picture/study.ts'
import type { StudyRecord } from '../../store/store.ts'

/** A page as it is made. */
export interface MadePage {
  readonly html: string
  /** What it shows: events go on from there. */
  readonly records: PictureStudy
}

export interface KeptPage extends MadePage {
  readonly gzip: Uint8Array<ArrayBuffer>
}

/** What a page depends on beside its study. */
export interface PageState {
  /** Another one whenever something was committed, or a writer came or went. */
  readonly version: string
  readonly isRunning: boolean
}

interface Entry extends PageState {
  readonly page: Promise<KeptPage>
  /** By the clock, when it was made, and how long that took; infinite until it is made. */
  madeAt: number
  cost: number
  records: PictureStudy | undefined
}

/** How many studies' pages are kept. */
const MOST_PAGES = 4
/** A page of a study that runs is sent again for this many times as long as it took to make. */
const REUSED = 10

const compress = promisify(gzip)

/**
 * The pages of studies, made and compressed once for all viewers: that of 10,000 trials takes a second to make. One is
 * made again when the store has changed; while the study runs, not too often, since what it lacks comes as events.
 */
export class KeptPages {
  readonly #make: (study: StudyRecord) => Promise<MadePage>
  readonly #now: () => number
  readonly #entries = new Map<number, Entry>()

  /** @param now milliseconds of a clock that does not go back */
  constructor(make: (study: StudyRecord) => Promise<MadePage>, now = () => performance.now()) {
    this.#make = make
    this.#now = now
  }

  get(study: StudyRecord, state: PageState): Promise<KeptPage> {
    const kept = this.#entries.get(study.id)
    if (kept !== undefined && this.#isGood(kept, state)) return kept.page
    const begun = this.#now()
    const entry: Entry = {
      ...state,
      page: this.#makeNow(study),
      madeAt: begun,
      cost: Number.POSITIVE_INFINITY,
      records: undefined,
    }
    this.#entries.delete(study.id)
    this.#entries.set(study.id, entry)
    for (const id of this.#entries.keys()) if (this.#entries.size > MOST_PAGES) this.#entries.delete(id)
    entry.page.then(
      ({ records }) => {
        entry.madeAt = this.#now()
        entry.cost = entry.madeAt - begun
        entry.records = records
      },
      // A page that could not be made is tried again by the next viewer.
      () => this.#entries.delete(study.id),
    )
    return entry.page
  }

  /** What the kept page of a study shows; undefined if none is kept. */
  recordsOf(study: number): PictureStudy | undefined {
    return this.#entries.get(study)?.records
  }

  /** After the store was replaced. */
  clear(): void {
    this.#entries.clear()
  }

  #isGood(kept: Entry, { version, isRunning }: PageState): boolean {
    if (kept.version === version) return true
    return kept.isRunning && isRunning && this.#now() - kept.madeAt < REUSED * kept.cost
  }

  async #makeNow(study: StudyRecord): Promise<KeptPage> {
    const made = await this.#make(study)
    return { ...made, gzip: await compress(made.html, { level: 1 }) }
  }
}
