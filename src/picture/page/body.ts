import { escapeText } from '../escape.ts'
import type { PictureStudy } from '../study.ts'
import type { Answers } from './answers.ts'
import { answersHtml, bestTable, figureHtml, type PageFigure, trialsCaption, trialTable } from './html.ts'

/** What a page says of one study, beside its records. */
export interface StudyPage {
  readonly records: PictureStudy
  /** `complete`, `running`, `interrupted`, ... */
  readonly activity: string
  /** `64 of 64 trials, 10 diverged, 118 epochs, 9.6 s`, and further facts, a line each. */
  readonly facts: readonly string[]
  readonly answers: Answers
  readonly figures: readonly PageFigure[]
  /** The text of `explain`. */
  readonly explanation: string
  /** The study file, resolved. */
  readonly settings: string
  /** The most rows of the table of all trials. */
  readonly rows: number
}

export function headHtml({ activity, facts }: Pick<StudyPage, 'activity' | 'facts'>): string {
  return `<p class="facts"><strong role="status">${escapeText(activity)}</strong>, ${facts.map(escapeText).join('<br>')}</p>`
}

/** One study's sections. @param open false if it is one of several, folded under its name */
export function studyHtml(page: StudyPage, index: number, alone: boolean): string {
  const { records, figures, explanation, settings, rows } = page
  const shown = records.trials.slice(0, rows)
  const caption = trialsCaption(rows, records.trials.length)
  const body =
    `<div class="head">${headHtml(page)}</div>` +
    `<div class="answers">${answersHtml(page.answers)}</div>` +
    `<div class="best">${bestTable(records, page.answers.winner)}</div>` +
    figures
      .map((figure) =>
        figure.name === 'narrowing' ? figureHtml(figure) + explanationHtml(explanation) : figureHtml(figure),
      )
      .join('') +
    `<section class="trials"><h2>All trials</h2><div class="tools scripted" hidden><label>Filter <input type="search" class="filter" placeholder="adam, diverged, 50"></label><span class="count"></span></div>${trialTable(records, shown, caption, null)}</section>` +
    `<details><summary><h2>Settings</h2></summary><pre>${preText(settings)}</pre></details>`
  const inside = `<div class="study" data-study="${index}">${body}</div>`
  if (alone) return inside
  return `<details class="study" open><summary><h2>${escapeText(records.name)}</h2></summary>${inside}</details>`
}

function explanationHtml(text: string): string {
  if (text === '') return ''
  return `<details class="explain"><summary>Why, in sentences</summary><pre>${preText(text)}</pre></details>`
}

/** Text with its line breaks, which `escapeText` makes spaces. */
export function preText(text: string): string {
  return text.split('\n').map(escapeText).join('\n')
}

export function pageBody(
  title: string,
  comparison: string,
  pages: readonly StudyPage[],
  version: string,
): string {
  const sections = pages.map((page, i) => studyHtml(page, i, pages.length === 1)).join('')
  return (
    `<header><button type="button" class="top scripted" id="theme" hidden>Dark</button><h1>${escapeText(title)}</h1></header>` +
    `<main>${comparison}${sections}</main>` +
    '<div id="chosen" role="region" aria-label="Chosen trial" aria-live="polite"></div>' +
    `<footer><p>finesweep ${escapeText(version)}. <span class="scripted" hidden>Click a dot or a number to choose a trial; arrow keys go to its neighbours by rank; / filters.</span></p></footer>`
  )
}
