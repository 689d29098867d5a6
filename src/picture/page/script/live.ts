import { visible } from '../../escape.ts'
import type { Curve, PictureStage, PictureStudy } from '../../study.ts'
import { decodeTrials, mergeTrials, type TrialColumns } from '../page-data.ts'
import type { StudyView } from './state.ts'

const LEAST_MS_BETWEEN = 1000
/** What belongs together comes in several messages. */
const GATHER_MS = 30

interface Summary {
  /** HTML. */
  readonly head: string
  readonly answers: string
  readonly best: string
  readonly importance: PictureStudy['importance']
  /** A text; null while the study runs. */
  readonly explanation: string | null
}

/** Follows a running study: takes what the server says, and asks for a drawing soon, but at most once a second. */
export function follow(view: StudyView, url: string, draw: () => void): void {
  const source = new EventSource(url)
  let [drawnAt, isDue, isStale] = [Number.NEGATIVE_INFINITY, false, false]
  const drawNow = (): void => {
    isDue = false
    isStale = document.hidden
    if (isStale) return
    drawnAt = performance.now()
    draw()
  }
  const changed = (): void => {
    view.forget()
    if (isDue) return
    isDue = true
    setTimeout(drawNow, Math.max(GATHER_MS, drawnAt + LEAST_MS_BETWEEN - performance.now()))
  }
  document.addEventListener('visibilitychange', () => {
    if (isStale && !document.hidden) drawNow()
  })
  const on = <T>(name: string, take: (value: T) => void): void => {
    source.addEventListener(name, (event) => {
      take(JSON.parse((event as MessageEvent<string>).data) as T)
      changed()
    })
  }
  on<PictureStage[]>('stages', (stages) => {
    view.records = { ...view.records, stages }
  })
  on<TrialColumns>('trials', (columns) => {
    view.records = { ...view.records, trials: mergeTrials(view.records.trials, decodeTrials(columns)) }
  })
  on<Curve[]>('curves', (curves) => {
    const fresh = new Map([...view.records.curves, ...curves].map((curve) => [curve.trial, curve]))
    view.records = { ...view.records, curves: [...fresh.values()].sort((a, b) => a.trial - b.trial) }
  })
  on<Summary>('summary', ({ head, answers, best, importance, explanation }) => {
    view.records = { ...view.records, importance }
    place(view.root, '.head', head)
    place(view.root, '.answers', answers)
    place(view.root, '.best', best)
    const sentences = view.root.querySelector('.explain pre')
    if (sentences !== null && explanation !== null)
      sentences.textContent = explanation.split('\n').map(visible).join('\n')
  })
  on<{ text: string }>('gone', ({ text }) => {
    showBanner(view.root, text)
  })
  source.addEventListener('open', () => showBanner(view.root, ''))
  source.addEventListener('error', () => showBanner(view.root, 'Connection lost; reconnecting.'))
}

/** HTML that the own server made of escaped texts. Only what has changed is placed: a screen reader hears no more. */
function place(root: HTMLElement, selector: string, html: string): void {
  const element = root.querySelector<HTMLElement>(selector)
  if (element === null || element.dataset.html === html) return
  element.dataset.html = html
  const status = element.querySelector('[role=status]')
  const template = document.createElement('template')
  template.innerHTML = html
  const fresh = template.content.querySelector('[role=status]')
  if (status !== null && fresh !== null && status.textContent === fresh.textContent)
    fresh.removeAttribute('role')
  element.replaceChildren(template.content)
}

function showBanner(root: HTMLElement, text: string): void {
  let banner = root.querySelector<HTMLElement>('.banner')
  if (banner === null) {
    banner = document.createElement('p')
    banner.className = 'banner'
    root.prepend(banner)
  }
  banner.hidden = text === ''
  banner.textContent = text
}
