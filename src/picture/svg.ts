import { thinned } from './axis.ts'
import { cut, cutApart, escapeText } from './escape.ts'
import type { Axis, Figure, LegendEntry, Panel } from './figure.ts'
import {
  type Box,
  labelRise,
  layoutFigure,
  longestLabel,
  NARROW,
  type PanelPlace,
  textWidth,
} from './layout.ts'
import { PALETTE_ROLES, PALETTES, type PaletteRole } from './palette.ts'
import { drawMark, drawPlainCells, drawSample, isPlainCell, type Paint, px } from './svg-marks.ts'

export interface SvgOptions {
  /** In pixels; wider where a panel needs it. */
  readonly width: number
  /** `page` leaves all colours to the classes of the page that it is placed in, and title and notes to its text. */
  readonly theme: 'auto' | 'light' | 'dark' | 'page'
}

const FONT = 'system-ui, sans-serif'

/**
 * A figure as one SVG element. The same figure gives the same bytes. There is no `style` attribute in it, which a
 * page's content security policy would drop, and no id, which two pictures of one page could share.
 */
export function drawSvg(figure: Figure, { width, theme }: SvgOptions): string {
  const inPage = theme === 'page'
  const layout = layoutFigure(figure, width, !inPage)
  const paint = painter(theme)
  const body = [
    ...(inPage
      ? []
      : [`<rect${paint.fill('ground')} width="${px(layout.width)}" height="${px(layout.height)}"/>`]),
    ...(inPage ? [] : drawHeading(figure, layout.width, paint)),
    ...drawLegend(figure.legend, layout.legend, paint),
    ...figure.panels.flatMap((panel, i) => drawPanel(panel, layout.panels[i]!, layout.width, paint)),
    ...(inPage ? [] : drawNotes(layout.notes, layout.notesTop, paint)),
  ]
  const label = escapeText(`${figure.title}: ${figure.summary}`)
  const head =
    `<svg${inPage ? '' : ' xmlns="http://www.w3.org/2000/svg"'} viewBox="0 0 ${px(layout.width)} ${px(layout.height)}" ` +
    `width="${px(layout.width)}" height="${px(layout.height)}" role="img" aria-label="${label}" ` +
    `font-family="${FONT}" font-size="11">`
  const told = inPage
    ? []
    : [`<title>${escapeText(figure.title)}</title>`, `<desc>${escapeText(figure.summary)}</desc>`]
  const style = theme === 'auto' ? [`<style>${darkStyle()}</style>`] : []
  return [head, ...told, ...style, ...body, '</svg>'].join(inPage ? '' : '\n') + (inPage ? '' : '\n')
}

/** A standing picture is light by its attributes, and dark by classes where the reader's system is. */
function painter(theme: SvgOptions['theme']): Paint {
  const palette = theme === 'page' ? null : PALETTES[theme === 'dark' ? 'dark' : 'light']
  const classed = theme === 'page' || theme === 'auto'
  const attribute = (name: 'fill' | 'stroke', role: PaletteRole): string =>
    (classed ? ` class="${name[0]}-${role}"` : '') + (palette === null ? '' : ` ${name}="${palette[role]}"`)
  return {
    fill: (role) => attribute('fill', role),
    stroke: (role) => attribute('stroke', role),
    both: (role) =>
      (classed ? ` class="f-${role} s-${role}"` : '') +
      (palette === null ? '' : ` fill="${palette[role]}" stroke="${palette[role]}"`),
  }
}

function darkStyle(): string {
  const rules = PALETTE_ROLES.map(
    (role) => `.f-${role}{fill:${PALETTES.dark[role]}}.s-${role}{stroke:${PALETTES.dark[role]}}`,
  )
  return `@media (prefers-color-scheme:dark){${rules.join('')}}`
}

/** The classes of pictures in a page, whose colours are the variables of `paletteVariables`. */
export function pageClasses(): string {
  return PALETTE_ROLES.map((role) => `.f-${role}{fill:var(--${role})}.s-${role}{stroke:var(--${role})}`).join(
    '',
  )
}

/** `--s0:#6e7781;...` of one theme. */
export function paletteVariables(theme: 'light' | 'dark'): string {
  return PALETTE_ROLES.map((role) => `--${role}:${PALETTES[theme][role]}`).join(';')
}

function drawHeading(figure: Figure, width: number, paint: Paint): string[] {
  const title = cut(figure.title, Math.floor(width / 9))
  return [
    `<text x="12" y="24" font-size="15" font-weight="600"${paint.fill('text')}>${escapeText(title)}</text>`,
  ]
}

function drawNotes(notes: readonly string[], top: number, paint: Paint): string[] {
  return notes.map(
    (line, i) => `<text x="12" y="${px(top + i * 15)}"${paint.fill('dim')}>${escapeText(line)}</text>`,
  )
}

function drawLegend(
  legend: readonly LegendEntry[],
  places: readonly { readonly x: number; readonly y: number }[],
  paint: Paint,
): string[] {
  return legend.map((entry, i) => {
    const { x, y } = places[i]!
    return `${drawSample(entry, x, y, paint)}<text x="${px(x + 20)}" y="${px(y + 4)}"${paint.fill('dim')}>${escapeText(entry.text)}</text>`
  })
}

function drawPanel(panel: Panel, place: PanelPlace, width: number, paint: Paint): string[] {
  const { plot } = place
  const title =
    panel.title === ''
      ? []
      : [
          `<text x="${px(place.titleX)}" y="${px(plot.y - (panel.y.label === '' ? 8 : 20))}" font-weight="600"${paint.fill('text')}>${escapeText(cut(panel.title, Math.max(40, Math.floor(plot.w / 6.5))))}</text>`,
        ]
  const behind = panel.marks.filter((mark) => mark.kind === 'box' && mark.look === 'band')
  const cells = panel.marks.filter(isPlainCell)
  const front = panel.marks.filter((mark) => !behind.includes(mark) && !isPlainCell(mark))
  return [
    ...behind.map((mark) => drawMark(mark, plot, paint)),
    ...drawGrid(panel, plot, paint),
    ...title,
    ...drawPlainCells(cells, plot, paint),
    ...front.map((mark) => drawMark(mark, plot, paint)),
    ...drawXAxis(panel, plot, paint),
    ...drawYAxis(panel, plot, paint),
    ...(width < NARROW ? [] : drawNotesBeside(panel, place, paint)),
  ].filter((part) => part !== '')
}

function drawGrid({ y }: Panel, plot: Box, paint: Paint): string[] {
  if (y.bands > 0 || y.ticks.length === 0) return []
  const path = y.ticks.map(({ at }) => `M${px(plot.x)} ${px(plot.y + plot.h * (1 - at))}h${px(plot.w)}`)
  return [`<path${paint.stroke('grid')} d="${path.join('')}"/>`]
}

/** Ticks with labels below; those that would run into their neighbour are left out. */
function drawXAxis({ x }: Panel, plot: Box, paint: Paint): string[] {
  if (x.ticks.length === 0 && x.label === '') return []
  const bottom = plot.y + plot.h
  const parts: string[] = []
  if (x.bands === 0) {
    const marks = x.ticks.map(({ at }) => `M${px(plot.x + at * plot.w)} ${px(bottom)}v4`).join('')
    parts.push(
      `<path fill="none"${paint.stroke('axis')} d="M${px(plot.x)} ${px(bottom)}h${px(plot.w)}${marks}"/>`,
    )
  }
  for (const { centre, text } of shownLabels(x, plot)) {
    parts.push(
      `<text x="${px(centre)}" y="${px(bottom + 16)}" text-anchor="middle"${paint.fill('dim')}>${escapeText(text)}</text>`,
    )
  }
  if (x.label !== '') {
    parts.push(
      `<text x="${px(plot.x + plot.w)}" y="${px(bottom + 30)}" text-anchor="end"${paint.fill('dim')}>${escapeText(cut(x.label, 40))}</text>`,
    )
  }
  return parts
}

interface Label {
  readonly centre: number
  readonly text: string
}

/**
 * The labels that have room. Names that would be left out beside their neighbours are cut to the room of each; of
 * numbers, which mean another number when cut, every second or third is shown.
 */
function shownLabels({ ticks, bands }: Axis, plot: Box): Label[] {
  const room = plot.w / Math.max(1, bands > 0 ? bands : ticks.length)
  const most = Math.max(3, Math.floor((room * 1.4) / 6))
  const names = ticks.filter(({ text }) => !isNumber(text))
  const placed = (textOf: (text: string) => string): Label[] =>
    names.map(({ at, text }) => ({ centre: plot.x + at * plot.w, text: textOf(text) }))
  const long = placed((text) => cut(text, Math.min(24, most)))
  const short = placed((text) => cutToWidth(text, room - LABEL_GAP))
  const shown = names.length === ticks.length && apart(long).length < apart(short).length ? short : long
  return withNumbers(apart(shown), ticks, plot)
}

/** Every k-th number, with the least k that leaves them apart; those that would run into a name are left out. */
function withNumbers(names: readonly Label[], ticks: Axis['ticks'], plot: Box): Label[] {
  const numbers = ticks
    .filter(({ text }) => isNumber(text))
    .map(({ at, text }) => ({ centre: plot.x + at * plot.w, text }))
    .filter((label) => names.every((name) => apart([name, label].sort(byCentre)).length === 2))
  let every = 1
  let some = numbers
  while (apart(some).length < some.length) {
    every++
    some = numbers.filter((_, i) => i % every === 0)
  }
  return [...names, ...some].sort(byCentre)
}

function isNumber(text: string): boolean {
  return text !== '' && !Number.isNaN(Number(text))
}

function byCentre(a: Label, b: Label): number {
  return a.centre - b.centre
}

const LABEL_GAP = 6

/** The labels without those that would run into the one before. */
function apart(labels: readonly Label[]): Label[] {
  let end = Number.NEGATIVE_INFINITY
  return labels.filter(({ centre, text }) => {
    const half = textWidth(text) / 2
    if (centre - half < end + LABEL_GAP) return false
    end = centre + half
    return true
  })
}

function cutToWidth(text: string, width: number): string {
  let length = [...text].length
  while (length > 2 && textWidth(cut(text, length)) > width) length--
  return cut(text, length)
}

/** Labels of y that are nearer to each other would touch. */
const LINE_HEIGHT = 10

function drawYAxis(panel: Panel, plot: Box, paint: Paint): string[] {
  const { y } = panel
  const ticks = thinned(y.ticks, LINE_HEIGHT / plot.h)
  const texts = cutApart(
    ticks.map(({ text }) => text),
    longestLabel(panel),
  )
  const parts = ticks.map(({ at }, i) => {
    const top = plot.y + plot.h * (1 - at) + 4
    return `<text x="${px(plot.x - 8)}" y="${px(top)}" text-anchor="end"${paint.fill('dim')}>${escapeText(texts[i]!)}</text>`
  })
  // One line higher than what stands in the panel's top: labels of bands stand there.
  if (y.label !== '') {
    parts.push(
      `<text x="${px(Math.max(2, plot.x - 40))}" y="${px(plot.y - 6 - labelRise(panel))}"${paint.fill('dim')}>${escapeText(cut(y.label, 40))}</text>`,
    )
  }
  return parts
}

function drawNotesBeside(panel: Panel, { plot, notesX }: PanelPlace, paint: Paint): string[] {
  return panel.notes.map(({ text, warning }, i) => {
    const y = plot.y + (plot.h * (i + 0.5)) / panel.notes.length + 4
    return `<text x="${px(notesX)}" y="${px(y)}"${paint.fill(warning ? 'warn' : 'dim')}>${escapeText(text)}</text>`
  })
}
