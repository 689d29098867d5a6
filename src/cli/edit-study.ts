import { existsSync } from 'node:fs'
import { UserError } from '../errors.ts'
import type { StudyRecord, StudyWriter } from '../store/store.ts'
import { findStudy } from './open-study.ts'

/** A store opened for writing and a study in it, for as long as `use` takes. @throws UserError('not-found') */
export async function editStudy<T>(
  args: { readonly db: string; readonly study: string },
  use: (store: StudyWriter, study: StudyRecord) => T | Promise<T>,
): Promise<T> {
  if (!existsSync(args.db)) throw new UserError('not-found', `There is no store ${args.db}`)
  const { openWriter } = await import('../store/sqlite-store.ts')
  const store = openWriter(args.db)
  try {
    return await use(store, findStudy(store, args.study, args.db))
  } finally {
    store.close()
  }
}
