import { parallelAxes } from '../../figures/parallel.ts'
import { type PictureTrial, rankedWithValue, searchedNames } from '../../study.ts'
import { redraw } from './draw.ts'
import { placesOf, type StudyView } from './state.ts'

/** The line of tools above a picture; made once. */
function toolsOf(plot: HTMLElement): HTMLElement {
  const before = plot.previousElementSibling
  if (before instanceof HTMLElement && before.classList.contains('tools')) return before
  const tools = document.createElement('div')
  tools.className = 'tools'
  plot.before(tools)
  return tools
}

/** A choice of what the curves show, and a logarithmic axis. */
export function curveTools(view: StudyView, plot: HTMLElement): void {
  const metrics = [...new Set(view.records.curves.flatMap((curve) => Object.keys(curve.metrics)))]
  if (metrics.length < 2) return
  const select = document.createElement('select')
  for (const name of metrics)
    select.append(new Option(name, name, name === view.records.metric, name === view.records.metric))
  const label = document.createElement('label')
  label.append('Metric ', select)
  const log = checkbox('logarithmic')
  const change = (): void => {
    view.options.curves = { metric: select.value, log: log.input.checked }
    view.forget()
    redraw(view, plot)
  }
  select.addEventListener('change', change)
  log.input.addEventListener('change', change)
  toolsOf(plot).replaceChildren(label, log.label)
}

function checkbox(text: string): { readonly input: HTMLInputElement; readonly label: HTMLLabelElement } {
  const input = document.createElement('input')
  input.type = 'checkbox'
  const label = document.createElement('label')
  label.append(input, ` ${text}`)
  return { input, label }
}

/** Parallel coordinates: the best tenth, brushes on the axes, and another order of them. */
export class ParallelTools {
  readonly #view: StudyView
  readonly #plot: HTMLElement
  readonly #brushes = new Map<string, readonly [number, number]>()
  readonly #best = checkbox('best 10 %')
  #order: string[]

  constructor(view: StudyView, plot: HTMLElement) {
    this.#view = view
    this.#plot = plot
    const shares = view.records.importance?.map(({ name }) => name) ?? []
    this.#order = [...new Set([...shares, ...searchedNames(view.records)])]
    this.#best.input.addEventListener('change', () => this.#draw())
    this.#showTools()
    plot.addEventListener('pointerdown', (event) => this.#startBrush(event))
  }

  #showTools(): void {
    const clear = document.createElement('button')
    clear.type = 'button'
    clear.textContent = 'Clear brushes'
    clear.addEventListener('click', () => {
      this.#brushes.clear()
      this.#draw()
    })
    const axes = this.#order.slice(1).map((name) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = `← ${name}`
      button.title = `Move the axis of ${name} to the left`
      button.addEventListener('click', () => this.#moveLeft(name))
      return button
    })
    const hint = document.createElement('span')
    hint.textContent = 'Drag along an axis to brush.'
    toolsOf(this.#plot).replaceChildren(this.#best.label, clear, hint, ...axes)
  }

  #moveLeft(name: string): void {
    const at = this.#order.indexOf(name)
    this.#order.splice(at - 1, 2, name, this.#order[at - 1]!)
    this.#showTools()
    this.#draw()
    const again = [...toolsOf(this.#plot).querySelectorAll('button')].find(
      (button) => button.textContent === `← ${name}`,
    )
    again?.focus()
  }

  #draw(): void {
    const { records } = this.#view
    const axes = parallelAxes(records, this.#order, rankedWithValue(records), false).axes
    const brushed = axes.filter(({ name }) => this.#brushes.has(name))
    const passing = (trial: PictureTrial): boolean =>
      brushed.every((axis) => {
        const [low, high] = this.#brushes.get(axis.name)!
        const place = axis.place(trial)
        return place >= low && place <= high
      })
    const through = new Set(
      rankedWithValue(records)
        .filter(passing)
        .map(({ number }) => number),
    )
    this.#view.options.parallel = {
      order: this.#order,
      ...(this.#best.input.checked ? { top: 0.1 } : {}),
      ...(brushed.length > 0 ? { only: (number: number) => through.has(number) } : {}),
    }
    this.#view.forget()
    redraw(this.#view, this.#plot)
  }

  #startBrush(event: PointerEvent): void {
    const svg = this.#plot.querySelector('svg')
    const figure = this.#view.figure('parallel')
    if (svg == null || figure === undefined || event.button !== 0) return
    const { plot } = placesOf(figure, svg).panels[0]!
    const box = svg.getBoundingClientRect()
    const scale = svg.viewBox.baseVal.width / box.width
    const names = [...this.#order.slice(0, 8), this.#view.records.metric]
    const x = ((event.clientX - box.left) * scale - plot.x) / plot.w
    const index = Math.floor(x * names.length)
    const name = names[index]
    if (name === undefined || Math.abs(x - (index + 0.5) / names.length) * plot.w > 18) return
    // A brush reaches past the ends: the last value lies on the end itself.
    const at = (clientY: number): number => {
      const y = 1 - ((clientY - box.top) * scale - plot.y) / plot.h
      return y < 0.02 ? -1 : y > 0.98 ? 2 : y
    }
    const from = at(event.clientY)
    const move = (moved: PointerEvent): void => {
      const to = at(moved.clientY)
      this.#brushes.set(name, [Math.min(from, to), Math.max(from, to)])
      this.#draw()
    }
    const end = (last: PointerEvent): void => {
      window.removeEventListener('pointermove', move)
      if (Math.abs(last.clientY - event.clientY) < 4) this.#brushes.delete(name)
      this.#draw()
    }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', end, { once: true })
    event.preventDefault()
  }
}
