import type { UserError } from '../../errors.ts'
import { malformed } from '../read-file.ts'

const GROUPED = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/
const SMALL = /^[+-]?\d{1,3}$/

/**
 * Looks at the cells of a column of numbers for points that may as well separate thousands: all of them stand before
 * three digits, and no number of more than three digits is written without one, as with `1.234` beside `798`.
 */
export class PointGroups {
  #grouped: { readonly cell: string; readonly row: number } | null = null
  #small: string | null = null
  #areDecimals = false

  /** Takes a cell that is a number. @param row from 0 */
  add(cell: string, row: number): void {
    if (this.#areDecimals) return
    const text = cell.trim()
    if (SMALL.test(text)) this.#small ??= text
    else if (GROUPED.test(text)) this.#grouped ??= { cell: text, row }
    else this.#areDecimals = true
  }

  /** The first cells of both kinds; null if the points mark decimals, or no cell speaks for thousands. */
  get doubt(): { readonly cell: string; readonly row: number; readonly small: string } | null {
    if (this.#areDecimals || this.#grouped === null || this.#small === null) return null
    return { ...this.#grouped, small: this.#small }
  }
}

/** Refuses a column of which nobody knows how large its numbers are. @param line of the first doubtful cell, from 1 */
export function doubtfulPoint(
  file: string,
  { cell, small }: { readonly cell: string; readonly small: string },
  column: string,
  line: number | null,
): UserError {
  return malformed(
    file,
    `has numbers like ${cell} as well as ${small} in ${column}, where the point may mark decimals or thousands`,
    'Say which in the data block: decimal: "." or thousands: ".".',
    line ?? undefined,
  )
}
