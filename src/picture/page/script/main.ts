/** The script of a report and of the live page. Without it everything can be read; with it, chosen, sorted and filtered. */
import { PAGE_WIDTH } from '../html.ts'
import { Chooser } from './choose.ts'
import { nearestTrial, redraw } from './draw.ts'
import { follow } from './live.ts'
import { type PageData, StudyView, widthOf } from './state.ts'
import { markRows, TrialTable } from './table.ts'
import { curveTools, ParallelTools } from './tools.ts'

/** Pictures are drawn a little before they are seen. */
const NEAR = { rootMargin: '600px' }

const data = JSON.parse(document.getElementById('data')!.textContent!) as PageData
const views = [...document.querySelectorAll<HTMLElement>('div.study')].map(
  (root) => new StudyView(root, data.studies[Number(root.dataset.study)]!),
)

for (const element of document.querySelectorAll<HTMLElement>('.scripted')) element.hidden = false
startTheme()

if (views.length > 0) {
  const chooser = new Chooser(views, data.live)
  for (const view of views) {
    const table = new TrialTable(view, data.rows)
    startPlots(view, chooser)
    if (data.live !== null) startLive(view, table, chooser, data.live.events)
  }
  chooser.fromAddress()
}
// What is in view is laid out and painted first, then the rest, which a picture of the whole page would lack.
requestAnimationFrame(() => setTimeout(() => document.documentElement.setAttribute('data-painted', '')))

/** Pictures are drawn for the window's width when they come into view. */
function startPlots(view: StudyView, chooser: Chooser): void {
  const stale = new Set<Element>()
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting || !stale.has(target)) continue
      stale.delete(target)
      redraw(view, target as HTMLElement)
    }
  }, NEAR)
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const plot = target as HTMLElement
      const drawn = plot.querySelector('svg')?.viewBox.baseVal.width ?? PAGE_WIDTH
      if (plot.clientWidth === 0 || Math.abs(drawn - widthOf(plot)) < 24) continue
      // A picture that is wider than its place is scrolled, and is not drawn again for that.
      if (
        plot.hasAttribute('tabindex') &&
        drawn > widthOf(plot) &&
        plot.dataset.drawn === String(widthOf(plot))
      )
        continue
      plot.dataset.drawn = String(widthOf(plot))
      stale.add(plot)
      observer.unobserve(plot)
      observer.observe(plot)
    }
  })
  for (const plot of view.plots()) {
    if (!view.canDraw(plot.dataset.picture!)) continue
    resized.observe(plot)
    observer.observe(plot)
    startPointer(view, plot, chooser)
    if (plot.dataset.picture === 'curves') curveTools(view, plot)
    if (plot.dataset.picture === 'parallel') new ParallelTools(view, plot)
  }
}

/** The trial below the pointer is named; a click chooses it. */
function startPointer(view: StudyView, plot: HTMLElement, chooser: Chooser): void {
  plot.addEventListener('pointermove', (event) => {
    if (event.buttons !== 0) return
    const trial = nearestTrial(view, plot, event)
    plot.title = trial === null ? '' : nameOf(view, trial)
  })
  plot.addEventListener('click', (event) => {
    const trial = nearestTrial(view, plot, event)
    if (trial !== null) chooser.choose(view, trial)
  })
}

function nameOf({ records }: StudyView, number: number): string {
  const trial = records.trials.find((each) => each.number === number)
  if (trial === undefined) return ''
  const params = Object.entries(trial.params).map(([name, value]) => `${name} ${value}`)
  return [`trial ${number}, ${trial.state}${trial.value === null ? '' : `, ${trial.value}`}`, ...params].join(
    '\n',
  )
}

function startLive(view: StudyView, table: TrialTable, chooser: Chooser, url: string): void {
  let isTableStale = false
  /** @param reach how far above and below the window, in pixels */
  const drawSeen = (reach: number): void => {
    for (const plot of view.plots()) {
      const box = plot.getBoundingClientRect()
      const isVisible = box.bottom > -reach && box.top < window.innerHeight + reach && plot.clientWidth > 0
      if (isVisible) redraw(view, plot)
    }
    const rows = view.root.querySelector('.trials')?.getBoundingClientRect()
    const isSeen = rows !== undefined && rows.top < window.innerHeight + reach
    if (!isSeen || !isTableStale || view.root.contains(focusedRow())) return
    isTableStale = false
    table.draw()
  }
  follow(view, url, () => {
    isTableStale = true
    drawSeen(200)
    markRows(view.root, view.chosen)
    chooser.describe()
  })
  // What was out of sight is drawn when it is scrolled to, unfolded or printed.
  let waiting = 0
  const drawSoon = (): void => {
    window.clearTimeout(waiting)
    waiting = window.setTimeout(() => drawSeen(0), 150)
  }
  window.addEventListener('scroll', drawSoon)
  view.root.addEventListener('toggle', drawSoon, true)
  window.addEventListener('beforeprint', () => drawSeen(Number.POSITIVE_INFINITY))
}

/** A link in a row that has the focus: its table is not redrawn while it is read. */
function focusedRow(): Element | null {
  return document.activeElement?.closest('.trials tr') ?? null
}

function startTheme(): void {
  const button = document.getElementById('theme')!
  const root = document.documentElement
  const isDark = (): boolean =>
    root.dataset.theme === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : root.dataset.theme === 'dark'
  const name = (): void => {
    button.textContent = isDark() ? 'Light' : 'Dark'
  }
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark'
    name()
  })
  name()
}
