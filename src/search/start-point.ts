import { UserError } from '../errors.ts'
import { type StreamName, stream } from '../random/stream.ts'
import type { Distribution, Params } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { type SearchSpace, valuesOf } from '../space/search-space.ts'
import { contains } from '../space/unit-scale.ts'
import { impossible } from './admissible.ts'
import { drawFeasible } from './feasible.ts'

/**
 * A point of `startWith` that is given in part, the rest of it drawn until the constraints hold: the parents of a given
 * parameter among the values with which it exists.
 * @throws UserError('usage') if there is no such point
 */
export function completedPoint(space: SearchSpace, part: Params, streamName: StreamName): Params {
  const limited = limitedToParents(space, part)
  const params = drawFeasible(limited, stream(streamName), part)
  if (params === null) throw impossible(space)
  return params
}

/** The space in which all given parameters exist, whatever is drawn for the others. */
function limitedToParents(space: SearchSpace, part: Params): SearchSpace {
  const limits: Record<string, Distribution> = {}
  const names = Object.keys(part)
  for (const name of names) {
    for (const [parent, wanted] of Object.entries(own(space.conditions, name) ?? {})) {
      if (Object.hasOwn(part, parent)) continue
      const before = own(limits, parent) ?? space.parameters[parent]!
      const choices = valuesOf(wanted).filter((value) => contains(before, value))
      if (choices.length === 0) throw contradiction(part, parent)
      limits[parent] = { kind: 'categorical', choices, ordered: false }
      if (!names.includes(parent)) names.push(parent)
    }
  }
  return Object.keys(limits).length === 0
    ? space
    : { ...space, parameters: { ...space.parameters, ...limits } }
}

function contradiction(part: Params, parent: string): UserError {
  return new UserError(
    'usage',
    `startWith: no value of ${parent} is compatible with all parameters of the point ${JSON.stringify(part)}`,
    { hint: 'Drop parameters that never exist together.' },
  )
}
