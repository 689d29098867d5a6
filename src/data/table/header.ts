import { isMissingNumber, isMissingText, NO_WORDS, type NumberStyle, parseNumber } from './cells.ts'

/** Names that the column of labels often has. */
const LABEL_NAMES =
  /^(labels?|class(es)?|classification|target|y|outcome|diagnosis|species|category|type|kind|quality|survived|income)$/i

/** Whether the first row names the columns, and why, where it could also be data. */
export interface HeaderGuess {
  readonly header: boolean
  /** What spoke for a header that looks like numbers; null where nothing needs to be said. */
  readonly reason: string | null
}

/**
 * Finds out whether the first row of a table is its header.
 * @param rows the first rows, as wide as `width`
 * @param label the label's place; null without one
 */
export function guessHeader(
  rows: readonly (readonly string[])[],
  label: number | null,
  style: NumberStyle,
): HeaderGuess {
  const first = rows[0] ?? []
  const rest = rows.slice(1)
  const isNumber = (cell: string): boolean => !Number.isNaN(parseNumber(cell, style))
  const inputs = first.map((_, place) => place).filter((place) => place !== label)
  const none = { header: false, reason: null }
  const named = inputs.filter(
    (place) => !isNumber(first[place]!) && !isMissingNumber(first[place]!, NO_WORDS),
  )
  const numbers = inputs.filter((place) => isNumber(first[place]!))
  if (numbers.length === 0) {
    if (named.length === 0) return none
    // A row of texts is data, too, if the columns below hold the same texts.
    const recurring = named.filter((place) => rest.some((row) => row[place] === first[place]))
    const overNumbers = named.some((place) => rest.some((row) => isNumber(row[place] ?? '')))
    return { ...none, header: overNumbers || recurring.length * 2 < named.length || rest.length === 0 }
  }
  if (label === null) return none
  return guessOverNumbers(first, rest, label, numbers.length === inputs.length, isNumber)
}

/** The first row has numbers among its inputs: the label's cell is the best evidence. */
function guessOverNumbers(
  first: readonly string[],
  rest: readonly (readonly string[])[],
  label: number,
  onlyNumbers: boolean,
  isNumber: (cell: string) => boolean,
): HeaderGuess {
  const none = { header: false, reason: null }
  const cell = first[label] ?? ''
  const below = rest.map((row) => row[label] ?? '').filter((other) => !isMissingText(other, NO_WORDS))
  if (below.length === 0 || below.includes(cell) || isMissingText(cell, NO_WORDS)) return none
  const found = (reason: string): HeaderGuess => ({ header: true, reason })
  if (!isNumber(cell)) {
    if (below.every(isNumber)) return found(`its label, "${cell}", is the only one that is not a number`)
    if (LABEL_NAMES.test(cell)) return found(`its label, "${cell}", occurs nowhere else`)
  }
  if (!onlyNumbers || !recur(below)) return none
  const counts = (from: number): boolean =>
    first.every((text, place) => place === label || text === String(place + from))
  if (counts(0) || counts(1)) {
    if (!isNumber(cell) || cell === String(label) || cell === String(label + 1)) {
      return found('it numbers the columns, and its label occurs nowhere else')
    }
  }
  return none
}

/** Enough labels, each of them several times: then one that occurs only in the first row is a header. */
function recur(labels: readonly string[]): boolean {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return labels.length >= 10 && [...counts.values()].every((count) => count > 1)
}
