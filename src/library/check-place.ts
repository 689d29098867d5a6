import { checkOptions, isRecord, wrongArgument } from '../arguments.ts'
import { UserError } from '../errors.ts'
import { describeValue } from '../text/quote.ts'
import { missingMethod } from './store-methods.ts'

/** `sqlite:///studies.db`, `file:studies.db`, `:memory:`: the words of other libraries. */
const ADDRESS = /^[a-z][a-z+.-]+:\/\/|^file:|^:memory:$/i

/**
 * Refuses what is no store, where SQLite would make a file of that name or a method would be missing much later.
 * @throws UserError('usage')
 */
export function checkStore(store: unknown, use: 'reading' | 'writing' = 'writing'): void {
  if (use === 'writing' && (store === undefined || store === null)) return
  if (typeof store === 'string') {
    if (store !== '' && !ADDRESS.test(store)) return
    throw new UserError('usage', `store must be the path of a file, got ${describeValue(store)}`, {
      hint: "Write store: 'results/studies.db', or leave it out to keep the trials in memory.",
    })
  }
  if (typeof store === 'object' && store !== null && 'findStudy' in store) {
    const missing = missingMethod(store, use)
    if (missing === undefined) return
    throw new UserError('usage', `store must have the methods of a StudyWriter, but ${missing} is none`, {
      hint: 'checkStore of finesweep/testing checks a store of your own.',
    })
  }
  throw new UserError(
    'usage',
    `store must be the path of a file or a StudyWriter, got ${store instanceof URL ? store.href : describeValue(store)}`,
    { hint: "Write store: 'results/studies.db', or fileURLToPath(url)." },
  )
}

/** @throws UserError('usage') for settings that are no object, and for a folder that is no path */
export function checkSettings(settings: unknown): void {
  if (!isRecord(settings)) {
    throw new UserError('usage', `study takes its settings as an object, got ${describeValue(settings)}`, {
      hint: 'Write study({ space, objective, direction, stages }).',
    })
  }
  const { folder } = settings
  if (folder === undefined || typeof folder === 'string') return
  throw new UserError(
    'usage',
    `folder must be a path, got ${folder instanceof URL ? folder.href : describeValue(folder)}`,
    {
      hint: 'Write folder: import.meta.dirname.',
    },
  )
}

const FILE_OPTIONS = ['store', 'name', 'seed', 'overrides']

/** Refuses what is no study file, and options that `studyFromFile` has not. @throws UserError('usage') */
export function checkFileStudy(file: unknown, options: object): void {
  const of = 'studyFromFile'
  if (typeof file !== 'string') {
    throw wrongArgument(
      of,
      'file must be a path',
      file instanceof URL ? file.href : file,
      "Write studyFromFile('study.yaml').",
    )
  }
  const rule = `${of} takes its options as an object`
  checkOptions(options, FILE_OPTIONS, { rule, of, hint: "Write studyFromFile('study.yaml', { seed: 7 })." })
  const { name, seed, overrides } = options as Readonly<Record<string, unknown>>
  if (name !== undefined && typeof name !== 'string') throw wrongArgument(of, 'name must be a string', name)
  if (seed !== undefined && typeof seed !== 'number' && typeof seed !== 'string')
    throw wrongArgument(of, 'seed must be a whole number', seed)
  const isList = Array.isArray(overrides) && overrides.every((text) => typeof text === 'string')
  if (overrides !== undefined && !isList)
    throw wrongArgument(of, 'overrides must be a list of strings', overrides, "Write ['stages[0].trials=8'].")
}
