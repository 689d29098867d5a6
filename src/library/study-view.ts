import { UserError } from '../errors.ts'
import { readExplanation, renderExplanation } from '../report/explain.ts'
import { exportStudy, type TextFormat } from '../report/export.ts'
import { readImportance } from '../report/importance.ts'
import type { ParameterImportance } from '../search/importance.ts'
import type { Params } from '../space/distribution.ts'
import type { StudyReader, StudyRecord, TrialFilter } from '../store/store.ts'
import { studyDigest } from '../study/digest.ts'
import { winningTrial } from '../study/winning-trial.ts'
import type { TimedMeasurement } from '../trial.ts'
import { checkFilter, checkFormat, checkTrialNumber } from './check-reading.ts'
import { ownMeasurement, ownTrial, type StudyTrial } from './study-trial.ts'

/** Characters of a line of `explain`. */
const WIDTH = 100

/** The results of a study, read from its store on each call, even while the study runs. */
export class StudyView<P extends Params = Params> {
  /** The study's name. */
  readonly name: string
  readonly #reader: () => StudyReader | null

  /** @param reader the store, opened on use; null while there is none */
  protected constructor(name: string, reader: () => StudyReader | null) {
    this.name = name
    this.#reader = reader
  }

  /** The study's record: state, seed, direction, notes. Null while it has not begun. */
  record(): StudyRecord | null {
    return structuredClone(this.#reader()?.findStudy(this.name) ?? null)
  }

  /** All trials in order of number, or those that the filter names; `stage` is an index from 0. */
  trials(filter: TrialFilter = {}): StudyTrial<P>[] {
    checkFilter(filter)
    const { reader, study } = this.#open() ?? {}
    return study === undefined ? [] : reader!.trials(study.id, filter).map((trial) => ownTrial<P>(trial))
  }

  /** What a trial measured, in order of step; nothing if no trial of that number has begun. */
  measurements(number: number): TimedMeasurement[] {
    checkTrialNumber('measurements', number)
    const { reader, study } = this.#open() ?? {}
    return study === undefined ? [] : reader!.measurements(study.id, number).map(ownMeasurement)
  }

  /** The study's winner: by its replicates, else by expected value if values are noisy, else by value. Null if there is none. */
  best(): StudyTrial<P> | null {
    const open = this.#open()
    const best = open === null ? null : winningTrial(open.reader, open.study)
    return best === null ? null : ownTrial(best)
  }

  /** Where each stage searched, and why, as lines for people. */
  explain(): string {
    const { reader, study } = this.#begun()
    return renderExplanation(readExplanation(reader, study), null, WIDTH, false)
  }

  /** How much of the differences in value each parameter accounts for, the most important first; null with too few trials. */
  importance(): readonly ParameterImportance[] | null {
    const { reader, study } = this.#begun()
    return readImportance(reader, study, reader.stages(study.id)).parameters
  }

  /** The whole study as the text of a file in that format. */
  export(format: TextFormat): string {
    checkFormat(format)
    const { reader, study } = this.#begun()
    return [...exportStudy(format, reader, { study, stages: reader.stages(study.id) })].join('')
  }

  /** A SHA-256 of the results, in hex: equal digests mean equal results. */
  digest(): string {
    const { reader, study } = this.#begun()
    return studyDigest(reader, study.id)
  }

  #open(): { readonly reader: StudyReader; readonly study: StudyRecord } | null {
    const reader = this.#reader()
    const study = reader?.findStudy(this.name)
    return reader === null || study === undefined ? null : { reader, study }
  }

  #begun(): { readonly reader: StudyReader; readonly study: StudyRecord } {
    const open = this.#open()
    if (open !== null) return open
    throw new UserError('not-found', `Study "${this.name}" has not started`, {
      hint: 'Call run() or ask() first.',
    })
  }
}
