import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../../errors.ts'

/**
 * Checks that the program of a command can be started, and the interpreter that a script names, before any trial is. A
 * name with placeholders is not looked at.
 * @param name the first word; a name without a slash is looked for in PATH, as the system does
 * @throws UserError('usage')
 */
export function checkProgram(name: string, cwd: string, searched: string | undefined): void {
  if (!existsSync(cwd)) throw new UserError('usage', `command: its working directory ${cwd} does not exist`)
  if (process.platform === 'win32' || name.includes('{')) return
  if (name.includes('/')) {
    const file = path.resolve(cwd, name)
    checkFile(name, file)
    checkInterpreter(file, cwd, searched)
    return
  }
  const found = findInPath(name, cwd, searched)
  if (found !== undefined) {
    checkInterpreter(found, cwd, searched)
    return
  }
  const beside = path.join(cwd, name)
  const hint = isFile(beside)
    ? `There is a file with that name in ${cwd}: write ./${name}.`
    : 'Install it, or write the path of the program.'
  throw new UserError('usage', `command: there is no program ${JSON.stringify(name)} in PATH`, { hint })
}

function findInPath(name: string, cwd: string, searched: string | undefined): string | undefined {
  const folders = (searched ?? '').split(path.delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => path.resolve(cwd, folder, name)).find(isExecutable)
}

/** What systems read of the first line of a script. */
const FIRST_LINE_BYTES = 255

/** The interpreter that a script names in its first line, and the one that `env` is to find there. @throws UserError('usage') */
function checkInterpreter(file: string, cwd: string, searched: string | undefined): void {
  const line = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*?)[ \t]*(?:\n|$)/.exec(firstBytes(file))
  if (line === null) return
  const [, interpreter = '', argument = ''] = line
  const sought = path.basename(interpreter) === 'env' && /^(?!-)[^=/\s]+\r?$/.test(argument) ? argument : null
  const isThere = isExecutable(path.resolve(cwd, interpreter))
  if (isThere && (sought === null || findInPath(sought, cwd, searched) !== undefined)) return
  const name = JSON.stringify(isThere ? sought : interpreter)
  throw new UserError(
    'usage',
    `command: the first line of ${file} names the interpreter ${name}, which does not exist`,
    {
      hint: line[0].includes('\r')
        ? `Its lines end with carriage returns (\\r), as on Windows: remove them, for example with sed -i 's/\\r$//' ${path.basename(file)}.`
        : 'Install it, or correct the line that begins with #!.',
    },
  )
}

/** Empty for a file that can be executed and not read. */
function firstBytes(file: string): string {
  const bytes = Buffer.alloc(FIRST_LINE_BYTES)
  try {
    const descriptor = openSync(file, 'r')
    try {
      return bytes.toString('utf8', 0, readSync(descriptor, bytes))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
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
