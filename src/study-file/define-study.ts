import { existsSync } from 'node:fs'
import path from 'node:path'
import type { z } from 'zod'
import { type Conditional, fileEntryOf } from '../space/constructors.ts'
import type { Distribution, ParamValue } from '../space/distribution.ts'
import { describeValue } from '../text/quote.ts'
import type { Experiment } from './experiment.ts'
import { mistakesError } from './mistakes.ts'
import { experimentOf } from './parse-experiment.ts'
import type { Path } from './path.ts'
import type { BLOCKS, BlockName } from './study-blocks.ts'
import { subject } from './wording.ts'

/** What a study file says, as an object; a space may be made by `float`, `int`, `choice`, `fixed` and `when`. */
export type StudySettings = {
  readonly [Name in Exclude<BlockName, 'space'>]?: ReadonlyDeep<z.input<(typeof BLOCKS)[Name]>>
} & { readonly space?: Readonly<Record<string, Distribution | Conditional | ParamValue | object>> }

/** Settings are only read: constants, declared `as const`, are as good as any. */
type ReadonlyDeep<T> = T extends object ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> } : T

/**
 * A study in code: the same settings as in a file, checked the same way, every default filled in.
 * @param folder what relative paths are taken from
 * @throws UserErrors('usage') with every mistake found
 */
export function defineStudy(settings: StudySettings, folder: string): Experiment {
  const value = plainData(settings, [])
  return experimentOf(
    { value, file: path.join(folder, 'study'), placeOf: () => undefined },
    { exists: existsSync },
  )
}

/** As deep as a study file can be. */
const MOST_DEPTH = 40

/**
 * A copy that holds nothing but what a study file can say: parameters made in code become entries of a file, settings
 * that are undefined are left out, and whatever is not plain data is refused.
 */
function plainData(value: unknown, where: Path): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
      throw refused(where, `must be plain data, got ${describeValue(value)}`)
    }
    return value
  }
  if (where.length > MOST_DEPTH) throw refused([where[0]!], 'is nested too deeply or contains itself')
  if (Array.isArray(value)) return value.map((item, index) => plainData(item, [...where, index]))
  const written =
    where[0] === 'space' && where.length === 2 && isParameter(value) ? fileEntryOf(value) : value
  const entries = Object.entries(written).filter(([, item]) => item !== undefined)
  // A misspelled name in code gives undefined: the parameter would be missing from the search without a word.
  const missing = Object.keys(written).find((key) => (written as Record<string, unknown>)[key] === undefined)
  if (missing !== undefined && where.length === 1 && where[0] === 'space')
    throw refused([...where, missing], 'is undefined: leave out its name if there is no such parameter')
  return Object.fromEntries(entries.map(([key, item]) => [key, plainData(item, [...where, key])]))
}

function refused(where: Path, rule: string): Error {
  const hint = where[0] === 'space' ? 'Write { learningRate: float(1e-5, 1, { log: true }) }.' : undefined
  return mistakesError(
    [{ path: where, at: 'value', message: `${subject(where)} ${rule}`, hint }],
    () => undefined,
  )
}

const KINDS: readonly unknown[] = ['float', 'int', 'categorical', 'fixed', 'conditional']

function isParameter(value: object): value is Distribution | Conditional {
  return 'kind' in value && KINDS.includes(value.kind)
}
