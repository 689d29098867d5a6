import { UserError } from '../../errors.ts'
import { shorten } from '../../text/quote.ts'

/** What a shell would take for itself if it stood alone, unquoted, in a command. */
const SHELL_OPERATOR = /^(?:\|\|?|&&?|;|\d?>>?|\d?<|\d?>&\d)$/

/** The words of a command: a list as given, a text split as by a shell. @throws UserError('usage') as `splitWords` */
export function commandWords(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string' ? splitWords(command) : command
}

/**
 * A command's words, split as a shell would: at white space, but not within quotes; `'...'` is taken literally, in
 * `"..."` and outside quotes a backslash keeps the character after it. Nothing else is a shell's: no variables, no
 * wildcards, no pipes.
 * Throws UserError('usage') for an open quote, an empty command, and a lone operator such as `|`.
 */
export function splitWords(command: string): string[] {
  const words: string[] = []
  let word: string | null = null
  let quoted = false
  const finish = (): void => {
    if (word === null) return
    if (!quoted && SHELL_OPERATOR.test(word)) throw shellOperator(command, word)
    words.push(word)
    word = null
    quoted = false
  }
  for (let at = 0; at < command.length; at++) {
    const character = command[at]!
    if (character === "'") {
      const end = command.indexOf("'", at + 1)
      if (end < 0) throw openQuote(command, character)
      word = (word ?? '') + command.slice(at + 1, end)
      quoted = true
      at = end
    } else if (character === '"') {
      const { text, end } = readDoubleQuoted(command, at)
      word = (word ?? '') + text
      quoted = true
      at = end
    } else if (character === '\\' && at + 1 < command.length) {
      at += 1
      word = (word ?? '') + command[at]!
      quoted = true
    } else if (/\s/.test(character)) {
      finish()
    } else {
      word = (word ?? '') + character
    }
  }
  finish()
  if (words.length === 0 || words[0] === '') {
    throw new UserError('usage', 'command: must name a program, got nothing', {
      hint: 'Write for example "python3 train.py --lr {learningRate}".',
    })
  }
  return words
}

/** The text from the double quote at `start`, and the position of its closing quote. */
function readDoubleQuoted(command: string, start: number): { text: string; end: number } {
  let text = ''
  for (let at = start + 1; at < command.length; at++) {
    const character = command[at]!
    if (character === '"') return { text, end: at }
    const next = command[at + 1]
    if (character === '\\' && (next === '"' || next === '\\')) {
      text += next
      at += 1
    } else {
      text += character
    }
  }
  throw openQuote(command, '"')
}

function openQuote(command: string, quote: string): UserError {
  return new UserError('usage', `command: a ${quote} is never closed in ${shorten(command, 120)}`, {
    hint: 'Close it, or put a backslash before it.',
  })
}

function shellOperator(command: string, operator: string): UserError {
  return new UserError(
    'usage',
    `command: "${operator}" has no meaning without a shell, in ${shorten(command, 120)}`,
    {
      hint: `To pass it to the program as a word, quote it; to use a shell, write sh -c '...' with its script.`,
    },
  )
}
