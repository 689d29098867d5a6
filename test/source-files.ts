import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const SOURCE = fileURLToPath(new URL('../src', import.meta.url))

export interface SourceFile {
  /** Relative to src/, with slashes. */
  readonly path: string
  /** The first folder, or the name of a file that lies in src/ itself. */
  readonly folder: string
  readonly code: string
  /** As written: `../trial.ts`, `node:fs`, `csv-parse/sync`. */
  readonly imports: readonly string[]
}

/** All code of the package. */
export const FILES: readonly SourceFile[] = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  // The kernels' AssemblyScript is another language.
  .filter((path) => path.endsWith('.ts') && !path.startsWith('train/kernels/assembly/'))
  .map(readSource)

/** Everything else in TypeScript that is run: no circle there either. */
export const TOOLS: readonly SourceFile[] = ['bench', 'scripts'].flatMap((folder) =>
  readdirSync(join(SOURCE, '..', folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readSource(`../${folder}/${path.replaceAll('\\', '/')}`)),
)

/** @param path relative to src/ */
function readSource(path: string): SourceFile {
  const code = withoutComments(readFileSync(join(SOURCE, path), 'utf8'))
  const imports = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g)].map((match) => match[1]!)
  return { path, folder: folderOf(path), code, imports }
}

/** The first folder of a path, or the name of a file that lies in src/ itself. */
export function folderOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '')
}

/** The files of src/ that a file imports, relative to src/. */
export function targetsOf(file: SourceFile): string[] {
  return allTargetsOf(file).filter((target) => !target.startsWith('..'))
}

/** The project's files that a file imports, relative to src/. */
export function allTargetsOf({ path, imports }: SourceFile): string[] {
  return imports
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(SOURCE, resolve(SOURCE, dirname(path), name)).replaceAll('\\', '/'))
}

export function packageOf(name: string): string {
  if (name.startsWith('node:')) return name
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/')
}

/** Code alone: what a comment shows as an example is imported by nobody. Texts stay as they are. */
function withoutComments(code: string): string {
  return code.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, text) => text ?? '',
  )
}
