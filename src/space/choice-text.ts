import type { ParamValue } from './distribution.ts'

/** The choice that a text stands for: itself, or one that is no text, as Python or JavaScript writes it. */
export function choiceOfText(choices: readonly ParamValue[], text: string): ParamValue | undefined {
  return choices.includes(text) ? text : otherChoiceOfText(choices, text)
}

/** The number, truth value or null among the choices that a text stands for. */
export function otherChoiceOfText(choices: readonly ParamValue[], text: string): ParamValue | undefined {
  const word = text.trim().toLowerCase()
  return choices.find((choice) => {
    if (typeof choice === 'number') return word !== '' && Number(word) === choice
    if (choice === null) return ['null', 'none'].includes(word)
    return typeof choice === 'boolean' ? word === String(choice) : false
  })
}

/**
 * What stands for a choice in a cell of text, where an empty cell is no value: the texts of a list are in JSON's quotes
 * if one of them would be read as something else.
 */
export function cellOfChoice(choices: readonly ParamValue[], choice: ParamValue): ParamValue {
  if (choice === null) return 'null'
  return typeof choice === 'string' && needQuotes(choices) ? JSON.stringify(choice) : choice
}

/**
 * A choice as people read it: a text is in quotes if it would be taken for another choice, for nothing, or for no value
 * at all, which is shown as `-`.
 */
export function shownChoice(choices: readonly ParamValue[], choice: ParamValue): string {
  if (typeof choice !== 'string') return String(choice)
  const isClear =
    choice === choice.trim() &&
    choice !== '' &&
    choice !== '-' &&
    !choice.startsWith('"') &&
    otherChoiceOfText(choices, choice) === undefined
  return isClear ? choice : JSON.stringify(choice)
}

/** The choice that a cell stands for; the cell itself if none does. */
export function choiceOfCell(choices: readonly ParamValue[], cell: string): ParamValue {
  const text = unquoted(cell)
  if (text !== undefined && choices.includes(text)) return text
  // The choice null is found, too.
  const other = otherChoiceOfText(choices, cell)
  return other === undefined ? cell : other
}

/** Whether a cell may have been meant for a text of the list, or for another choice that is written alike. */
export function isUnclear(choices: readonly ParamValue[], cell: string): boolean {
  return choices.includes(cell) && otherChoiceOfText(choices, cell) !== undefined
}

/** Whether a cell is a text in JSON's quotes. */
export function unquoted(cell: string): string | undefined {
  if (!cell.startsWith('"')) return undefined
  try {
    const text: unknown = JSON.parse(cell)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

const known = new WeakMap<readonly ParamValue[], boolean>()

function needQuotes(choices: readonly ParamValue[]): boolean {
  let need = known.get(choices)
  if (need === undefined) {
    need = choices.some(
      (choice) =>
        typeof choice === 'string' &&
        (choice !== choice.trim() ||
          choice === '' ||
          choice.startsWith('"') ||
          otherChoiceOfText(choices, choice) !== undefined),
    )
    known.set(choices, need)
  }
  return need
}
