import { UserError } from '../errors.ts'
import { describeValue } from '../text/quote.ts'

/** `sqlite:///studies.db`, `file:///tmp/studies.db`, `:memory:`: the words of other libraries. */
const ADDRESS = /^[a-z][a-z+.-]+:\/\/|^file:|^:memory:$/i

/**
 * Refuses what is no store, where SQLite would make a file of that name or a method would be missing much later.
 * @throws UserError('usage')
 */
export function checkStore(store: unknown): void {
  if (store === undefined || store === null) return
  if (typeof store === 'string') {
    if (store !== '' && !ADDRESS.test(store)) return
    throw new UserError('usage', `store must be the path of a file, got ${describeValue(store)}`, {
      hint: "Write store: 'results/studies.db', or leave it out to keep the trials in memory.",
    })
  }
  if (typeof store === 'object' && 'findStudy' in store) return
  throw new UserError(
    'usage',
    `store must be the path of a file or a StudyWriter, got ${store instanceof URL ? store.href : describeValue(store)}`,
    { hint: "Write store: 'results/studies.db', or fileURLToPath(url)." },
  )
}

/** @throws UserError('usage') for settings that are no object, and for a folder that is no path */
export function checkSettings(settings: unknown): void {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new UserError('usage', `study takes its settings as an object, got ${describeValue(settings)}`, {
      hint: 'Write study({ space, objective, direction, stages }).',
    })
  }
  const { folder } = settings as { readonly folder?: unknown }
  if (folder === undefined || typeof folder === 'string') return
  throw new UserError(
    'usage',
    `folder must be a path, got ${folder instanceof URL ? folder.href : describeValue(folder)}`,
    {
      hint: 'Write folder: import.meta.dirname.',
    },
  )
}
