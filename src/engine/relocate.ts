import path from 'node:path'
import { UserError } from '../errors.ts'
import type { ObjectiveSettings } from '../objective/source.ts'

/** Stands before a path that starts at the root: a word that no path begins with. */
const MARK = 'finesweep-root:'

/**
 * The settings with every absolute path below `root` written relative to it: a worker finds the same files below its own.
 * @throws UserError('usage') naming a path that lies elsewhere
 */
export function fromRoot(settings: ObjectiveSettings, root: string): ObjectiveSettings {
  return mapTexts(settings, (text, key) => {
    if (!path.isAbsolute(text) || NOT_PATHS.has(key)) return text
    const relative = path.relative(root, text)
    if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) {
      throw new UserError('usage', `${key}: ${text} is not inside ${root}, where workers look for files`, {
        hint: 'Set --root to a folder that contains it. Each worker has its own --root.',
      })
    }
    return MARK + relative.split(path.sep).join('/')
  }) as ObjectiveSettings
}

/**
 * The settings with the paths of `fromRoot` below this machine's root.
 * @throws UserError('engine') for a path that is not below it: somebody else wrote these settings
 */
export function toRoot(settings: ObjectiveSettings, root: string): ObjectiveSettings {
  return mapTexts(settings, (text, key) => {
    if (!text.startsWith(MARK)) {
      if (path.isAbsolute(text) && !NOT_PATHS.has(key)) throw outside(key)
      return text
    }
    const absolute = path.resolve(root, text.slice(MARK.length))
    const relative = path.relative(root, absolute)
    if (relative.startsWith('..') || path.isAbsolute(relative)) throw outside(key)
    return absolute
  }) as ObjectiveSettings
}

/** Texts that may begin with a slash but are not paths of files that are loaded. */
const NOT_PATHS: ReadonlySet<string> = new Set(['command', 'delimiter', 'decimal'])

function outside(key: string): UserError {
  return new UserError('engine', `${key} is not inside this worker's root`, {
    hint: 'A worker runs only files inside its --root.',
  })
}

function mapTexts(value: unknown, change: (text: string, key: string) => string, key = ''): unknown {
  if (typeof value === 'string') return change(value, key)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change, name)]))
}
