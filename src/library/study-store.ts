import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMemoryStore } from '../store/memory-store.ts'
import { openWriter } from '../store/sqlite-store.ts'
import type { StudyReader, StudyWriter } from '../store/store.ts'
import { checkStore } from './check-place.ts'

/** Where a study in code keeps its trials. */
export class StudyStore {
  /** The store's file; never created where the store is not a file. Folders of trials lie beside it. */
  readonly db: string
  /** Whether trials outlive the process in a file of that name. */
  readonly isFile: boolean
  #store: StudyWriter | null
  readonly #temporary: string | null
  #holders = 0
  #closesLater = false

  /**
   * @param store a file, a store, or undefined for memory
   * @param use a store that is only read may lack the methods that write, and there is none without it
   * @throws UserError('usage') for anything else
   */
  constructor(store: string | StudyWriter | undefined, use: 'reading' | 'writing' = 'writing') {
    checkStore(store, use)
    this.isFile = typeof store === 'string'
    this.#temporary = this.isFile ? null : path.join(tmpdir(), `finesweep-${randomUUID()}`)
    this.db = typeof store === 'string' ? path.resolve(store) : path.join(this.#temporary!, 'studies.db')
    this.#store = typeof store === 'string' ? null : (store ?? createMemoryStore())
  }

  /** The store for writing. */
  writer(): StudyWriter {
    this.#store ??= openWriter(this.db)
    return this.#store
  }

  /** Whether there is anything to close. */
  get isOpen(): boolean {
    return this.#store !== null
  }

  /** The store for reading; null where its file is not there yet. */
  reader(): StudyReader | null {
    return this.#store ?? (existsSync(this.db) ? this.writer() : null)
  }

  /** Keeps the store open while something is under way. */
  async during<T>(act: () => Promise<T>): Promise<T> {
    this.#holders++
    try {
      return await act()
    } finally {
      this.#holders--
      if (this.#holders === 0 && this.#closesLater) this.close()
    }
  }

  /** Closes a file, once nothing is under way; memory stays readable. Removes what was temporary. */
  close(): void {
    this.#closesLater = this.#holders > 0
    if (this.#closesLater) return
    if (this.isFile) {
      this.#store?.close()
      this.#store = null
    }
    if (this.#temporary !== null) rmSync(this.#temporary, { recursive: true, force: true })
  }
}
