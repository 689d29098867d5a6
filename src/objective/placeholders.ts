import { UserError } from '../errors.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { TrialContext } from './objective.ts'
import { splitWords } from './words.ts'

/** Names within braces; braces with white space, quotes or colons in them are somebody's JSON. */
const PLACEHOLDER = /\{([^{}\s"':,]+)\}/g

const OWN_NAMES = ['epochs', 'seed', 'trial'] as const

/**
 * Checks a command before a study begins: its quotes, and that each placeholder is a parameter that every trial has,
 * or one of {epochs}, {seed}, {trial}. Throws UserError('usage').
 */
export function checkCommand(command: string, space: SearchSpace): void {
  const always = Object.keys(space.parameters).filter((name) => !Object.hasOwn(space.conditions, name))
  const known = [...always, ...OWN_NAMES.filter((name) => !always.includes(name))]
  for (const word of splitWords(command)) {
    for (const [placeholder, name] of word.matchAll(PLACEHOLDER)) {
      if (known.includes(name!)) continue
      if (Object.hasOwn(space.conditions, name!)) {
        throw new UserError('usage', `command: ${placeholder} is a parameter that not every trial has`, {
          hint: 'Let the program read it from the environment variable FINESWEEP_PARAMS, which is JSON.',
        })
      }
      throw new UserError('usage', `command: unknown placeholder ${placeholder}`, {
        hint: `There are ${known.map((each) => `{${each}}`).join(', ')}.`,
      })
    }
  }
}

/** A word of a command with its placeholders filled in; parameters come before the names of our own. */
export function fillWord(word: string, context: TrialContext): string {
  const { params, budget, seed, number } = context
  const own: Readonly<Record<string, number>> = { epochs: budget.epochs, seed, trial: number }
  return word.replace(PLACEHOLDER, (placeholder, name: string) => {
    const value = Object.hasOwn(params, name)
      ? params[name]
      : Object.hasOwn(own, name)
        ? own[name]
        : undefined
    if (value === undefined) throw new UserError('usage', `command: unknown placeholder ${placeholder}`)
    return String(value)
  })
}
