import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** SHA-256 in hex over the words and the contents of the files. */
export function hashFiles(files: readonly string[], ...words: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words))
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/** SHA-256 in hex of the value's JSON. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
