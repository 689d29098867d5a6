import { UserError, UserErrors } from '../errors.ts'
import { shorten, show } from '../text/quote.ts'
import { ConstraintSyntaxError, constraintNames, parseConstraint } from './constraint.ts'
import type { Distribution, ParamValue } from './distribution.ts'
import { distributionMistake } from './distribution-rules.ts'
import type { Condition, SearchSpace } from './search-space.ts'

/** A rule that a space breaks, and where in it. */
export interface SpaceMistake {
  /** Keys from the space inwards: `['conditions', 'beta', 'optimizer']`, `['constraints', 0]`. */
  readonly path: readonly (string | number)[]
  /** The whole sentence but its full stop, the name first. */
  readonly message: string
  readonly hint: string
}

/** All rules that a space breaks: distributions, conditions, constraints. Empty if it is sound. */
export function spaceMistakes(space: SearchSpace): SpaceMistake[] {
  const mistakes: SpaceMistake[] = []
  for (const [name, distribution] of Object.entries(space.parameters)) {
    const found = distributionMistake(distribution)
    if (found !== null) {
      mistakes.push({
        path: ['parameters', name, found.part],
        message: `${name}: ${found.message}`,
        hint: found.hint,
      })
    }
  }
  mistakes.push(...conditionMistakes(space.parameters, space.conditions))
  space.constraints.forEach((constraint, index) => {
    const found = constraintMistake(constraint, Object.keys(space.parameters))
    if (found !== null)
      mistakes.push({ path: ['constraints', index], message: found, hint: 'Mend the rule.' })
  })
  return mistakes
}

/** Throws UserError('usage') if the space breaks a rule, one for all of them. */
export function assertSpace(space: SearchSpace): void {
  const mistakes = spaceMistakes(space).map(({ message, hint }) => new UserError('usage', message, { hint }))
  if (mistakes.length === 1) throw mistakes[0]
  if (mistakes.length > 1) throw new UserErrors('usage', mistakes)
}

/** So much of a rule is quoted. */
const MOST_SHOWN = 200

/** What is wrong with a rule between parameters, as a sentence with its column; null if nothing is. */
export function constraintMistake(constraint: string, names: readonly string[]): string | null {
  const rule = shorten(constraint, MOST_SHOWN)
  try {
    for (const [name, position] of constraintNames(parseConstraint(constraint))) {
      if (!names.includes(name)) {
        return `require "${rule}": there is no parameter ${show(name)} (column ${position + 1})`
      }
    }
    return null
  } catch (error) {
    if (!(error instanceof ConstraintSyntaxError)) throw error
    return `require "${rule}": ${error.message} (column ${error.position + 1})`
  }
}

/** What is wrong with the conditions; paths begin with `conditions`. */
export function conditionMistakes(
  parameters: Readonly<Record<string, Distribution>>,
  conditions: Readonly<Record<string, Condition>>,
): SpaceMistake[] {
  const mistakes: SpaceMistake[] = []
  const names = Object.keys(parameters)
  for (const [name, condition] of Object.entries(conditions)) {
    const path = ['conditions', name]
    if (parameters[name] === undefined) {
      mistakes.push({
        path,
        message: `${name}: a condition for a parameter that is not there`,
        hint: 'Drop it.',
      })
    }
    for (const [parent, wanted] of Object.entries(condition)) {
      const distribution = parameters[parent]
      if (distribution === undefined) {
        const hint = `The parameters are ${names.join(', ')}.`
        mistakes.push({
          path: [...path, parent],
          message: `${name}: when names ${show(parent)}, which is no parameter`,
          hint,
        })
        continue
      }
      for (const value of valuesOf(wanted)) {
        if (distribution.kind !== 'categorical' || distribution.choices.includes(value)) continue
        const hint = `Its choices are ${distribution.choices.map(show).join(', ')}.`
        const message = `${name}: when asks for ${parent} ${show(value)}, which is none of its choices`
        mistakes.push({ path: [...path, parent], message, hint })
      }
    }
    if (dependsOnItself(name, conditions)) {
      mistakes.push({ path, message: `${name}: its condition depends on itself`, hint: 'Break the circle.' })
    }
  }
  return mistakes
}

/** The values that a condition accepts. */
export function valuesOf(wanted: ParamValue | readonly ParamValue[]): readonly ParamValue[] {
  return typeof wanted === 'object' && wanted !== null ? wanted : [wanted]
}

function dependsOnItself(name: string, conditions: Readonly<Record<string, Condition>>): boolean {
  const reached = new Set<string>()
  const open = Object.keys(conditions[name] ?? {})
  while (open.length > 0) {
    const parent = open.pop()!
    if (parent === name) return true
    if (reached.has(parent)) continue
    reached.add(parent)
    open.push(...Object.keys(conditions[parent] ?? {}))
  }
  return false
}
