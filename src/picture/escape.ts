const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Text for XML and HTML, between tags and in attributes. Names come from files of anybody: what XML does not allow, and
 * marks that turn the direction of what follows (they could show one name as another), become visible boxes.
 */
export function escapeText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign]!)
}

/** The text without control characters, direction marks and lone surrogates: each is shown as U+FFFD. */
export function visible(text: string): string {
  return text
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd')
    .toWellFormed()
}

/** The first letters of a long text, with an ellipsis. For display alone: keep the whole text for comparisons. */
export function cut(text: string, most: number): string {
  const signs = [...text]
  return signs.length <= most ? text : `${signs.slice(0, Math.max(1, most - 1)).join('')}…`
}

/** Texts as `cut` shows them; with the middle left out, and not the end, where two of them would look the same. */
export function cutApart(texts: readonly string[], most: number): string[] {
  const begun = texts.map((text) => cut(text, most))
  return new Set(begun).size === new Set(texts).size ? begun : texts.map((text) => withoutMiddle(text, most))
}

function withoutMiddle(text: string, most: number): string {
  const signs = [...text]
  if (signs.length <= most) return text
  const end = Math.floor(most / 2)
  return `${signs.slice(0, Math.max(1, most - 1 - end)).join('')}…${signs.slice(signs.length - end).join('')}`
}

/** JSON that may stand in a script element: no `<`, and no line separators that older engines take for line ends. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
