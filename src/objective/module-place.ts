import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Place } from '../errors.ts'
import { CODE_FOLDER } from '../package-files.ts'

/** Where a user's module was when it threw; undefined if the stack names no file of the user's. */
export function thrownPlace(error: Error): Place | undefined {
  const lines = String(error.stack ?? '').split('\n')
  // Errors of parsing begin with `/path/to/module.ts:2`, then show the line.
  const parsed = /^(?:file:\/\/)?(\/.+|[A-Za-z]:\\.+):(\d+)$/.exec(lines[0] ?? '')
  if (parsed !== null) return { file: decodeURI(parsed[1]!), line: Number(parsed[2]) }
  for (const line of lines) {
    const frame = /^\s+at .*?\(?(file:\/\/[^)]+?):(\d+):(\d+)\)?$/.exec(line)
    if (frame === null || frame[1]!.includes('/node_modules/') || frame[1]!.startsWith(CODE_FOLDER.href))
      continue
    return { file: fileURLToPath(frame[1]!), line: Number(frame[2]), column: Number(frame[3]) }
  }
  return undefined
}

/**
 * Where a JavaScript file does not parse, which its error does not say: found by running Node in a separate process.
 * Undefined if the file parses, or its error names no line.
 */
export function syntaxPlace(file: string): Place | undefined {
  const checked = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: 10_000 })
  const place = /^(?:file:\/\/)?(.+):(\d+)$/m.exec(checked.stderr ?? '')
  return place === null ? undefined : { file, line: Number(place[2]) }
}
