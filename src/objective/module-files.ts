import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { readPart } from './fingerprint.ts'

/** `from './a.ts'`, `import './a.ts'`, `import('./a.ts')`, `require('./a.cjs')`, and `new URL('./a.wasm', import.meta.url)`. */
const NAMED = /(?:\bfrom|\bimport|\brequire|\bnew\s+URL)\s*\(?\s*(['"])([^'"\n]+)\1/g

const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock']

/** What Node itself and this package bring is not the project's. */
const OWN_NAMES = /^(?:node:|finesweep(?:\/|$))/

/**
 * The files that decide what a module measures: itself, what it and its helpers name by relative paths, and the
 * project's lock file if any of them names a package. In an order that depends on the texts alone. Names that are put
 * together while the code runs cannot be seen.
 * @throws UserError('usage') for a file that cannot be read
 */
export function filesOfModule(file: string): string[] {
  const found = new Set<string>()
  let usesPackages = false
  const visit = (module: string): void => {
    if (found.has(module)) return
    found.add(module)
    if (!/\.[cm]?[jt]s$/.test(module)) return
    for (const [, , name] of readPart(module).toString('utf8').matchAll(NAMED)) {
      const isRelative = /^\.{1,2}\//.test(name!)
      usesPackages ||= !isRelative && !OWN_NAMES.test(name!) && isPackageName(name!)
      const target = path.resolve(path.dirname(module), name!)
      if (isRelative && isFile(target)) visit(target)
    }
  }
  visit(file)
  const lock = usesPackages ? lockFileOf(path.dirname(file)) : null
  return lock === null ? [...found] : [...found, lock]
}

function isPackageName(name: string): boolean {
  return /^(?:@[\w.-]+\/)?[a-z0-9][\w.-]*(?:\/|$)/i.test(name)
}

/** The nearest lock file, in the folder or above it; null if there is none. */
function lockFileOf(folder: string): string | null {
  for (const name of LOCK_FILES) {
    const file = path.join(folder, name)
    if (isFile(file)) return file
  }
  const parent = path.dirname(folder)
  return parent === folder ? null : lockFileOf(parent)
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile()
}
