import { accessSync, constants, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../../errors.ts'

/**
 * Checks that the program of a command can be started, before any trial is. A name with placeholders is not looked at.
 * @param name the first word; a name without a slash is looked for in PATH, as the system does
 * @throws UserError('usage')
 */
export function checkProgram(name: string, cwd: string, searched: string | undefined): void {
  if (!existsSync(cwd)) throw new UserError('usage', `command: its working directory ${cwd} does not exist`)
  if (process.platform === 'win32' || name.includes('{')) return
  if (name.includes('/')) {
    checkFile(name, path.resolve(cwd, name))
    return
  }
  const folders = (searched ?? '').split(path.delimiter).filter((folder) => folder !== '')
  if (folders.some((folder) => isExecutable(path.resolve(cwd, folder, name)))) return
  const beside = path.join(cwd, name)
  const hint = isFile(beside)
    ? `There is a file of that name in ${cwd}: write ./${name}.`
    : 'Install it, or write the path of the program.'
  throw new UserError('usage', `command: there is no program ${JSON.stringify(name)} in PATH`, { hint })
}

function checkFile(name: string, file: string): void {
  if (!existsSync(file)) throw new UserError('usage', `command: there is no program ${file}`)
  if (!isFile(file)) throw new UserError('usage', `command: ${file} is not a file`)
  if (isExecutable(file)) return
  throw new UserError('usage', `command: ${file} is not executable`, {
    hint: `Run chmod +x on it, or name its interpreter: "sh ${name}", "python3 ${name}".`,
  })
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile()
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return isFile(file)
  } catch {
    return false
  }
}
