import stringWidth from 'string-width'

/** What a piece of text says, for its colour: nothing else in the output depends on it. */
export type Tone = 'good' | 'bad' | 'warning' | 'dim' | 'strong'

/** A piece of a line. A plain string has no tone. */
export type Span = string | { readonly text: string; readonly tone: Tone }

const CODES: Readonly<Record<Tone, readonly [string, string]>> = {
  good: ['\x1b[32m', '\x1b[39m'],
  bad: ['\x1b[31m', '\x1b[39m'],
  warning: ['\x1b[33m', '\x1b[39m'],
  dim: ['\x1b[2m', '\x1b[22m'],
  strong: ['\x1b[1m', '\x1b[22m'],
}

/** The text of spans, in colours if wanted; the text itself is the same either way. */
export function paint(spans: readonly Span[], colour: boolean): string {
  return spans
    .map((span) => {
      if (typeof span === 'string') return span
      const [on, off] = CODES[span.tone]
      return colour && span.text !== '' ? `${on}${span.text}${off}` : span.text
    })
    .join('')
}

/** How many columns of a terminal a text takes: wide characters count two, combining ones none. */
export function displayWidth(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text)
}

/**
 * Text as one line: control characters, tabs and line breaks become single spaces; characters that turn the direction
 * of what follows are dropped.
 */
export function oneLine(text: string): string {
  return text.replace(DIRECTIONS, '').replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

/** Marks, embeddings, overrides and isolates: with them a name could show another text than it is. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** At most `width` columns of a text; what is cut off is shown by an ellipsis. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  if (width <= 0) return ''
  let kept = ''
  let used = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const columns = displayWidth(segment)
    if (used + columns > width - 1) break
    kept += segment
    used += columns
  }
  return `${kept}…`
}

/** Spans cut to `width` columns, as `truncate` cuts a text. */
export function truncateSpans(spans: readonly Span[], width: number): Span[] {
  const total = spans.reduce((sum, span) => sum + displayWidth(textOf(span)), 0)
  if (total <= width) return [...spans]
  const kept: Span[] = []
  let left = width
  for (const span of spans) {
    const text = textOf(span)
    const columns = displayWidth(text)
    // The span that would leave no room for the ellipsis is where it goes.
    if (columns >= left) {
      const cut = columns === left ? truncate(`${text} `, left) : truncate(text, left)
      kept.push(typeof span === 'string' ? cut : { text: cut, tone: span.tone })
      break
    }
    kept.push(span)
    left -= columns
  }
  return kept
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text
}

/** Breaks a text at its spaces into lines of at most `width` columns; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** Breaks a line at its spaces into lines of at most `width` columns, each piece in its tone; a longer word stays whole. */
export function wrapSpans(spans: readonly Span[], width: number): Span[][] {
  const lines: Span[][] = [[]]
  let used = 0
  for (const word of wordsOf(spans)) {
    const text = paint(word, false)
    if (used > 0 && used + displayWidth(text.trimEnd()) > width) {
      const last = lines.at(-1)!.pop()!
      lines.at(-1)!.push(withText(last, textOf(last).trimEnd()))
      lines.push([])
      used = 0
    }
    lines.at(-1)!.push(...word)
    used += displayWidth(text)
  }
  return lines.map(joinTones)
}

/** The words of a line, each with the spaces behind it; one whose letters have several tones is several spans. */
function wordsOf(spans: readonly Span[]): Span[][] {
  const words: Span[][] = [[]]
  for (const span of spans) {
    for (const piece of textOf(span).split(/(?<= )(?! )/)) {
      words.at(-1)!.push(withText(span, piece))
      if (piece.endsWith(' ')) words.push([])
    }
  }
  return words.filter((word) => word.length > 0)
}

/** Neighbours of one tone as one span. */
function joinTones(line: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of line) {
    const last = joined.at(-1)
    if (last !== undefined && toneOf(last) === toneOf(span)) {
      joined[joined.length - 1] = withText(last, textOf(last) + textOf(span))
    } else {
      joined.push(span)
    }
  }
  return joined
}

function toneOf(span: Span): Tone | null {
  return typeof span === 'string' ? null : span.tone
}

function withText(span: Span, text: string): Span {
  return typeof span === 'string' ? text : { text, tone: span.tone }
}

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text
}
