import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { UserError } from '../errors.ts'
import { reasonOf } from './folder-error.ts'

/** A file that is part of what is measured. @throws UserError('usage') if it cannot be read */
export function readPart(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const reason = reasonOf(error as NodeJS.ErrnoException, 'reading')
    throw new UserError('usage', `Cannot read ${file}, which the objective uses: ${reason}`, {
      hint: 'It must be a file that the user who runs finesweep may read.',
      cause: error,
    })
  }
}

/** SHA-256 in hex over the words and the contents of the files. @throws UserError('usage') for one that cannot be read */
export function hashFiles(files: readonly string[], ...words: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words))
  for (const file of files) hash.update(readPart(file))
  return hash.digest('hex')
}

/** SHA-256 in hex of the value's JSON. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
