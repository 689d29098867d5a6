import type { Figure, Panel } from './figure.ts'

/** A rectangle in pixels. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

export interface PanelPlace {
  /** What is between the axes. */
  readonly plot: Box
  /** Where texts beside the bands begin. */
  readonly notesX: number
  readonly titleX: number
}

export interface FigureLayout {
  readonly width: number
  readonly height: number
  readonly panels: readonly PanelPlace[]
  /** Where each entry of the legend begins; y is its middle. */
  readonly legend: readonly { readonly x: number; readonly y: number }[]
  /** The sentences below, broken to the width, and the position of the first. */
  readonly notes: readonly string[]
  readonly notesTop: number
}

const EDGE = 12
const GAP = 20
/** The least width of a panel that shares its row. */
const LEAST_PART = 250
const LEGEND_ROW = 20
/** Below this width texts beside the bands would leave no room for what they stand beside. */
export const NARROW = 480

/**
 * The position of everything in a figure of that width.
 * @param alone true if title and notes are drawn as well
 */
export function layoutFigure(figure: Figure, width: number, alone: boolean): FigureLayout {
  const wanted = figure.panels.map(
    (panel) => panel.minWidth + leftOf(panel) + rightOf(panel, width) + 2 * EDGE,
  )
  const whole = Math.max(width, ...wanted)
  let y = alone ? 36 : 4
  const legend = placeLegend(figure, whole, y)
  if (legend.length > 0) y = legend.at(-1)!.y + LEGEND_ROW - 4
  const panels: PanelPlace[] = []
  const parts = Math.max(1, Math.floor((whole - 2 * EDGE + GAP) / (LEAST_PART + GAP)))
  for (let first = 0; first < figure.panels.length; ) {
    const row = rowFrom(figure.panels, first, parts)
    const each = row[0]!.span === 'full' ? whole - 2 * EDGE : (whole - 2 * EDGE - (parts - 1) * GAP) / parts
    const top = y + Math.max(...row.map(topOf))
    let bottom = top
    row.forEach((panel, i) => {
      const place = placePanel(panel, EDGE + i * (each + GAP), top, each, whole)
      panels.push(place)
      bottom = Math.max(bottom, top + place.plot.h + bottomOf(panel))
    })
    y = bottom + 8
    first += row.length
  }
  const notes = alone
    ? [figure.summary, ...figure.notes].flatMap((note) => wrapText(note, whole - 2 * EDGE))
    : []
  const notesTop = y + 14
  return {
    width: whole,
    height: alone ? notesTop + notes.length * 15 : y,
    panels,
    legend,
    notes,
    notesTop,
  }
}

/** The panels of one row: one that is full, or as many parts as have room. */
function rowFrom(panels: readonly Panel[], first: number, most: number): readonly Panel[] {
  if (panels[first]!.span === 'full') return [panels[first]!]
  let end = first + 1
  while (end < panels.length && end - first < most && panels[end]!.span === 'part') end++
  return panels.slice(first, end)
}

function placePanel(panel: Panel, x: number, top: number, width: number, whole: number): PanelPlace {
  const left = leftOf(panel)
  const room = Math.max(40, width - left - rightOf(panel, whole))
  const w = panel.maxWidth > 0 ? Math.min(room, panel.maxWidth) : room
  // What is as high as it is wide shrinks with its width.
  const h = panel.maxWidth > 0 ? (panel.height * w) / panel.maxWidth : panel.height
  return { plot: { x: x + left, y: top, w, h }, notesX: x + left + w + 8, titleX: x }
}

/** The most letters of a label of y: beside other panels there is less room. */
export function longestLabel({ span }: Panel): number {
  return span === 'part' ? 14 : 22
}

function leftOf(panel: Panel): number {
  const most = longestLabel(panel)
  const widest = Math.max(0, ...panel.y.ticks.map(({ text }) => textWidth([...text].slice(0, most).join(''))))
  return widest === 0 ? 8 : Math.ceil(widest) + 14
}

function rightOf({ notes }: Panel, whole: number): number {
  const widest = Math.max(0, ...notes.map(({ text }) => textWidth(text)))
  return widest === 0 || whole < NARROW ? 10 : Math.min(Math.ceil(widest) + 10, whole / 2.4)
}

function topOf(panel: Panel): number {
  return (panel.title === '' ? 8 : 20) + labelRise(panel) + (panel.y.label === '' ? 0 : 14)
}

/** A tick this near the top would have its text beside the name of y. */
const TOP_TICK = 0.95

/** How much higher the name of y stands where other labels stand above the panel, or a tick at its top. */
export function labelRise({ marks, y }: Panel): number {
  if (marks.some((mark) => mark.kind === 'label' && mark.y > 1)) return 14
  return y.label !== '' && y.ticks.some(({ at }) => at > TOP_TICK) ? 6 : 0
}

function bottomOf({ x }: Panel): number {
  if (x.label !== '') return 36
  return x.ticks.length > 0 ? 22 : 6
}

function placeLegend({ legend }: Figure, width: number, top: number): { x: number; y: number }[] {
  let [x, y] = [EDGE, top + 8]
  return legend.map(({ text }) => {
    const needed = 20 + textWidth(text)
    if (x > EDGE && x + needed > width - EDGE) {
      x = EDGE
      y += LEGEND_ROW
    }
    const place = { x, y }
    x += needed + 16
    return place
  })
}

/** About how wide a text of 11 px is: no font is at hand, so each sign has the width of its kind. */
export function textWidth(text: string): number {
  let width = 0
  for (const sign of text) {
    const code = sign.codePointAt(0)!
    if (code >= 0x1100 && code > 0x2fff) width += 11.5
    else if ("iljtf.,:;|![]()' ".includes(sign)) width += 4
    else if ((code >= 65 && code <= 90) || 'mw→·…—'.includes(sign)) width += 8
    else width += 6.4
  }
  return width
}

/** Breaks a text at its spaces to lines of about that many pixels. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line]
}
