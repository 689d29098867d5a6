import { statSync } from 'node:fs'
import type { StudyPage } from '../../picture/page/body.ts'
import { headHtml } from '../../picture/page/body.ts'
import { answersHtml, bestTable } from '../../picture/page/html.ts'
import { encodeTrials, mergeTrials } from '../../picture/page/page-data.ts'
import { pictureStage, pictureTrial, readCurve, readImportance } from '../../picture/read-study.ts'
import type { PictureStudy, PictureTrial } from '../../picture/study.ts'
import { type Explanation, readExplanation } from '../../report/explain.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'
import { pageExplanation, readHead } from '../pictures/study-page.ts'

/** One message to a page. `id`: the number to go on from after a break. */
export interface LiveEvent {
  readonly event: 'stages' | 'trials' | 'curves' | 'summary' | 'gone'
  readonly data: string
  readonly id: string
}

/** The most curves in one message. */
const MOST_CURVES = 40

/** Follows one study of a store: what has changed since the last look. */
export class StudyWatch {
  readonly study: StudyRecord
  records: PictureStudy
  #from: number
  #held: boolean
  #stages = ''
  #summary = ''
  #nextSummary = 0

  constructor(study: StudyRecord, records: PictureStudy) {
    this.study = study
    this.records = records
    this.#from = lowestUnfinished(records.trials)
    this.#held = study.state === 'running'
    this.#stages = JSON.stringify(records.stages)
  }

  /** What all that read hear. @param now milliseconds of a clock that does not go back */
  look(reader: StudyReader, now: number): LiveEvent[] {
    const events = this.#lookAtTrials(reader)
    const summary = this.#lookAtSummary(reader, now)
    return summary === null ? events : [...events, summary]
  }

  /** Whether nobody runs the study any more since the last call: a killed writer commits nothing. */
  wasAbandoned(reader: StudyReader): boolean {
    const held = reader.lease(this.study.id) !== undefined
    const lost = this.#held && !held
    this.#held = held
    if (lost) this.#nextSummary = 0
    return lost
  }

  /** What one that comes back has missed since its last message. */
  catchUp(from: number): LiveEvent[] {
    const id = String(this.#from)
    const missed = this.records.trials.filter(({ number }) => number >= from)
    // Stages may have begun since its page was made, or while it was away.
    const events: LiveEvent[] = [{ event: 'stages', data: this.#stages, id }]
    if (missed.length > 0)
      events.push({ event: 'trials', data: JSON.stringify(encodeTrials(missed, this.records.stages)), id })
    const curves = this.records.curves.filter(({ trial }) => trial >= from).slice(-MOST_CURVES)
    if (curves.length > 0) events.push({ event: 'curves', data: JSON.stringify(curves), id })
    // The study may have ended since the page was made.
    if (this.#summary !== '') events.push({ event: 'summary', data: this.#summary, id })
    return events
  }

  #lookAtTrials(reader: StudyReader): LiveEvent[] {
    const events: LiveEvent[] = []
    const fresh = reader.trials(this.study.id, { from: this.#from }).map(pictureTrial)
    const open = this.records.trials.filter(({ number }) => number >= this.#from)
    const known = new Map(open.map((trial) => [trial.number, JSON.stringify(trial)]))
    const changed = fresh.filter((trial) => known.get(trial.number) !== JSON.stringify(trial))
    this.records = { ...this.records, trials: mergeTrials(this.records.trials, fresh) }
    this.#from = lowestUnfinished(this.records.trials)
    const id = String(this.#from)
    const stages = reader.stages(this.study.id).map(pictureStage)
    const text = JSON.stringify(stages)
    if (text !== this.#stages) {
      this.#stages = text
      this.records = { ...this.records, stages }
      events.push({ event: 'stages', data: text, id })
    }
    if (changed.length > 0)
      events.push({ event: 'trials', data: JSON.stringify(encodeTrials(changed, stages)), id })
    const running = fresh.filter(({ state }) => state === 'running')
    const curves = [...running, ...changed.filter(({ state }) => state !== 'running')]
      .slice(0, MOST_CURVES)
      .map(({ number }) => readCurve(reader, this.study.id, number))
      .filter(({ steps }) => steps.length > 0)
    if (curves.length > 0) {
      const merged = new Map([...this.records.curves, ...curves].map((curve) => [curve.trial, curve]))
      this.records = { ...this.records, curves: [...merged.values()].sort((a, b) => a.trial - b.trial) }
      events.push({ event: 'curves', data: JSON.stringify(curves), id })
    }
    return events
  }

  /** The head of the page; read again only after ten times as long as reading it took. */
  #lookAtSummary(reader: StudyReader, now: number): LiveEvent | null {
    const study = reader.findStudy(this.study.name)
    if (study === undefined)
      return {
        event: 'gone',
        data: JSON.stringify({ text: 'The study was removed from the store.' }),
        id: String(this.#from),
      }
    if (now < this.#nextSummary && study.state === 'running') return null
    const begun = performance.now()
    // Early it takes no time, and at the end it stands.
    const isDue = study.state !== 'running' || this.records.importance === null
    if (isDue) this.records = { ...this.records, importance: readImportance(reader, study) }
    // Of a study that has ended the winner by expected value is worked out, as a new page would.
    const explanation = study.state === 'running' ? null : readExplanation(reader, study)
    const head = readHead(reader, study, this.records, explanation)
    const data = JSON.stringify(summaryOf(this.records, head, explanation))
    this.#nextSummary = now + Math.max(1000, 10 * (performance.now() - begun))
    if (data === this.#summary) return null
    this.#summary = data
    return { event: 'summary', data, id: String(this.#from) }
  }
}

function summaryOf(
  records: PictureStudy,
  head: Pick<StudyPage, 'activity' | 'facts' | 'answers'>,
  explanation: Explanation | null,
) {
  return {
    head: headHtml(head),
    answers: answersHtml(head.answers),
    best: bestTable(records, head.answers.winner),
    importance: records.importance,
    explanation: explanation === null ? null : pageExplanation(explanation),
  }
}

function lowestUnfinished(trials: readonly PictureTrial[]): number {
  const open = trials.find(({ state }) => state === 'running' || state === 'waiting')
  return open?.number ?? (trials.at(-1)?.number ?? -1) + 1
}

/** What identifies a file beside its name: another one means that the store was replaced. Null if there is none. */
export function fileIdentity(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`
}
