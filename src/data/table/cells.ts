/** How a table writes its numbers. */
export interface NumberStyle {
  readonly decimal: '.' | ','
  /** What separates groups of three digits; null for nothing. */
  readonly thousands: string | null
}

/** Numbers as programs write them. */
export const PLAIN_NUMBERS: NumberStyle = { decimal: '.', thousands: null }

/** A decimal number as in tables; `nan`, `inf` and hexadecimal do not count. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/** Texts that mean a missing value, in lower case. */
const MISSING: ReadonlySet<string> = new Set([
  ...['', 'na', 'n/a', '#n/a', '#na', '<na>', 'nan', '+nan', '-nan', 'null', '?'],
])
/** In a column of numbers these stand for a missing value too; as texts they may be a level or a class. */
const MISSING_NUMBER: ReadonlySet<string> = new Set(['none', 'nil', '-', '.', '--', 'missing', 'unknown'])

/** The number in a cell; NaN if it holds none. */
export function parseNumber(cell: string, style: NumberStyle): number {
  const plain = style.decimal === '.' && style.thousands === null ? cell : plainNumber(cell, style)
  return NUMBER.test(plain) ? Number(plain) : Number.NaN
}

function plainNumber(cell: string, { decimal, thousands }: NumberStyle): string {
  let text = cell.trim()
  if (thousands !== null && text.includes(thousands)) {
    const mark = thousands.replace(/[^\w\s]/g, '\\$&')
    const point = decimal === '.' ? '\\.' : ','
    if (!new RegExp(`^[+-]?\\d{1,3}(${mark}\\d{3})+(${point}\\d*)?$`).test(text)) return ''
    text = text.replaceAll(thousands, '')
  }
  // A point is not a decimal mark where a comma is.
  return decimal === ',' ? (text.includes('.') ? '' : text.replace(',', '.')) : text
}

/** The words of a study that stand for a missing value, beside the usual ones; knows which of them were met. */
export class MissingWords {
  readonly #words: ReadonlySet<string>
  readonly #numbers: ReadonlyMap<number, readonly string[]>
  readonly #met = new Set<string>()

  /** @param style how the table writes numbers; words may be written plainly, too */
  constructor(words: readonly string[], style: NumberStyle = PLAIN_NUMBERS) {
    this.#words = new Set(words)
    const numbers = new Map<number, string[]>()
    for (const word of words) {
      const plain = parseNumber(word, PLAIN_NUMBERS)
      const value = Number.isNaN(plain) ? parseNumber(word, style) : plain
      if (!Number.isNaN(value)) numbers.set(value, [...(numbers.get(value) ?? []), word])
    }
    this.#numbers = numbers
  }

  hasText(text: string): boolean {
    const known = this.#words.has(text)
    if (known) this.#met.add(text)
    return known
  }

  /** Whether a number is one of the words, however it is written: -999.00 is -999. */
  hasNumber(value: number): boolean {
    const words = this.#numbers.size === 0 ? undefined : this.#numbers.get(value)
    for (const word of words ?? []) this.#met.add(word)
    return words !== undefined
  }

  /** The words that stood in no cell. */
  get unmet(): readonly string[] {
    return [...this.#words].filter((word) => !this.#met.has(word))
  }
}

/** Nothing but the usual words. */
export const NO_WORDS = new MissingWords([])

/** Whether a text stands for a missing label or level. */
export function isMissingText(cell: string, words: MissingWords): boolean {
  const text = cell.trim()
  return words.hasText(text) || MISSING.has(text.toLowerCase())
}

/** Whether a cell of a column of numbers stands for a missing one. */
export function isMissingNumber(cell: string, words: MissingWords): boolean {
  return isMissingText(cell, words) || MISSING_NUMBER.has(cell.trim().toLowerCase())
}
