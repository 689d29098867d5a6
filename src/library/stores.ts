import { checkOptions, wrongArgument } from '../arguments.ts'
import { createMemoryStore as createInMemory } from '../store/memory-store.ts'
import { openReader as openFileReader, openWriter as openFileWriter } from '../store/sqlite-store.ts'
import type { StoreOptions, StudyReader, StudyWriter } from '../store/store.ts'

/** Stores as a program opens them, with the arguments looked at. */

const KEYS: Readonly<Record<keyof StoreOptions, true>> = { now: true }

/**
 * A store without a file, gone with the process: for tests, and for searches whose records nobody needs. It is the
 * reference for what a store does; the SQLite store passes the same tests.
 */
export function createMemoryStore(options: StoreOptions = {}): StudyWriter {
  checkStoreOptions('createMemoryStore', options)
  return createInMemory(options)
}

/**
 * Opens a store for reading, also while studies run: it neither waits for them nor makes them wait.
 * @throws UserError('not-found') if there is no store; UserError('store') for a file that is not a store, is damaged or newer.
 */
export function openReader(file: string, options: StoreOptions = {}): StudyReader {
  checkFile('openReader', file)
  checkStoreOptions('openReader', options)
  return openFileReader(file, options)
}

/**
 * Opens a store for writing, and makes it if it isn't there; several studies may be written to one file at once, each
 * by one writer. For the main thread alone.
 * @throws UserError('store') for a file that is not a store, is damaged, newer, not writable, or on a network.
 */
export function openWriter(file: string, options: StoreOptions = {}): StudyWriter {
  checkFile('openWriter', file)
  checkStoreOptions('openWriter', options)
  return openFileWriter(file, options)
}

function checkFile(of: string, file: unknown): void {
  if (typeof file !== 'string')
    throw wrongArgument(of, 'file must be a path', file, `Write ${of}('results/studies.db').`)
}

function checkStoreOptions(of: string, options: StoreOptions): void {
  const rule = `${of} takes its options as an object`
  checkOptions(options, Object.keys(KEYS), { rule, of, hint: 'Write { now: () => 0 }, or leave them out.' })
  const { now } = options
  if (now !== undefined && typeof now !== 'function') throw wrongArgument(of, 'now must be a function', now)
}
