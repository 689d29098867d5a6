import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')

/** The code blocks of a document in that language, in order. */
export function examplesOf(document: string, language: string): string[] {
  const text = readFileSync(path.join(ROOT, document), 'utf8')
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map((match) => match[1]!)
}

/** A folder outside the checkout in which `finesweep` is installed, the command included; to be removed at the end. */
export function newProject(): { readonly folder: string; readonly bin: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-docs-'))
  const bin = path.join(folder, 'node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(ROOT, path.join(folder, 'node_modules/finesweep'))
  symlinkSync(path.join(ROOT, 'dist/bin/finesweep.cjs'), path.join(bin, 'finesweep'))
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
  return { folder, bin, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Runs a program there. @returns what it printed, and its exit code */
export function runThere(folder: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [program, ...args] = words
  const { status, stdout, stderr } = spawnSync(program!, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status, stdout, stderr }
}
