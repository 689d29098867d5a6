import { UserError } from '../errors.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { impossibleConditions, impossibleRules, spaceMistakes } from '../space/space-rules.ts'
import { closestName } from '../text/closest-name.ts'
import type { Experiment } from './experiment.ts'
import { type Locate, type Mistake, mistakesError } from './mistakes.ts'
import type { Path } from './path.ts'
import { checkFeasible, checkStartPoints } from './stage-blocks.ts'

/**
 * The experiment with the space that its module brings along. Where the file names parameters too, they take the
 * place of the module's own; it may name no others. Rules of both hold.
 * @param space the module's; null if it brings none, then the file must have one
 * @param locate tells where the file says something
 * @throws UserErrors('usage') if they do not fit together
 */
export function withObjectiveSpace(
  experiment: Experiment,
  space: SearchSpace | null,
  locate: Locate = () => undefined,
): Experiment {
  const named = experiment.space
  const names = Object.keys(named.parameters)
  if (space === null && names.length === 0) {
    throw new UserError('usage', 'space is missing: the module does not declare one', {
      hint: 'Declare space in the study file, or as the first argument of defineObjective.',
    })
  }
  const mistakes: Mistake[] = []
  const brought = space ?? named
  const known = Object.keys(brought.parameters)
  for (const name of names) {
    if (Object.hasOwn(brought.parameters, name)) continue
    const near = closestName(name, known)
    mistakes.push({
      path: ['space', name],
      at: 'key',
      message: `Unknown key "${name}" in space`,
      hint: near === undefined ? `The module declares ${known.join(', ')}.` : `Did you mean "${near}"?`,
    })
  }
  const joined = joinSpaces(brought, named)
  if (mistakes.length === 0) {
    const broken = spaceMistakes(joined)
    const found =
      broken.length > 0
        ? broken
        : [...impossibleConditions(joined.parameters, named.conditions), ...impossibleRules(joined)]
    for (const { path, message, hint } of found) {
      mistakes.push({ path: writtenPath(path, joined, named), at: 'value', message, hint })
    }
  }
  if (mistakes.length === 0) {
    checkStartPoints(experiment.stages, joined, (mistake) => mistakes.push(mistake))
    checkFeasible(experiment.stages, joined, (mistake) => mistakes.push(mistake))
  }
  if (mistakes.length > 0) throw mistakesError(mistakes, locate)
  return { ...experiment, space: joined }
}

/** Where the file says what is at that path of the space. */
function writtenPath([part, ...rest]: Path, joined: SearchSpace, named: SearchSpace): Path {
  const [name, ...inside] = rest
  if (part === 'conditions') return ['space', name!, 'when', ...inside]
  if (part !== 'constraints') return ['space', ...rest]
  const index = named.constraints.indexOf(joined.constraints[name as number]!)
  return index < 0 ? [] : ['require', index]
}

/** The order is the module's: it is part of what a seed means. */
function joinSpaces(own: SearchSpace, named: SearchSpace): SearchSpace {
  const replaced = new Set(Object.keys(named.parameters))
  const ownConditions = Object.entries(own.conditions).filter(([name]) => !replaced.has(name))
  return {
    parameters: { ...own.parameters, ...named.parameters },
    conditions: { ...Object.fromEntries(ownConditions), ...named.conditions },
    constraints: [...new Set([...own.constraints, ...named.constraints])],
  }
}
