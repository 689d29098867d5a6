import { fileURLToPath } from 'node:url'
import { wrongArgument } from '../arguments.ts'
import { UserError } from '../errors.ts'
import { objectiveText } from '../objective/define.ts'
import { hashJson } from '../objective/fingerprint.ts'
import type { Objective } from '../objective/objective.ts'
import { measurementsOf, type ObjectiveFunction } from '../objective/plain-function.ts'
import { EXTERNAL } from '../objective/source.ts'
import type { Params } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { describeValue } from '../text/quote.ts'
import type { ObjectiveInCode } from './settings.ts'

/** An objective as a study file would say it; and if it lives in this program, itself with what identifies it. */
export interface ResolvedObjective {
  readonly written: unknown
  readonly objective: Objective | undefined
  /** SHA-256 in hex of its text; null where it is no code of this program. */
  readonly code: string | null
  /** What is to be said of it where trials are kept in a file. */
  readonly remark?: string | null
}

/** Bound and built-in functions all have the same text. */
const NO_TEXT = /\{\s*\[native code\]\s*\}\s*$/

/** A sentence on an objective in a file of trials whose changes no later run can notice; null if they are noticed. */
function describeUnidentified(given: unknown): string | null {
  return typeof given === 'function' && NO_TEXT.test(String(given))
    ? 'The objective is a bound or built-in function, which has no source text: when the study is run again, finesweep cannot tell whether the function has changed. Pass a function that calls it.'
    : null
}

/** What the objective of a study in code means. */
export function resolveObjective<P extends Params>(given: ObjectiveInCode<P> | undefined): ResolvedObjective {
  if (given instanceof URL || (typeof given === 'string' && given.startsWith('file:'))) {
    return { written: pathOf(String(given)), objective: undefined, code: null }
  }
  if (typeof given === 'function') {
    // The study draws params from its own space, so they are of the function's types.
    const run = given as unknown as ObjectiveFunction
    const objective: Objective = { space: null, run: (context) => measurementsOf(run, context) }
    return {
      written: EXTERNAL,
      objective,
      code: hashJson(String(given)),
      remark: describeUnidentified(given),
    }
  }
  if (typeof given === 'object' && given !== null) refuseModule(given)
  if (typeof given === 'object' && given !== null && 'run' in given) {
    const run: unknown = given.run
    if (typeof run !== 'function')
      throw wrongArgument(
        'objective',
        'run must be a generator function',
        run,
        'Write defineObjective(space, function).',
      )
    return { written: EXTERNAL, objective: given, code: hashJson(objectiveText(given)) }
  }
  return { written: given, objective: undefined, code: null }
}

/** The rules that an objective declares and those of the settings: both hold. What is no rule is left for the check of the settings. */
export function rulesOfBoth(declared: SearchSpace | null, given: unknown): unknown {
  const own = declared?.constraints ?? []
  if (own.length === 0) return given
  const further = given === undefined || given === null ? [] : typeof given === 'string' ? [given] : given
  return Array.isArray(further) ? [...new Set([...own, ...further])] : given
}

/** What `import()` gives in place of the objective. */
function refuseModule(given: object): void {
  const isPromise = typeof (given as Partial<Promise<unknown>>).then === 'function'
  if (!isPromise && !('default' in given)) return
  throw new UserError(
    'usage',
    `objective must be what a module exports, got ${isPromise ? 'a promise' : 'the whole module'}`,
    { hint: 'Pass its default export, or the path of the module, whose trials run on threads.' },
  )
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    throw new UserError('usage', `objective must be a file, got ${describeValue(url)}`, {
      hint: "Write new URL('./module.ts', import.meta.url).",
    })
  }
}
