import { kindOf } from '../objective/kinds.ts'
import type { ObjectiveSettings } from '../objective/source.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { constraintMistake } from '../space/space-rules.ts'
import { withConstraints } from '../space/space-schema.ts'
import type { Resolving } from './resolving.ts'

/** The space of the file with its rules; that of an objective that brings its own is empty here. */
export function resolveSpace(objective: ObjectiveSettings | null, resolving: Resolving): SearchSpace | null {
  const { blocks, failed, report } = resolving
  const kind = kindOf(blocks.objective)
  kind.checkNames(resolving)
  if (failed.has('space')) {
    kind.checkUnreadableSpace(objective, resolving)
    return null
  }
  const written = blocks.space ?? kind.defaultSpace(resolving)
  if (written === null) return null
  const space = blocks.space === undefined ? written : kind.checkSpace(written, objective, resolving)
  if (blocks.require === undefined || failed.has('require')) return space
  const single = typeof resolving.raw.require === 'string'
  const tell = (index: number, message: string): void =>
    report({ path: single ? ['require'] : ['require', index], at: 'value', message })
  if (kind.bringsSpace) {
    // Names may be the objective's: only the grammar can be checked here.
    for (const [index, rule] of blocks.require.entries()) {
      const message = constraintMistake(rule, null)
      if (message !== null) tell(index, message)
    }
    return { ...space, constraints: blocks.require }
  }
  const ruled = withConstraints(space, blocks.require)
  for (const { index, message } of ruled.mistakes) tell(index, message)
  return ruled.space
}
