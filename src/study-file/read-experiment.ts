import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { closestName } from '../text/closest-name.ts'
import type { Experiment } from './experiment.ts'
import { userErrors } from './mistakes.ts'
import { type ParseOptions, parseExperiment } from './parse-experiment.ts'
import { MOST_BYTES, tooLarge } from './yaml-file.ts'

export type ReadOptions = Omit<ParseOptions, 'exists'>

/**
 * Reads a study file and resolves it: every default filled in, every path absolute, taken from the file's folder.
 * @param file as the user wrote it; messages show it so
 * @throws UserErrors('usage') with every mistake found, in the order of the lines
 */
export function readExperiment(file: string, options: ReadOptions = {}): Experiment {
  return parseExperiment(readText(file), file, { ...options, exists: existsSync })
}

function readText(file: string): string {
  let bytes: Buffer
  try {
    const status = statSync(file)
    if (status.isDirectory()) throw userErrors([mistake(file, 'This is a folder; expected a study file')])
    if (!status.isFile()) throw userErrors([mistake(file, 'This is not a regular file')])
    if (status.size > MOST_BYTES) throw userErrors([tooLarge(file, status.size)])
    bytes = readFileSync(file)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw userErrors([unreadable(file, error as NodeJS.ErrnoException)])
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw userErrors([
      new UserError('usage', 'This is not UTF-8 text', {
        hint: 'Save the file as UTF-8. Is this a study file?',
        where: { file, line: firstBadLine(bytes), column: 1 },
      }),
    ])
  }
}

function mistake(file: string, message: string, hint?: string): UserError {
  return new UserError('usage', message, { hint, where: { file } })
}

function unreadable(file: string, error: NodeJS.ErrnoException): UserError {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') {
    return mistake(file, `This file can't be read (${error.code ?? error.message})`)
  }
  const near = neighbours(file)
  const meant = closestName(path.basename(file), near)
  const folder = path.dirname(file)
  if (meant !== undefined)
    return mistake(file, 'There is no such file', `Did you mean ${path.join(folder, meant)}?`)
  return mistake(
    file,
    'There is no such file',
    near.length === 0
      ? 'Pass the path of a study file.'
      : `Study files in that folder: ${near.slice(0, 8).join(', ')}.`,
  )
}

/** Study files in the folder of the missing one; none if the folder is missing as well. */
function neighbours(file: string): string[] {
  try {
    return readdirSync(path.dirname(path.resolve(file)))
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .toSorted()
  } catch {
    return []
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start)
    const end = newline < 0 ? bytes.length : newline + 1
    try {
      decoder.decode(bytes.subarray(start, end))
    } catch {
      return line
    }
    start = end
  }
  return 1
}
