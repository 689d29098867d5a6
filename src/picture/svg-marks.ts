import { escapeText } from './escape.ts'
import type {
  Box as BoxMark,
  Cell,
  Dots,
  InkRole,
  Label,
  LegendEntry,
  Lines,
  Mark,
  Pixels,
  Point,
} from './figure.ts'
import { type Box, textWidth } from './layout.ts'
import type { PaletteRole } from './palette.ts'

/** The attributes that give an element the colour of a role. */
export interface Paint {
  fill(role: PaletteRole): string
  stroke(role: PaletteRole): string
  both(role: PaletteRole): string
}

/** From how many points of one series on they are drawn small. */
const MANY_POINTS = 2000

/** A length in pixels, to a tenth. */
export function px(length: number): string {
  const tenths = Math.round(length * 10) / 10
  return String(Number.isFinite(tenths) ? tenths + 0 : 0)
}

/** To half a pixel: equal points of a crowded picture fall together and are drawn once. */
function half(length: number): number {
  const halves = Math.round(length * 2) / 2
  return Number.isFinite(halves) ? halves + 0 : 0
}

export function drawMark(mark: Mark, plot: Box, paint: Paint): string {
  switch (mark.kind) {
    case 'dots':
      return drawDots(mark, plot, paint)
    case 'lines':
      return drawLines(mark, plot, paint)
    case 'box':
      return drawBox(mark, plot, paint)
    case 'cell':
      return drawCell(mark, plot, paint)
    case 'label':
      return drawLabel(mark, plot, paint)
    case 'pixels':
      return drawPixels(mark, plot)
  }
}

/** Points as one path: `M x y h0` with round caps is a dot. */
function drawDots({ role, points, shape }: Dots, plot: Box, paint: Paint): string {
  if (points.length === 0) return ''
  const seen = new Set<number>()
  let path = ''
  for (const [x, y] of points) {
    const [left, top] = [half(plot.x + clamped(x) * plot.w), half(plot.y + (1 - clamped(y)) * plot.h)]
    const place = left * WIDEST + top
    if (seen.has(place)) continue
    seen.add(place)
    path += signAt(shape, left, top)
  }
  const many = points.length > MANY_POINTS
  const width =
    shape === 'large' ? 7 : shape !== 'dot' ? (many ? 0.7 : 1.2) : many ? 1.8 : points.length > 400 ? 3 : 4
  const opacity = shape === 'dot' ? ' stroke-opacity="0.8"' : many ? ' stroke-opacity="0.6"' : ''
  return `<path fill="none"${paint.stroke(role)} stroke-width="${width}" stroke-linecap="round"${opacity} d="${path}"/>`
}

/** More than any height in pixels: a place is one number, and two places are never the same one. */
const WIDEST = 2 ** 20

function signAt(shape: Dots['shape'], left: number, top: number): string {
  switch (shape) {
    case 'cross':
      return `M${left - 2} ${top - 2}l4 4m-4 0l4-4`
    case 'ring':
      return `M${left - 2} ${top}a2 2 0 1 0 4 0a2 2 0 1 0-4 0`
    case 'diamond':
      return `M${left} ${top - 3}l3 3-3 3-3-3z`
    default:
      return `M${left} ${top}h0`
  }
}

function drawLines({ role, lines, width, opacity, dashed, steps }: Lines, plot: Box, paint: Paint): string {
  const path = lines.map((line) => pathOf(line, steps, plot)).join('')
  if (path === '') return ''
  const look =
    (opacity === 1 ? '' : ` stroke-opacity="${opacity}"`) + (dashed ? ' stroke-dasharray="4 3"' : '')
  return `<path fill="none"${paint.stroke(role)} stroke-width="${width}" stroke-linejoin="round"${look} d="${path}"/>`
}

function pathOf(line: readonly Point[], steps: boolean, plot: Box): string {
  let path = ''
  let last = ''
  line.forEach(([x, y], i) => {
    const left = px(plot.x + clamped(x) * plot.w)
    const top = px(plot.y + (1 - clamped(y)) * plot.h)
    if (i === 0) path += `M${left} ${top}`
    else if (steps) path += top === last ? `H${left}` : `H${left}V${top}`
    else path += `L${left} ${top}`
    last = top
  })
  // A line of one point is a dot.
  return line.length === 1 ? `${path}h0.1` : path
}

function drawBox({ role, look, x, y, title }: BoxMark, plot: Box, paint: Paint): string {
  const place = rectangle(x, y, plot)
  const told = title === '' ? '' : `<title>${escapeText(title)}</title>`
  const end = told === '' ? '/>' : `>${told}</rect>`
  if (look === 'band') return `<rect${paint.fill(role)} fill-opacity="0.09" ${place}${end}`
  if (look === 'bar') return `<rect${paint.fill(role)} ${place}${end}`
  return `<rect${paint.both(role)} fill-opacity="0.1" rx="3" ${place}${end}`
}

/** Whether a cell is a colour and nothing else. */
export function isPlainCell(mark: Mark): mark is Cell {
  return mark.kind === 'cell' && mark.text === '' && !mark.strong
}

/** The plain cells of each role as one path. */
export function drawPlainCells(cells: readonly Cell[], plot: Box, paint: Paint): string[] {
  const paths = new Map<Cell['role'], string>()
  for (const { role, x, y } of cells) {
    const { left, top, width, height } = wholeRectangle(x, y, plot)
    paths.set(role, `${paths.get(role) ?? ''}M${left} ${top}h${width}v${height}h${-width}z`)
  }
  return [...paths].map(([role, path]) => `<path${paint.fill(role)} d="${path}"/>`)
}

function drawCell({ role, x, y, text, strong }: Cell, plot: Box, paint: Paint): string {
  const { left: from, top: above, width, height } = wholeRectangle(x, y, plot)
  const place = `x="${from}" y="${above}" width="${width}" height="${height}"`
  const cell = `<rect${paint.fill(role)} ${place}/>`
  const border = strong ? `<rect fill="none"${paint.stroke('axis')} stroke-width="1.5" ${place}/>` : ''
  if (text === '') return cell + border
  const left = px(plot.x + ((x[0] + x[1]) / 2) * plot.w)
  const top = px(plot.y + (1 - (y[0] + y[1]) / 2) * plot.h + 4)
  const label = `<text x="${left}" y="${top}" text-anchor="middle"${paint.fill(`k${role[1]}` as InkRole)}>${escapeText(text)}</text>`
  return cell + border + label
}

function drawLabel({ x, y, text, anchor, tone, room }: Label, plot: Box, paint: Paint): string {
  if (room !== undefined && textWidth(text) + 8 > room * plot.w) return ''
  const left = px(plot.x + x * plot.w)
  const top = px(plot.y + (1 - y) * plot.h)
  const weight = tone === 'strong' ? ' font-weight="600"' : ''
  const words = `x="${left}" y="${top}" text-anchor="${anchor}"${weight}`
  // Letters stay readable on lines by an edge in the colour of the ground.
  const edge = `<text ${words} stroke-width="4" stroke-linejoin="round" aria-hidden="true"${paint.stroke('ground')}>${escapeText(text)}</text>`
  return `${edge}<text ${words}${paint.fill(tone === 'dim' ? 'dim' : 'text')}>${escapeText(text)}</text>`
}

function drawPixels({ x, y, href, title }: Pixels, plot: Box): string {
  return `<image href="${escapeText(href)}" image-rendering="pixelated" preserveAspectRatio="none" ${rectangle(x, y, plot)}><title>${escapeText(title)}</title></image>`
}

function rectangle(x: readonly [number, number], y: readonly [number, number], plot: Box): string {
  const left = plot.x + clamped(x[0]) * plot.w
  const right = plot.x + clamped(x[1]) * plot.w
  const top = plot.y + (1 - clamped(y[1])) * plot.h
  const bottom = plot.y + (1 - clamped(y[0])) * plot.h
  return `x="${px(left)}" y="${px(top)}" width="${px(Math.max(0, right - left))}" height="${px(Math.max(0, bottom - top))}"`
}

/** With its edges on whole pixels: neighbours meet without a seam. */
function wholeRectangle(x: readonly [number, number], y: readonly [number, number], plot: Box) {
  const [left, right] = x.map((u) => Math.round(plot.x + clamped(u) * plot.w)) as [number, number]
  const [bottom, top] = y.map((u) => Math.round(plot.y + (1 - clamped(u)) * plot.h)) as [number, number]
  return { left, top, width: right - left, height: bottom - top }
}

function clamped(u: number): number {
  return u > 0 ? Math.min(1, u) : 0
}

/** What a legend shows before its text. */
export function drawSample({ role, shape }: LegendEntry, x: number, y: number, paint: Paint): string {
  const at = `${px(x + 8)} ${px(y)}`
  switch (shape) {
    case 'dot':
      return `<path${paint.stroke(role)} stroke-width="5" stroke-linecap="round" d="M${at}h0"/>`
    case 'ring':
    case 'diamond': {
      const sign = signAt(shape, Number(px(x + 8)), Number(px(y)))
      return `<path fill="none"${paint.stroke(role)} stroke-width="1.2" d="${sign}"/>`
    }
    case 'large':
      return `<path${paint.stroke(role)} stroke-width="7" stroke-linecap="round" d="M${at}h0"/>`
    case 'cross':
      return `<path fill="none"${paint.stroke(role)} stroke-width="1.2" d="M${px(x + 6)} ${px(y - 2)}l4 4m-4 0l4-4"/>`
    case 'line':
    case 'dashed':
      return `<path fill="none"${paint.stroke(role)} stroke-width="2"${shape === 'dashed' ? ' stroke-dasharray="4 3"' : ''} d="M${px(x)} ${px(y)}h16"/>`
    case 'range':
      return `<rect${paint.both(role)} fill-opacity="0.1" rx="2" x="${px(x)}" y="${px(y - 5)}" width="15" height="10"/>`
    case 'bar':
      return `<rect${paint.fill(role)} x="${px(x)}" y="${px(y - 4)}" width="14" height="8"/>`
  }
}
