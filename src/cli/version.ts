import { readFileSync } from 'node:fs'

/** The version in package.json, which lies two folders up from src/cli as from dist/cli. */
export function codeVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
