import {
  displayWidth,
  padEnd,
  padStart,
  paint,
  type Span,
  type Tone,
  truncate,
  wrap,
} from '../report/text.ts'
import { createCanvas, type TextCanvas } from './braille.ts'
import { cutApart, visible } from './escape.ts'
import type { Axis, DotShape, Figure, Lines, Mark, Panel, Role } from './figure.ts'
import { drawPixelRows } from './text-pixels.ts'
import { barSign, legendLine, shadeOf, signOf, toneOf } from './text-signs.ts'

export interface TextOptions {
  /** Columns of the window. */
  readonly width: number
  readonly colour: boolean
  /** Signs of ASCII in place of braille. */
  readonly ascii: boolean
}

/** A figure for a terminal: title, panels below each other, legend and notes. Ends with a line break. */
export function drawText(figure: Figure, options: TextOptions): string {
  const width = Math.max(20, options.width)
  const lines: Span[][] = [
    [{ text: truncate(visible(figure.title), width), tone: 'strong' }],
    ...wrap(visible(figure.summary), width).map((line): Span[] => [line]),
  ]
  for (const panel of figure.panels) lines.push(...drawPanel(panel, { ...options, width }))
  const legend = legendLine(figure.legend, options.ascii)
  if (figure.panels.length > 0 && legend !== '') {
    lines.push(...wrap(legend, width).map((line): Span[] => [{ text: line, tone: 'dim' }]))
  }
  for (const note of figure.notes) {
    lines.push(...wrap(visible(note), width).map((line): Span[] => [{ text: line, tone: 'dim' }]))
  }
  const text = lines.map((line) => `${paint(line, options.colour).trimEnd()}\n`).join('')
  // The program's own signs; a name keeps its letters.
  return options.ascii ? text.replaceAll('…', '~').replaceAll('·', '-').replaceAll('×', 'x') : text
}

const LEFT_MOST = 16

/** Labels of y; by their ends too where they begin alike. */
function leftLabels({ ticks }: Axis): string[] {
  const texts = ticks.map(({ text }) => visible(text))
  return cutApart(texts, LEFT_MOST).map((text, i) => {
    const begun = truncate(texts[i]!, LEFT_MOST)
    return displayWidth(text) <= LEFT_MOST ? text : begun
  })
}

function drawPanel(panel: Panel, { width, ascii, colour }: TextOptions): Span[][] {
  const pixels = panel.marks.filter((mark) => mark.kind === 'pixels')
  const heading: Span[][] =
    panel.title.trim() === '' ? [] : [[{ text: visible(panel.title), tone: 'strong' }]]
  if (pixels.length > 0) {
    return [...heading, ...pixels.flatMap((mark) => drawPixelRows(mark, width, colour, ascii))]
  }
  const labels = leftLabels(panel.y)
  const left = Math.max(0, ...labels.map(displayWidth))
  const right = Math.min(
    Math.floor(width / 3),
    Math.max(0, ...panel.notes.map(({ text }) => displayWidth(visible(text)))),
  )
  const columns = Math.max(10, Math.min(100, width - left - 2 - (right > 0 ? right + 2 : 0)))
  const cells = panel.marks.some((mark) => mark.kind === 'cell' && mark.text !== '')
  if (cells) return [...heading, ...drawCells(panel, width)]
  const perBand = linesPerBand(panel)
  const rows =
    panel.y.bands > 0 ? panel.y.bands * perBand : Math.max(6, Math.min(15, Math.round(panel.height / 15)))
  const canvas = createCanvas(columns, rows, ascii)
  for (const mark of panel.marks) drawMark(canvas, mark, ascii)
  // A band's first line has its name and its note.
  const bandOf = (row: number): number => (row % perBand === 0 ? row / perBand : -1)
  const left1 = (row: number): string => {
    const i = panel.y.ticks.findIndex(({ at }) =>
      perBand > 1
        ? Math.floor((1 - at) * panel.y.bands) === bandOf(row)
        : Math.min(rows - 1, Math.floor((1 - at) * rows)) === row,
    )
    return padStart(labels[i] ?? '', left)
  }
  const body = canvas
    .cells()
    .map((row, i): Span[] => [
      { text: `${left1(i)} `, tone: 'dim' },
      ...spansOf(row),
      ...noteSpan(panel.notes[bandOf(i)], right),
    ])
  const above = labelsAbove(panel, columns)
  const top: Span[][] =
    panel.y.label === '' || panel.y.bands > 0 ? [] : [[{ text: visible(panel.y.label), tone: 'dim' }]]
  if (above !== '') top.push([{ text: ' '.repeat(left + 1) + above, tone: 'dim' }])
  return [...heading, ...top, ...body, ...xLines(panel.x, left + 1, columns)]
}

/** How many bars lie below each other in a band. */
function linesPerBand({ marks, y }: Panel): number {
  if (y.bands === 0) return 1
  const heights = new Set(
    marks.flatMap((mark) => (mark.kind === 'box' && mark.look === 'bar' ? mark.y[0] : [])),
  )
  return Math.max(1, Math.ceil(heights.size / y.bands))
}

function noteSpan(note: Panel['notes'][number] | undefined, width: number): Span[] {
  if (note === undefined) return []
  const { text, warning } = note
  return ['  ', { text: truncate(visible(text), width), tone: warning ? 'warning' : 'dim' }]
}

/** Neighbours of one tone as one span. */
function spansOf(cells: readonly { readonly text: string; readonly tone: Tone | null }[]): Span[] {
  const spans: { text: string; tone: Tone | null }[] = []
  for (const { text, tone } of cells) {
    const last = spans.at(-1)
    if (last !== undefined && (last.tone === tone || text === ' ')) last.text += text
    else spans.push({ text, tone })
  }
  return spans.map(({ text, tone }) => (tone === null ? text : { text, tone }))
}

/** Tick labels below their places, those that would touch left out, and the axis' name. */
function xLines({ ticks, label }: Axis, indent: number, columns: number): Span[][] {
  let line = ''
  for (const { at, text } of ticks) {
    const word = truncate(visible(text), Math.max(6, Math.floor(columns / Math.max(1, ticks.length))))
    const half = Math.floor(displayWidth(word) / 2)
    const start = Math.max(0, Math.min(columns - displayWidth(word), Math.round(at * (columns - 1)) - half))
    if (line !== '' && start < displayWidth(line) + 1) continue
    line = padEnd(line, start) + word
  }
  const name = label === '' ? '' : truncate(visible(label), columns)
  const both = displayWidth(line) + 2 + displayWidth(name) <= columns && line !== ''
  const ended = padStart(name, columns)
  const rows = name === '' ? [line] : both ? [line + ended.slice(displayWidth(line))] : [line, ended]
  return rows
    .filter((row) => row !== '')
    .map((row): Span[] => [{ text: ' '.repeat(indent) + row, tone: 'dim' }])
}

function drawMark(canvas: TextCanvas, mark: Mark, ascii: boolean): void {
  switch (mark.kind) {
    case 'dots':
      for (const [x, y] of mark.points) drawPoint(canvas, x, y, mark.role, mark.shape, ascii)
      return
    case 'lines':
      for (const line of mark.lines) drawLine(canvas, line, mark)
      return
    case 'box':
      if (mark.look === 'range') drawRange(canvas, mark.x, mark.y)
      else if (mark.look === 'bar') drawBar(canvas, mark.x, mark.y, mark.role, ascii)
      return
    case 'cell':
      drawShade(canvas, mark.x, mark.y, shadeOf(mark.role, ascii))
      return
    case 'label':
    case 'pixels':
      return
  }
}

function drawPoint(
  canvas: TextCanvas,
  x: number,
  y: number,
  role: Role,
  shape: DotShape,
  ascii: boolean,
): void {
  const tone = toneOf(role)
  if (shape === 'cross') canvas.sign(x, y, ascii ? 'x' : '×', tone)
  else if (shape === 'large') canvas.sign(x, y, ascii ? '*' : '●', tone)
  else if (shape === 'ring') canvas.sign(x, y, ascii ? 'o' : '○', tone)
  else if (shape === 'diamond') canvas.sign(x, y, ascii ? 'd' : '◇', tone)
  else canvas.dot(x, y, tone, signOf(role))
}

function drawLine(
  canvas: TextCanvas,
  points: readonly (readonly [number, number, number])[],
  { role, steps, dashed }: Lines,
): void {
  const tone = toneOf(role)
  const sign = role === 'winner' ? '*' : '.'
  points.forEach(([x, y], i) => {
    const before = points[i - 1]
    if (before === undefined) canvas.dot(x, y, tone, sign)
    else if (steps) {
      canvas.line(before[0], before[1], x, before[1], tone, sign, dashed)
      canvas.line(x, before[1], x, y, tone, sign, dashed)
    } else canvas.line(before[0], before[1], x, y, tone, sign, dashed)
  })
}

/** The two ends of a range, in the row of its middle. */
function drawRange(canvas: TextCanvas, x: readonly [number, number], y: readonly [number, number]): void {
  const row = Math.min(canvas.rows - 1, Math.max(0, Math.floor((1 - (y[0] + y[1]) / 2) * canvas.rows)))
  const from = Math.min(canvas.columns - 2, Math.floor(x[0] * canvas.columns))
  const to = Math.max(from + 1, Math.min(canvas.columns - 1, Math.ceil(x[1] * canvas.columns) - 1))
  canvas.write(from, row, '[', 'dim')
  canvas.write(to, row, ']', 'dim')
}

function drawBar(
  canvas: TextCanvas,
  x: readonly [number, number],
  y: readonly [number, number],
  role: Role,
  ascii: boolean,
): void {
  const row = Math.min(canvas.rows - 1, Math.max(0, Math.floor((1 - (y[0] + y[1]) / 2) * canvas.rows)))
  const from = Math.round(x[0] * canvas.columns)
  // An interval is always seen; a length from 0 is rounded, or nothing would look like something.
  const count = Math.max(x[0] > 0 ? 1 : 0, Math.round(x[1] * canvas.columns) - from)
  canvas.write(from, row, barSign(role, ascii).repeat(count), toneOf(role))
}

function drawShade(
  canvas: TextCanvas,
  x: readonly [number, number],
  y: readonly [number, number],
  shade: string,
): void {
  const [from, to] = [Math.round(x[0] * canvas.columns), Math.round(x[1] * canvas.columns)]
  const [top, bottom] = [Math.round((1 - y[1]) * canvas.rows), Math.round((1 - y[0]) * canvas.rows)]
  for (let row = top; row < bottom; row++) canvas.write(from, row, shade.repeat(Math.max(1, to - from)), null)
}

/** The line above a panel: names of stages and of upright axes, those that would touch left out. */
function labelsAbove({ marks }: Panel, columns: number): string {
  const labels = marks.filter((mark) => mark.kind === 'label').filter(({ y }) => y >= 1)
  let line = ''
  for (const { x, text, anchor, room = 1 } of labels.toSorted((a, b) => a.x - b.x)) {
    if (displayWidth(visible(text)) > room * columns) continue
    const word = truncate(visible(text), Math.max(6, Math.floor(columns / labels.length) - 1))
    const size = displayWidth(word)
    const at =
      Math.round(x * columns) - (anchor === 'start' ? 0 : Math.floor(size / (anchor === 'end' ? 1 : 2)))
    const start = Math.max(0, Math.min(columns - size, at))
    if (line !== '' && start < displayWidth(line) + 1) continue
    line = padEnd(line, start) + word
  }
  return line
}

/** A table of numbers: rows are the bands of y, columns those of x. */
function drawCells(panel: Panel, width: number): Span[][] {
  const names = panel.y.ticks.map(({ text }) => truncate(visible(text), LEFT_MOST))
  const heads = panel.x.ticks.map(({ text }) => visible(text))
  const cells = panel.marks.filter((mark) => mark.kind === 'cell')
  const left = Math.max(0, ...names.map(displayWidth))
  const widest = Math.max(3, ...cells.map(({ text }) => text.length))
  const room = Math.max(widest, Math.min(8, Math.floor((width - left - 2) / Math.max(1, heads.length)) - 1))
  const columns = heads.length
  const lines: Span[][] = [
    [
      {
        text: `${' '.repeat(left)} ${heads.map((head) => padStart(truncate(head, room), room + 1)).join('')}`,
        tone: 'dim',
      },
    ],
  ]
  names.forEach((name, i) => {
    const row = cells.slice(i * columns, (i + 1) * columns)
    lines.push([
      { text: `${padEnd(name, left)} `, tone: 'dim' },
      ...row.map((cell): Span => {
        const text = padStart(cell.text, room + 1)
        return cell.strong ? { text, tone: 'strong' } : text
      }),
    ])
  })
  return lines
}
