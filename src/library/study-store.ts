import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMemoryStore } from '../store/memory-store.ts'
import { openWriter } from '../store/sqlite-store.ts'
import type { StudyReader, StudyWriter } from '../store/store.ts'

/** Where a study in code keeps its trials. */
export class StudyStore {
  /** The store's file; never created where the store is not a file. Folders of trials lie beside it. */
  readonly db: string
  readonly #isFile: boolean
  #store: StudyWriter | null
  readonly #temporary: string | null

  /** @param store a file, a store, or undefined for memory */
  constructor(store: string | StudyWriter | undefined) {
    this.#isFile = typeof store === 'string'
    this.#temporary = this.#isFile ? null : path.join(tmpdir(), `finesweep-${randomUUID()}`)
    this.db = typeof store === 'string' ? path.resolve(store) : path.join(this.#temporary!, 'studies.db')
    this.#store = typeof store === 'string' ? null : (store ?? createMemoryStore())
  }

  /** The store for writing. */
  writer(): StudyWriter {
    this.#store ??= openWriter(this.db)
    return this.#store
  }

  /** The store for reading; null where its file is not there yet. */
  reader(): StudyReader | null {
    return this.#store ?? (existsSync(this.db) ? this.writer() : null)
  }

  /** Closes a file; memory stays readable. Removes what was temporary. */
  close(): void {
    if (this.#isFile) {
      this.#store?.close()
      this.#store = null
    }
    if (this.#temporary !== null) rmSync(this.#temporary, { recursive: true, force: true })
  }
}
