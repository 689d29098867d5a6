import { isMissingNumber, isMissingText, type MissingWords, type NumberStyle, parseNumber } from './cells.ts'
import type { PointGroups } from './point-groups.ts'
import type { Column } from './table.ts'

const PADDED = /^0\d+$/

/** Takes a column's cells one by one, as numbers or as texts. */
export class ColumnBuilder {
  readonly #kind: Column['kind']
  readonly #style: NumberStyle
  readonly #missing: MissingWords
  readonly #places = new Map<string, number>()
  #values: Float64Array | Int32Array
  #length = 0
  /** Whether a column of numbers has other cells: then it must be read as text. */
  hasTexts = false
  #padded: string | null = null
  readonly #points: PointGroups | null
  /** The first cell with a number that float32 can't hold. */
  outOfRange: string | null = null

  /** @param points looks at the points of a column of numbers; null where they mark decimals */
  constructor(
    kind: Column['kind'],
    style: NumberStyle,
    missing: MissingWords,
    points: PointGroups | null = null,
  ) {
    this.#points = points
    this.#kind = kind
    this.#style = style
    this.#missing = missing
    this.#values = this.#allocate(256)
  }

  add(cell: string): void {
    if (this.#length === this.#values.length) {
      const larger = this.#allocate(2 * this.#length)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = this.#kind === 'number' ? this.#number(cell) : this.#text(cell)
  }

  finish(): Column {
    const values = this.#values.slice(0, this.#length)
    if (values instanceof Float64Array) return { kind: 'number', values, padded: this.#padded }
    return { kind: 'text', codes: values, texts: [...this.#places.keys()] }
  }

  #allocate(length: number): Float64Array | Int32Array {
    return this.#kind === 'number' ? new Float64Array(length) : new Int32Array(length)
  }

  #number(cell: string): number {
    const value = parseNumber(cell, this.#style)
    if (!Number.isNaN(value)) {
      if (this.#missing.hasNumber(value) || this.#missing.hasText(cell)) return Number.NaN
      if (!Number.isFinite(Math.fround(value))) this.outOfRange ??= cell
      this.#points?.add(cell, this.#length - 1)
      if (this.#padded === null && PADDED.test(cell)) this.#padded = cell
      return value
    }
    if (!isMissingNumber(cell, this.#missing)) this.hasTexts = true
    return Number.NaN
  }

  #text(cell: string): number {
    if (isMissingText(cell, this.#missing)) return -1
    const known = this.#places.get(cell)
    if (known !== undefined) return known
    const place = this.#places.size
    this.#places.set(cell, place)
    return place
  }
}
