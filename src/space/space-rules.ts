import { UserError, UserErrors } from '../errors.ts'
import { shorten, show } from '../text/quote.ts'
import { ConstraintSyntaxError, constraintNames, parseConstraint } from './constraint.ts'
import type { Distribution, ParamValue } from './distribution.ts'
import { describeDistribution } from './distribution-forms.ts'
import { distributionMistake } from './distribution-rules.ts'
import { own } from './own.ts'
import { mayHold } from './possible.ts'
import { type Condition, type SearchSpace, valuesOf } from './search-space.ts'
import { BARE_NAME } from './space-names.ts'
import { contains } from './unit-scale.ts'

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
      mistakes.push({ path: ['constraints', index], message: found, hint: 'Correct the rule.' })
  })
  return mistakes
}

/** Throws UserError('usage') if a space that was just written breaks a rule, one for all of them. */
export function assertSpace(space: SearchSpace): void {
  const broken = spaceMistakes(space)
  const found =
    broken.length > 0
      ? broken
      : [...impossibleConditions(space.parameters, space.conditions), ...impossibleRules(space)]
  const mistakes = found.map(({ message, hint }) => new UserError('usage', message, { hint }))
  if (mistakes.length === 1) throw mistakes[0]
  if (mistakes.length > 1) throw new UserErrors('usage', mistakes)
}

/** Characters of a rule that are quoted. */
const MOST_SHOWN = 200

/**
 * What is wrong with a rule between parameters, as a sentence with its column; null if nothing is.
 * @param names of all parameters; null if they are not known yet, then only the grammar is checked
 */
export function constraintMistake(constraint: string, names: readonly string[] | null): string | null {
  const rule = shorten(constraint, MOST_SHOWN)
  try {
    for (const [name, position] of constraintNames(parseConstraint(constraint))) {
      if (names === null || names.includes(name)) continue
      const meant = names.find((known) => !BARE_NAME.test(known) && constraint.includes(known))
      const way = meant === undefined ? '' : `; write ${show(meant)} in backticks`
      return `require "${rule}": there is no parameter ${show(name)} (column ${position + 1})${way}`
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
    if (!Object.hasOwn(parameters, name)) {
      mistakes.push({
        path,
        message: `${name}: the condition is for a parameter that does not exist`,
        hint: 'Drop it.',
      })
    }
    for (const parent of Object.keys(condition)) {
      if (Object.hasOwn(parameters, parent)) continue
      mistakes.push({
        path: [...path, parent],
        message: `${name}: when refers to ${show(parent)}, which is not a parameter`,
        hint: `The parameters are ${names.join(', ')}.`,
      })
    }
    if (dependsOnItself(name, conditions)) {
      mistakes.push({ path, message: `${name}: its condition depends on itself`, hint: 'Break the cycle.' })
    }
  }
  return mistakes
}

/**
 * Values that a condition asks for and its parameter never takes; paths begin with `conditions`. A mistake of the
 * writer's, but not of a space that was narrowed, or of which a study file fixes a part.
 */
export function impossibleConditions(
  parameters: Readonly<Record<string, Distribution>>,
  conditions: Readonly<Record<string, Condition>>,
): SpaceMistake[] {
  return Object.entries(conditions).flatMap(([name, condition]) =>
    Object.entries(condition).flatMap(([parent, wanted]) => {
      const distribution = own(parameters, parent)
      if (distribution === undefined) return []
      const path = ['conditions', name, parent]
      const values = valuesOf(wanted)
      if (values.length === 0) {
        const message = `${name}: when lists no value of ${parent}`
        return [{ path, message, hint: 'List one, or drop the parameter.' }]
      }
      return values.flatMap((value) => {
        const found = neverTakes(distribution, value)
        if (found === null) return []
        return [
          {
            path,
            message: `${name}: when requires ${parent} ${show(value)}, ${found.reason}`,
            hint: found.hint,
          },
        ]
      })
    }),
  )
}

/** Rules of a sound space that no point of it satisfies; paths begin with `constraints`. */
export function impossibleRules(space: SearchSpace): SpaceMistake[] {
  return space.constraints.flatMap((constraint, index) => {
    if (mayHold(constraint, space, {})) return []
    const message = `require "${shorten(constraint, MOST_SHOWN)}": no point of the space satisfies it`
    return [{ path: ['constraints', index], message, hint: 'Widen the ranges, or loosen the rule.' }]
  })
}

/** Why a distribution never takes a value; null if it may. */
function neverTakes(
  distribution: Distribution,
  value: ParamValue,
): { readonly reason: string; readonly hint: string } | null {
  const written = describeDistribution(distribution)
  switch (distribution.kind) {
    case 'categorical':
      return distribution.choices.includes(value)
        ? null
        : {
            reason: 'which is not one of its choices',
            hint: `Its choices are ${distribution.choices.map(show).join(', ')}.`,
          }
    case 'fixed':
      return distribution.value === value
        ? null
        : {
            reason: `but it is always ${show(distribution.value)}`,
            hint: 'Correct the value, or drop the parameter.',
          }
    case 'float':
      if (distribution.step === null && contains(distribution, value)) {
        return {
          reason: 'a value that a continuous range almost never takes',
          hint: 'Give the parameter a step or choices, or write a rule under require.',
        }
      }
      break
    case 'int':
      break
  }
  if (contains(distribution, value)) return null
  const quoted = typeof value === 'string' && contains(distribution, Number(value))
  return {
    reason: `which is not in ${written}`,
    hint: quoted ? `Write ${value} without quotes.` : 'Correct the value, or widen the range.',
  }
}

function dependsOnItself(name: string, conditions: Readonly<Record<string, Condition>>): boolean {
  const reached = new Set<string>()
  const open = Object.keys(own(conditions, name) ?? {})
  while (open.length > 0) {
    const parent = open.pop()!
    if (parent === name) return true
    if (reached.has(parent)) continue
    reached.add(parent)
    open.push(...Object.keys(own(conditions, parent) ?? {}))
  }
  return false
}
