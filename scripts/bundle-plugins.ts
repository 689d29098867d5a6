import { readFileSync } from 'node:fs'
import type { Plugin } from 'rolldown'

/** What ids of stand-ins begin with, and the package that they are of. */
const STAND_IN = '\0stand-in:'

/** Replaces what a package imports, where the command starts milliseconds sooner without it. */
interface StandIn {
  /** The package that imports it. */
  readonly importer: string
  readonly name: string
  readonly code: string
}

/** @param sqlite the version of better-sqlite3 that is installed */
function listStandIns(sqlite: string): StandIn[] {
  return [
    {
      // Looks for the package.json with the command's version, which the command sets itself.
      importer: 'yargs',
      name: 'escalade/sync',
      code: 'export default () => undefined',
    },
    {
      // Two comparisons. Node's module also loads what lays out and colours its messages.
      importer: 'yargs',
      name: 'assert',
      code: `function check(holds, message) { if (!holds) throw new Error(message) }
        export const strictEqual = (actual, expected, message) => check(Object.is(actual, expected), message)
        export const notStrictEqual = (actual, other, message) => check(!Object.is(actual, other), message)`,
    },
    {
      // 60 kB of generated code that checks the options of a table. The tests, which run the sources, have these checks.
      importer: 'table',
      name: './validateConfig',
      code: 'exports.validateConfig = () => {}',
    },
    {
      // 14 small files. A user's better-sqlite3 may be another version, whose native part goes with its own files only.
      importer: 'finesweep',
      name: 'better-sqlite3',
      code: `const { version } = JSON.parse(require('node:fs').readFileSync(require('description'), 'utf8'))
        module.exports = version === '${sqlite}' ? require('bundled') : require('better-sqlite3')`,
    },
    {
      // Finds the native part among the package's own files.
      importer: 'better-sqlite3',
      name: './binding',
      code: `module.exports = require(require('description').replace('package.json', 'lib/binding.js'))`,
    },
    {
      // Looked for once: it takes half a millisecond.
      importer: STAND_IN,
      name: 'description',
      code: `module.exports = require.resolve('better-sqlite3/package.json')`,
    },
  ]
}

/** @param root of this package, with a slash at the end */
export function standIns(root: string): Plugin {
  const sqlite = `${root}node_modules/better-sqlite3/`
  const { version } = JSON.parse(readFileSync(`${sqlite}package.json`, 'utf8')) as { version: string }
  const all = listStandIns(version)
  return {
    name: 'stand-ins',
    resolveId(id, importer) {
      const from = packageOf(importer)
      const at = all.findIndex((one) => one.name === id && one.importer === from)
      if (at !== -1) return `${STAND_IN}${at}`
      if (from !== STAND_IN) return null
      return id === 'bundled' ? `${sqlite}lib/index.js` : { id, external: true }
    },
    load: (id) => (id.startsWith(STAND_IN) ? all[Number(id.slice(STAND_IN.length))]!.code : null),
  }
}

function packageOf(file = ''): string {
  if (file.startsWith(STAND_IN)) return STAND_IN
  const parts = file.split('/node_modules/')
  return parts.length === 1 ? 'finesweep' : parts.at(-1)!.split('/')[0]!
}

/**
 * Writes the bundle in ASCII, which Node reads, and V8 keeps, in half the time and memory. In strings, templates and
 * regular expressions an escape means its character.
 */
export const ascii: Plugin = {
  name: 'ascii',
  // Not earlier: the printer would write the characters again.
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      const escaped = /\\[^\0-\x7f]/.exec(chunk.code)
      if (escaped !== null) throw new Error(`${chunk.fileName}: cannot escape ${escaped[0]} twice`)
      chunk.code = chunk.code.replace(/[^\0-\x7f]/g, escapeOf)
    }
  },
}

function escapeOf(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
