import { visible } from '../../escape.ts'
import type { Figure, Point } from '../../figure.ts'
import { drawSvg } from '../../svg.ts'
import { placesOf, type StudyView, widthOf } from './state.ts'

const SVG = 'http://www.w3.org/2000/svg'

/** Redraws a picture for the width of its place, with its sentences. */
export function redraw(view: StudyView, plot: HTMLElement): void {
  const figure = view.figure(plot.dataset.picture!)
  if (figure === undefined) return
  const width = widthOf(plot)
  plot.innerHTML = figure.panels.length === 0 ? '' : drawSvg(figure, { width, theme: 'page' })
  const summary = plot.parentElement?.querySelector('.summary')
  if (summary != null) {
    summary.textContent = visible(figure.summary)
    for (const note of plot.parentElement?.querySelectorAll('.note') ?? []) note.remove()
    summary.after(...figure.notes.map(noteOf))
  }
  const heading = plot.parentElement?.querySelector('h2')
  if (heading != null && heading.textContent !== figure.title) heading.textContent = figure.title
  markChosen(view, plot)
}

function noteOf(text: string): HTMLElement {
  const note = document.createElement('p')
  note.className = 'note'
  note.textContent = visible(text)
  return note
}

/** Marks the chosen trial where the picture shows it. */
export function markChosen(view: StudyView, plot: HTMLElement): void {
  const svg = plot.querySelector('svg')
  svg?.querySelector('.chosen')?.remove()
  const figure = view.figure(plot.dataset.picture!)
  if (svg == null || figure === undefined || view.chosen === null) return
  const group = document.createElementNS(SVG, 'g')
  group.setAttribute('class', 'chosen')
  for (const { kind, spots } of spotsOf(figure, svg)) {
    const own = spots.filter(({ trial }) => trial === view.chosen)
    if (own.length === 0) continue
    if (kind === 'line') {
      const path = document.createElementNS(SVG, 'path')
      path.setAttribute('class', 'mark')
      path.setAttribute(
        'd',
        own.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(''),
      )
      group.append(path)
      continue
    }
    for (const { x, y } of own) {
      const circle = document.createElementNS(SVG, 'circle')
      circle.setAttribute('class', 'mark')
      circle.setAttribute('r', '6')
      circle.setAttribute('cx', x.toFixed(1))
      circle.setAttribute('cy', y.toFixed(1))
      group.append(circle)
    }
  }
  svg.append(group)
}

interface Spot {
  readonly x: number
  readonly y: number
  readonly trial: number
}

interface Spots {
  readonly kind: 'dot' | 'line'
  readonly spots: readonly Spot[]
}

/** Where the picture shows trials, in the units of its view box. */
export function spotsOf(figure: Figure, svg: SVGSVGElement): Spots[] {
  const { panels } = placesOf(figure, svg)
  return figure.panels.flatMap((panel, i) => {
    const { plot } = panels[i]!
    const spot = ([x, y, trial]: Point): Spot => ({
      x: plot.x + Math.min(1, Math.max(0, x)) * plot.w,
      y: plot.y + (1 - Math.min(1, Math.max(0, y))) * plot.h,
      trial,
    })
    return panel.marks.flatMap((mark): Spots[] => {
      if (mark.kind === 'dots') return [{ kind: 'dot', spots: mark.points.map(spot) }]
      if (mark.kind !== 'lines') return []
      return mark.lines.map((line) => ({ kind: 'line', spots: line.map(spot) }))
    })
  })
}

/** The trial nearest to a place on the screen, within 14 pixels. */
export function nearestTrial(view: StudyView, plot: HTMLElement, event: MouseEvent): number | null {
  const svg = plot.querySelector('svg')
  const figure = view.figure(plot.dataset.picture!)
  if (svg == null || figure === undefined) return null
  const box = svg.getBoundingClientRect()
  const scale = svg.viewBox.baseVal.width / Math.max(1, box.width)
  const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale]
  let [nearest, distance] = [null as number | null, (14 * scale) ** 2]
  for (const { kind, spots } of spotsOf(figure, svg)) {
    spots.forEach((spot, i) => {
      if (spot.trial < 0) return
      const before = kind === 'line' && i > 0 ? spots[i - 1]! : spot
      const away = distanceTo(x, y, before, spot)
      if (away < distance) [nearest, distance] = [spot.trial, away]
    })
  }
  return nearest
}

/** The square of the distance to a stretch. */
function distanceTo(x: number, y: number, a: Spot, b: Spot): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / length))
  return (x - a.x - share * dx) ** 2 + (y - a.y - share * dy) ** 2
}
