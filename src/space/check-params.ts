import { constraintHolds, parseConstraint } from './constraint.ts'
import type { Params } from './distribution.ts'
import { own } from './own.ts'
import { activeNames } from './points.ts'
import type { SearchSpace } from './search-space.ts'
import { contains } from './unit-scale.ts'

/** What keeps params from being a point of the space, a sentence for each; empty if they are one. */
export function checkParams(space: SearchSpace, params: Params): string[] {
  const mistakes: string[] = []
  for (const name of Object.keys(params)) {
    if (!Object.hasOwn(space.parameters, name)) mistakes.push(`${name}: there is no such parameter`)
  }
  const active = activeNames(space, params)
  for (const [name, distribution] of Object.entries(space.parameters)) {
    const value = own(params, name)
    if (!active.has(name)) {
      if (value !== undefined) mistakes.push(`${name}: it does not exist, since its condition is not met`)
    } else if (value === undefined) {
      mistakes.push(`${name}: it has no value`)
    } else if (!contains(distribution, value)) {
      mistakes.push(`${name}: ${JSON.stringify(value)} lies outside its range`)
    }
  }
  if (mistakes.length > 0) return mistakes
  const broken = space.constraints.filter((rule) => !constraintHolds(parseConstraint(rule), params))
  return broken.map((rule) => `the rule "${rule}" is not satisfied`)
}
