import { existsSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { UserError } from '../errors.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { runForeign } from './foreign-code.ts'
import { syntaxPlace, thrownPlace } from './module-place.ts'
import type { Objective } from './objective.ts'
import { offerPackage } from './own-package.ts'
import { measurementsOf, type ObjectiveFunction } from './plain-function.ts'

const HINT =
  'End the module with: export default ({ params }) => number, or defineObjective({ ... }, function* ({ params, budget, seed }) { ... }).'

/**
 * The objective that a module exports, in this thread.
 * @throws UserError('usage'), with the place where it is known, for a module that is missing, does not parse, fails
 *   while it is loaded, or has no objective as its default export
 */
export async function loadModule(file: string): Promise<Objective> {
  if (!existsSync(file)) throw new UserError('usage', `Objective not found: ${file}`)
  if (!statSync(file).isFile()) throw new UserError('usage', `The objective is not a file: ${file}`)
  const ending = extname(file)
  if (ending !== '' && !/^\.[cm]?[jt]s$/.test(ending)) {
    throw new UserError(
      'usage',
      `An objective must be a TypeScript or JavaScript module; this is a ${ending} file`,
      {
        where: { file },
      },
    )
  }
  let objective: unknown
  try {
    const loaded = await runForeign(async () => {
      offerPackage()
      const { default: exported } = await import(pathToFileURL(file).href)
      // To look at it may run code of the module's own, too.
      return { exported, isSound: isObjective(exported) }
    })
    objective = loaded.exported
    if (typeof objective === 'function') return fromFunction(objective as ObjectiveFunction)
    if (loaded.isSound) return objective as Objective
  } catch (error) {
    throw loadingFailed(file, error)
  }
  const found =
    objective === undefined ? 'there is none' : `got ${objective === null ? 'null' : typeof objective}`
  throw new UserError(
    'usage',
    `The default export of an objective must be a function or the result of defineObjective; ${found}`,
    {
      where: { file },
      hint: HINT,
    },
  )
}

/** A function alone says nothing of its space: the study file does. */
function fromFunction(run: ObjectiveFunction): Objective {
  return { space: null, run: (context) => measurementsOf(run, context) }
}

/** By its shape, not by its maker: the module may hold another copy of this package. */
function isObjective(value: unknown): value is Objective {
  if (typeof value !== 'object' || value === null) return false
  const { space, run } = value as { readonly space?: unknown; readonly run?: unknown }
  return (space === null || isSpace(space)) && typeof run === 'function'
}

function isSpace(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { parameters, conditions, constraints } = value as Partial<Record<keyof SearchSpace, unknown>>
  const areRecords = [parameters, conditions].every((part) => typeof part === 'object' && part !== null)
  return areRecords && Array.isArray(constraints)
}

/** A thrown value in words, whatever it is. */
function describeThrown(thrown: unknown): string {
  if (thrown === undefined) return 'nothing'
  return typeof thrown === 'object' || typeof thrown === 'function'
    ? inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
    : String(thrown)
}

function loadingFailed(file: string, thrown: unknown): UserError {
  if (!(thrown instanceof Error)) {
    const message = `The objective threw while it was loaded: ${describeThrown(thrown)}`
    return new UserError('usage', message, { where: { file } })
  }
  const where = thrownPlace(thrown)
  const { code } = thrown as NodeJS.ErrnoException
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return new UserError('usage', thrown.message, {
      where: where ?? { file },
      hint: 'Types are stripped, not compiled: avoid enums, namespaces and parameter properties.',
      cause: thrown,
    })
  }
  if (thrown.name === 'SyntaxError') {
    // Modules whose imports and exports do not fit are syntax errors, too.
    const what = thrown.message.startsWith('The requested module') ? '' : 'The objective does not parse: '
    const message = `${what}${thrown.message}`
    return new UserError('usage', message, { where: where ?? syntaxPlace(file) ?? { file }, cause: thrown })
  }
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return new UserError('usage', thrown.message, { where: { file }, cause: thrown })
  }
  // By name: a module that holds another copy of this package throws another class of the same errors.
  const isUserError = thrown.name === 'UserError' || thrown.name === 'FailedError'
  const what = thrown.message === '' ? 'it threw an error without a message' : String(thrown.message)
  return new UserError('usage', isUserError ? what : `The objective failed while it was loaded: ${what}`, {
    where: where ?? { file },
    hint: isUserError ? (thrown as UserError).hint : undefined,
    cause: thrown,
  })
}
