import { kindOf } from '../objective/kinds.ts'
import type { ObjectiveSettings } from '../objective/source.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { constraintMistake } from '../space/space-rules.ts'
import { withConstraints } from '../space/space-schema.ts'
import type { Resolving } from './resolving.ts'

/** The space of the file with its rules; that of an objective that brings its own is empty here. */
export function resolveSpace(objective: ObjectiveSettings | null, resolving: Resolving): SearchSpace | null {
  const { blocks, failed } = resolving
  const kind = kindOf(blocks.objective)
  kind.checkNames(resolving)
  if (failed.has('space')) {
    kind.checkUnreadableSpace(objective, resolving)
    checkGrammar(resolving)
    return null
  }
  const written = blocks.space ?? kind.defaultSpace(resolving)
  if (written === null) return null
  const space = blocks.space === undefined ? written : kind.checkSpace(written, objective, resolving)
  if (blocks.require === undefined || failed.has('require')) return space
  if (kind.bringsSpace) {
    // Names may be the objective's.
    checkGrammar(resolving)
    return { ...space, constraints: blocks.require }
  }
  const ruled = withConstraints(space, blocks.require)
  for (const { index, message } of ruled.mistakes) reportRule(index, message, resolving)
  return ruled.space
}

/** Of rules whose parameters are not known, only the grammar can be checked. */
function checkGrammar(resolving: Resolving): void {
  const { blocks, failed } = resolving
  if (failed.has('require')) return
  for (const [index, rule] of (blocks.require ?? []).entries()) {
    const message = constraintMistake(rule, null)
    if (message !== null) reportRule(index, message, resolving)
  }
}

function reportRule(index: number, message: string, { raw, report }: Resolving): void {
  const single = typeof raw.require === 'string'
  report({ path: single ? ['require'] : ['require', index], at: 'value', message })
}
