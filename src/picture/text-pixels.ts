import { type Span, truncate } from '../report/text.ts'
import { visible } from './escape.ts'
import type { Pixels } from './figure.ts'

/** From dark to light. */
const SHADES = ' .:-=+*#%@'

/**
 * A picture of pixels for a terminal: two rows of pixels in a line of half blocks where there are colours, else a shade of
 * ASCII for each.
 */
export function drawPixelRows(mark: Pixels, width: number, colour: boolean, ascii: boolean): Span[][] {
  const scale = Math.max(1, Math.ceil(mark.width / Math.max(8, width - 2)))
  const [columns, rows] = [Math.floor(mark.width / scale), Math.floor(mark.height / scale)]
  const at = (column: number, row: number): readonly [number, number, number] => {
    const from = (Math.min(mark.height - 1, row * scale) * mark.width + column * scale) * 3
    return [mark.rgb[from]!, mark.rgb[from + 1]!, mark.rgb[from + 2]!]
  }
  const title: Span[] = [{ text: truncate(visible(mark.title), width), tone: 'dim' }]
  if (!colour || ascii) {
    const shade = (column: number, row: number): string => {
      const [r, g, b] = at(column, row)
      return SHADES[Math.min(SHADES.length - 1, Math.floor(((r + g + b) / 766) * SHADES.length))]!
    }
    const lines = Array.from({ length: Math.ceil(rows / 2) }, (_, row): Span[] => [
      Array.from({ length: columns }, (_, column) => shade(column, row * 2)).join(''),
    ])
    return [title, ...lines]
  }
  const lines = Array.from({ length: Math.ceil(rows / 2) }, (_, row): Span[] => {
    const cells = Array.from({ length: columns }, (_, column) => {
      const upper = at(column, row * 2)
      const lower = at(column, Math.min(rows - 1, row * 2 + 1))
      return `\x1b[38;2;${upper.join(';')};48;2;${lower.join(';')}m▀`
    })
    return [`${cells.join('')}\x1b[0m`]
  })
  return [title, ...lines]
}
