import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../../errors.ts'
import { packageFile } from '../../package-files.ts'
import type { NewFile } from './templates.ts'

/** Whether Node takes .ts and .js files there for ES modules: the nearest package.json says so. */
export function isModuleFolder(folder: string): boolean {
  const file = nearest(folder, 'package.json')
  if (file === undefined) return false
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown } | null)?.type === 'module'
  } catch {
    return false
  }
}

/** Where the schema of study files lies, from the folder: in its own node_modules if it has this package. */
export function schemaPath(folder: string): string {
  const installed = nearest(folder, 'node_modules/finesweep/study.schema.json')
  const path = relative(resolve(folder), installed ?? fileURLToPath(packageFile('study.schema.json')))
  return path.replaceAll('\\', '/')
}

/** The file of that name in the folder, or in the nearest folder above that has it. */
function nearest(folder: string, name: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, name)
    if (existsSync(file)) return file
    if (dirname(at) === at) return undefined
  }
}

/**
 * Writes all files, or none if one of them is there already.
 * @returns their paths. @throws UserError('usage')
 */
export function writeNewFiles(folder: string, files: readonly NewFile[]): string[] {
  const paths = files.map(({ name }) => join(folder, name))
  const there = paths.find((path) => existsSync(path))
  if (there !== undefined) {
    throw new UserError('usage', `${there} already exists; nothing was written`, {
      hint: 'Choose another folder: finesweep init FOLDER.',
    })
  }
  try {
    mkdirSync(folder, { recursive: true })
    files.forEach(({ text }, index) => {
      writeFileSync(paths[index]!, text, { flag: 'wx' })
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new UserError('usage', `${folder} cannot be written to (${code})`, { cause: error })
  }
  return paths
}
