import { openReadable, openWritable } from './connection.ts'
import { SqliteReader } from './sqlite-reader.ts'
import { SqliteWriter } from './sqlite-writer.ts'
import type { StoreOptions, StudyReader, StudyWriter } from './store.ts'

/**
 * Opens a store for writing, and makes it if it isn't there; several studies may be written to one file at once, each
 * by one writer. For the main thread alone.
 *
 * @throws UserError('store') for a file that is no store, is damaged, newer, not writable, or on a network.
 */
export function openWriter(file: string, options: StoreOptions = {}): StudyWriter {
  return new SqliteWriter(openWritable(file), file, options.now ?? Date.now)
}

/**
 * Opens a store for reading, also while studies run: it neither waits for them nor makes them wait.
 *
 * @throws UserError('not-found') if there is no store; UserError('store') for a file that is none, is damaged or newer.
 */
export function openReader(file: string, options: StoreOptions = {}): StudyReader {
  return new SqliteReader(openReadable(file), file, options.now ?? Date.now)
}
