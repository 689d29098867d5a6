import { openReadable } from './connection.ts'
import { SqliteReader } from './sqlite-reader.ts'
import type { StoreOptions, StudyReader } from './store.ts'

/**
 * Opens a store for reading, also while studies run: it neither waits for them nor makes them wait. In a file of its
 * own, so that a command that only reads does not load the writer.
 *
 * @throws UserError('not-found') if there is no store; UserError('store') for a file that is not a store, is damaged or newer.
 */
export function openReader(file: string, options: StoreOptions = {}): StudyReader {
  return new SqliteReader(openReadable(file), file, options.now ?? Date.now)
}
