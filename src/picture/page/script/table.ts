import { countOf, formatCount, formatParam } from '../../../report/numbers.ts'
import { own } from '../../../space/own.ts'
import { type PictureTrial, searchedNames } from '../../study.ts'
import { trialRow, trialsCaption } from '../html.ts'
import type { StudyView } from './state.ts'

/** Makes the table of all trials sort by its headings and filter by words. */
export class TrialTable {
  readonly #view: StudyView
  readonly #rows: number
  #key = 'number'
  #falling = false

  constructor(view: StudyView, rows: number) {
    this.#view = view
    this.#rows = rows
    for (const head of view.root.querySelectorAll<HTMLElement>('.trials th')) {
      const button = document.createElement('button')
      button.type = 'button'
      button.append(...head.childNodes)
      head.replaceChildren(button)
      button.addEventListener('click', () => this.#sortBy(head.dataset.key!))
    }
    this.filter?.addEventListener('input', () => this.draw())
  }

  get filter(): HTMLInputElement | null {
    return this.#view.root.querySelector<HTMLInputElement>('.filter')
  }

  #sortBy(key: string): void {
    this.#falling =
      key === this.#key ? !this.#falling : key === 'value' && this.#view.records.direction === 'maximize'
    this.#key = key
    for (const head of this.#view.root.querySelectorAll<HTMLElement>('.trials th')) {
      if (head.dataset.key === key) head.setAttribute('aria-sort', this.#falling ? 'descending' : 'ascending')
      else head.removeAttribute('aria-sort')
    }
    this.draw()
  }

  draw(): void {
    const { records, root, chosen } = this.#view
    const body = root.querySelector('.trials tbody')
    if (body === null) return
    const names = searchedNames(records)
    const found = this.#found()
    const shown = found.slice(0, this.#rows)
    body.innerHTML = shown.map((trial) => trialRow(records, trial, names, null)).join('')
    const count = root.querySelector('.trials .count')
    if (count !== null)
      count.textContent = `${formatCount(shown.length)} of ${countOf(records.trials.length, 'trial')}`
    const caption = root.querySelector('.trials caption span')
    if (caption !== null) caption.textContent = trialsCaption(this.#rows, records.trials.length)
    markRows(root, chosen)
  }

  #found(): PictureTrial[] {
    const { records } = this.#view
    const words = (this.filter?.value ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const root = records.stages[0]?.space.parameters ?? {}
    const textOf = (trial: PictureTrial): string =>
      [
        ...[trial.number, trial.state, records.stages[trial.stage]?.name, trial.error ?? ''],
        ...Object.entries(trial.params).map(
          ([name, value]) => `${name}=${formatParam(value, own(root, name))}`,
        ),
      ]
        .join(' ')
        .toLowerCase()
    const matching =
      words.length === 0
        ? records.trials
        : records.trials.filter((trial) => {
            const text = textOf(trial)
            return words.every((word) => text.includes(word))
          })
    const sign = this.#falling ? -1 : 1
    return matching.toSorted((a, b) => {
      const [x, y] = [keyOf(a, this.#key), keyOf(b, this.#key)]
      if (x === null || y === null) return Number(x === null) - Number(y === null) || a.number - b.number
      return sign * (x < y ? -1 : x > y ? 1 : 0) || a.number - b.number
    })
  }
}

function keyOf(trial: PictureTrial, key: string): number | string | null {
  if (key.startsWith('params.')) {
    const value = trial.params[key.slice(7)]
    return value === undefined ? null : typeof value === 'number' ? value : String(value)
  }
  if (key === 'state') return trial.state
  if (key === 'number' || key === 'stage' || key === 'value' || key === 'epochs' || key === 'durationMs')
    return trial[key]
  return trial.number
}

export function markRows(root: HTMLElement, chosen: number | null): void {
  for (const row of root.querySelectorAll<HTMLElement>('tr.chosen')) row.classList.remove('chosen')
  if (chosen === null) return
  for (const row of root.querySelectorAll<HTMLElement>(`tr[data-trial="${chosen}"]`))
    row.classList.add('chosen')
}
