/** A string, which is left alone, or one of the words that stand bare. */
const STRING_OR_WORD = /("[^"\\]*(?:\\.[^"\\]*)*")|([+-]?\b(?:infinity|inf|nan)\b)/gi

/**
 * JSON as Python writes it, where NaN and infinities stand bare, in the words of other languages, too: `nan` and `-inf` of
 * C, `Inf` of R. Within strings they are text.
 * @returns undefined if it is none
 */
export function parsePythonJson(text: string): unknown {
  // No string of the text may be taken for a number.
  let mark = 'non-finite:'
  while (text.includes(mark)) mark = `_${mark}`
  const marked = text.replace(STRING_OR_WORD, (_, string, word) => string ?? `"${mark}${word}"`)
  try {
    if (marked === text) return JSON.parse(text)
    return JSON.parse(marked, (_, value: unknown) =>
      typeof value === 'string' && value.startsWith(mark) ? numberOf(value.slice(mark.length)) : value,
    )
  } catch {
    return undefined
  }
}

function numberOf(word: string): number {
  if (/nan/i.test(word)) return Number.NaN
  return word.startsWith('-') ? -Infinity : Infinity
}
