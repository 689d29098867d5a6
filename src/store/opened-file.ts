import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '../errors.ts'

/**
 * The file that a path named when it was opened. One that is deleted, or replaced by another, can still be written to:
 * all that is lost when it is closed, and no call says so.
 */
export class OpenedFile {
  /** As the user named it, for errors. */
  readonly #name: string
  readonly #path: string
  readonly #identity: string | null

  constructor(file: string) {
    this.#name = file
    this.#path = resolve(file)
    this.#identity = identityOf(this.#path)
  }

  /** @throws UserError('store') if the path names it no more */
  check(): void {
    const now = identityOf(this.#path)
    if (now === this.#identity) return
    const happened = now === null ? 'was deleted or moved' : 'was replaced by another file'
    throw new UserError('store', `${this.#name}: the store ${happened} while it was in use`, {
      hint: 'Unless it was moved, its contents are gone: run the study again.',
    })
  }
}

function identityOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? null : `${found.dev}:${found.ino}`
}
