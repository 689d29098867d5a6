import { formatCount, formatDuration, formatMetric } from '../../../report/numbers.ts'
import { tickText } from '../../axis.ts'
import { markChosen, redraw } from './draw.ts'
import type { PageData, StudyView } from './state.ts'
import { markRows } from './table.ts'

/** One chosen trial for the whole page: marked in every picture, shown with its parameters, named in the address. */
export class Chooser {
  readonly #views: readonly StudyView[]
  readonly #live: PageData['live']
  readonly #place = document.getElementById('chosen')!
  #current: StudyView

  constructor(views: readonly StudyView[], live: PageData['live']) {
    this.#views = views
    this.#live = live
    this.#current = views[0]!
    window.addEventListener('hashchange', () => this.fromAddress())
    document.addEventListener('click', (event) => this.#onLink(event))
    document.addEventListener('keydown', (event) => this.#onKey(event))
  }

  /** `#trial=50`, or `#study=1&trial=50` where there are several. */
  fromAddress(): void {
    const words = new URLSearchParams(location.hash.slice(1))
    const number = words.get('trial')
    if (number === null || !/^\d+$/.test(number)) return
    const view = this.#views[Number(words.get('study') ?? 0)] ?? this.#current
    this.choose(view, Number(number), false)
  }

  choose(view: StudyView, number: number | null, address = true): void {
    if (number !== null && !view.records.trials.some((trial) => trial.number === number)) return
    for (const other of this.#views) {
      if (other === view || other.chosen === null) continue
      other.chosen = null
      this.#show(other)
    }
    this.#current = view
    view.chosen = number
    this.#show(view)
    if (!address) return
    const index = this.#views.indexOf(view)
    const words = number === null ? ' ' : `#${this.#views.length > 1 ? `study=${index}&` : ''}trial=${number}`
    history.replaceState(null, '', words === ' ' ? location.pathname + location.search : words)
  }

  #show(view: StudyView): void {
    markRows(view.root, view.chosen)
    view.options.loss = view.chosen === null ? {} : { trial: view.chosen }
    view.forget()
    for (const plot of view.plots()) {
      if (plot.dataset.picture === 'loss') redraw(view, plot)
      else markChosen(view, plot)
    }
    this.describe()
    void this.#fetchCurve(view)
  }

  /** What is chosen, in words. */
  describe(): void {
    const { records, chosen } = this.#current
    const trial = records.trials.find(({ number }) => number === chosen)
    if (trial === undefined) {
      this.#place.replaceChildren()
      return
    }
    const rank = this.#current.ranking().indexOf(trial.number)
    const head = document.createElement('strong')
    head.textContent = `Trial ${trial.number}`
    const facts = [
      records.stages[trial.stage]?.name ?? `stage ${trial.stage + 1}`,
      trial.state,
      ...(trial.value === null ? [] : [`${records.metric} ${formatMetric(records.metric, trial.value)}`]),
      ...(rank < 0
        ? []
        : [`rank ${formatCount(rank + 1)} of ${formatCount(this.#current.ranking().length)}`]),
      `${trial.epochs} of ${trial.budget.epochs} epochs`,
      ...(trial.durationMs === null ? [] : [formatDuration(trial.durationMs)]),
      ...(trial.error === null ? [] : [trial.error]),
    ].join(', ')
    const params = Object.entries(trial.params)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? tickText(value) : value}`)
      .join(' · ')
    const close = document.createElement('button')
    close.type = 'button'
    close.textContent = 'Close'
    close.addEventListener('click', () => this.choose(this.#current, null))
    this.#place.replaceChildren(head, `: ${facts}. ${params} `, close)
  }

  /** A live page asks for the curve of a trial that it does not have; a report never asks for anything. */
  async #fetchCurve(view: StudyView): Promise<void> {
    const number = view.chosen
    const known = view.records.curves.some(({ trial }) => trial === number)
    if (this.#live === null || number === null || known) return
    const response = await fetch(`${this.#live.curve}&trial=${number}`)
    if (!response.ok || view.chosen !== number) return
    view.records = { ...view.records, curves: [...view.records.curves, await response.json()] }
    view.forget()
    for (const plot of view.plots()) if (plot.dataset.picture === 'loss') redraw(view, plot)
  }

  #onLink(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#trial="]')
    const root = link?.closest('.study')
    const view = this.#views.find((each) => each.root === root)
    if (link == null || view === undefined) return
    event.preventDefault()
    this.choose(view, Number(link.hash.slice(7)))
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.target as Element
    if (event.key === 'Escape') {
      this.choose(this.#current, null)
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (
      target.closest('input,select,textarea,.scroll,.plot[tabindex]') !== null &&
      !(target instanceof HTMLAnchorElement)
    )
      return
    if (event.key === '/') {
      const filter = this.#current.root.querySelector<HTMLInputElement>('.filter')
      filter?.focus()
      event.preventDefault()
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const ranking = this.#current.ranking()
    const at = this.#current.chosen === null ? -1 : ranking.indexOf(this.#current.chosen)
    const next = ranking[Math.min(ranking.length - 1, Math.max(0, at + (at < 0 ? 1 : step)))]
    if (next !== undefined) this.choose(this.#current, next)
    event.preventDefault()
  }
}
