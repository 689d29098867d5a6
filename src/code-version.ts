import { readFileSync } from 'node:fs'
import { packageFile } from './package-files.ts'

/** The version in package.json, which a study records. */
export function codeVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version
}
