/** At most `most` characters of a text; an ellipsis stands for what is cut off. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/**
 * Control characters, line separators, characters that turn the direction of text and lone surrogates, as escapes:
 * what is quoted from a file can't write to the terminal, and a sentence is one line.
 */
export function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The same for text of several lines: line breaks and tabs stay. */
export function escapeControlsInLines(text: string): string {
  return text.replace(/[^\n\t]+/g, escapeControls)
}

/** A value as people would write it: texts in quotes. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

/** A value as a sentence quotes it: short, on one line. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(value.length <= 40 ? value : `${value.slice(0, 39)}…`)
  if (typeof value === 'number') return describeNumber(value)
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) {
    const flat = value.every((item) => typeof item !== 'object' || item === null)
    const text = `[${value.slice(0, 8).map(describeValue).join(', ')}]`
    return flat && value.length <= 8 && text.length <= 60 ? text : `a list of ${entries(value.length)}`
  }
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value === 'bigint') return `${value}n`
  return 'a block of keys'
}

function describeNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (value === Number.POSITIVE_INFINITY) return '.inf'
  return value === Number.NEGATIVE_INFINITY ? '-.inf' : String(value)
}

export function entries(count: number | bigint): string {
  return `${count} ${Number(count) === 1 ? 'entry' : 'entries'}`
}
