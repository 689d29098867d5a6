import { openWritable } from './connection.ts'
import { SqliteWriter } from './sqlite-writer.ts'
import type { StoreOptions, StudyWriter } from './store.ts'

export { openReader } from './open-reader.ts'

/**
 * Opens a store for writing, and makes it if it isn't there; several studies may be written to one file at once, each
 * by one writer. For the main thread alone.
 *
 * @throws UserError('store') for a file that is not a store, is damaged, newer, not writable, or on a network.
 */
export function openWriter(file: string, options: StoreOptions = {}): StudyWriter {
  return new SqliteWriter(openWritable(file), file, options.now ?? Date.now)
}
