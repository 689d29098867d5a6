import type { Curve, PictureStage } from '../../study.ts'
import { decodeTrials, mergeTrials, type TrialColumns } from '../page-data.ts'
import type { StudyView } from './state.ts'

/** Follows a running study: takes what the server says, and asks for a drawing at most once a second. */
export function follow(view: StudyView, url: string, draw: () => void): void {
  const source = new EventSource(url)
  let dirty = false
  const changed = (): void => {
    view.forget()
    dirty = true
  }
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
  on<{ head: string; answers: string; best: string }>('summary', ({ head, answers, best }) => {
    place(view.root, '.head', head)
    place(view.root, '.answers', answers)
    place(view.root, '.best', best)
  })
  on<{ text: string }>('gone', ({ text }) => {
    showBanner(view.root, text)
  })
  source.addEventListener('open', () => showBanner(view.root, ''))
  source.addEventListener('error', () => showBanner(view.root, 'Connection lost; reconnecting.'))
  setInterval(() => {
    if (!dirty || document.hidden) return
    dirty = false
    draw()
  }, 1000)
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
