import { countOf, formatCount, formatDuration, formatMetric, formatParam } from '../../report/numbers.ts'
import { own } from '../../space/own.ts'
import { escapeText } from '../escape.ts'
import type { Figure } from '../figure.ts'
import type { PictureName } from '../pictures.ts'
import { isMishap, type PictureStudy, type PictureTrial, rankedWithValue, searchedNames } from '../study.ts'
import { drawSvg } from '../svg.ts'
import type { Answers, Winner } from './answers.ts'

/** The width that pictures are drawn for before a script knows the window. */
export const PAGE_WIDTH = 736

/** One picture of a page with its heading and its sentences. */
export interface PageFigure {
  readonly name: string
  readonly figure: Figure
  /** True if it is folded until asked for. */
  readonly folded: boolean
}

/** A picture as HTML: it is complete before any script runs. */
export function figureHtml({ name, figure, folded }: PageFigure, width = PAGE_WIDTH): string {
  const svg = figure.panels.length === 0 ? '' : drawSvg(figure, { width, theme: 'page' })
  const notes = figure.notes.map((note) => `<p class="note">${escapeText(note)}</p>`).join('')
  const body =
    `<div class="plot" data-picture="${escapeText(name)}"${figure.panels.some(({ minWidth }) => minWidth > 0) ? ' tabindex="0" role="group" aria-label="Scrolls sideways"' : ''}>${svg}</div>` +
    `<p class="summary">${escapeText(figure.summary)}</p>${notes}`
  if (folded) {
    return `<details class="figure"><summary><h2>${escapeText(figure.title)}</h2></summary>${body}</details>`
  }
  return `<section class="figure"><h2>${escapeText(figure.title)}</h2>${body}</section>`
}

/** The first screen: four questions and their answers. */
export function answersHtml({ won, sure, looked, next }: Answers): string {
  const block = (question: string, sentences: readonly string[]): string =>
    sentences.length === 0
      ? ''
      : `<div><h2>${question}</h2><ul>${sentences.map((sentence) => `<li>${escapeText(sentence)}</li>`).join('')}</ul></div>`
  return [
    block('Which settings won', won),
    block('By how much, and how sure', sure),
    block('Where it looked, and what it ruled out', looked),
    block('What to try next', next),
  ].join('')
}

/**
 * A table of trials; in a page with a script its headings sort, and its numbers choose a trial.
 * @param ranks what stands before each trial; null for a table without ranks
 */
export function trialTable(
  study: PictureStudy,
  trials: readonly PictureTrial[],
  caption: string,
  ranks: readonly string[] | null,
): string {
  const names = searchedNames(study)
  const heads = [
    ...(ranks === null ? [] : [['rank', '#']]),
    ...[
      ['number', 'trial'],
      ['stage', 'stage'],
      ['state', 'state'],
      ['value', study.metric],
      ['epochs', 'epochs'],
    ],
    ...names.map((name) => [`params.${name}`, name]),
    ['durationMs', 'time'],
  ] as [string, string][]
  const head = heads
    .map(([key, title]) => `<th scope="col" data-key="${escapeText(key)}">${breakable(title)}</th>`)
    .join('')
  const rows = trials.map((trial, i) => trialRow(study, trial, names, ranks?.[i] ?? null)).join('')
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escapeText(caption)}"><table><caption><span>${escapeText(caption)}</span></caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`
}

/** What the table of all trials is called, with how many of them it has. */
export function trialsCaption(rows: number, total: number): string {
  if (rows < total)
    return `The first ${formatCount(rows)} of ${countOf(total, 'trial')}; the rest are in the store`
  return total === 1 ? 'The only trial' : `All ${countOf(total, 'trial')}`
}

/** One row; the number is a link that chooses the trial. */
export function trialRow(
  study: PictureStudy,
  trial: PictureTrial,
  names: readonly string[],
  rank: string | null,
): string {
  const root = study.stages[0]?.space.parameters ?? {}
  const cells = [
    ...(rank === null ? [] : [rank]),
    `<a href="#trial=${trial.number}">${trial.number}</a>`,
    escapeText(study.stages[trial.stage]?.name ?? String(trial.stage + 1)),
    isMishap(trial) ? `<b class="state">${trial.state}</b>` : trial.state,
    formatMetric(study.metric, trial.value),
    String(trial.epochs),
    ...names.map((name) => escapeText(formatParam(own(trial.params, name), own(root, name)))),
    formatDuration(trial.durationMs),
  ]
  const tds = cells.map((cell) => (isLong(cell) ? `<td class="long">${cell}</td>` : `<td>${cell}</td>`))
  return `<tr data-trial="${trial.number}">${tds.join('')}</tr>`
}

/** Whether a cell may be broken to several lines: a choice with a long name, and no number. */
function isLong(cell: string): boolean {
  return cell.length > 12 && !cell.startsWith('<')
}

/** A name that may be broken between its words. */
function breakable(name: string): string {
  return escapeText(name).replace(/[_.-](?=.)|(?<=[a-z])(?=[A-Z])/g, '$&<wbr>')
}

/** The best trials of a study by what they measured, with the winner marked: it may be another than the first. */
export function bestTable(study: PictureStudy, winner: Winner | null, count = 10): string {
  const ranked = rankedWithValue(study)
  const best = ranked.slice(0, count)
  if (best.length === 0) return ''
  const won = ranked.find(({ number }) => number === winner?.trial)
  const shown = won === undefined || best.includes(won) ? best : [...best, won]
  const marks = shown.map((trial) => `${trial === won ? '★ ' : ''}${ranked.indexOf(trial) + 1}`)
  const why = winner?.byExpectation === true ? `, trial ${winner.trial}, by its expected value` : ''
  const caption =
    best.length === 1
      ? 'The only trial with a value'
      : `The best ${best.length} by measured value; ★ marks the winner${why}`
  const note =
    why === ''
      ? ''
      : `<p class="note">The pictures mark the best measured value, trial ${best[0]!.number}: select another in the table.</p>`
  return trialTable(study, shown, caption, marks) + note
}

/** Every picture in the order of a page, and whether it is folded there. */
const IS_FOLDED: Readonly<Record<PictureName | 'data' | 'confusion', boolean>> = {
  narrowing: false,
  history: false,
  slices: false,
  importance: false,
  parallel: false,
  curves: false,
  loss: false,
  data: true,
  confusion: true,
  edf: true,
  pairs: true,
  timeline: true,
}

export const PAGE_PICTURES = Object.entries(IS_FOLDED).map(([name, folded]) => ({
  name: name as keyof typeof IS_FOLDED,
  folded,
}))
