/**
 * Where this package's own files lie. The code runs from `src/` (TypeScript), from `dist/` (the library's modules) and
 * from `dist/bin/` (the bundled command and its threads): files are named from the package's root, never from the
 * importing module.
 */

const OWN = /(?:src|dist|dist\/bin)\/[^/]+$/

/** True while TypeScript sources run, in tests and benchmarks. */
export const RUNS_FROM_SOURCE = import.meta.url.endsWith('.ts')

/** The package's root: package.json lies here. */
export const PACKAGE_ROOT = new URL(import.meta.url.replace(OWN, '').replace(/\/dist\/$/, '/'))

/** The folder of this package's code, `src/` or `dist/`. */
export const CODE_FOLDER = new URL(RUNS_FROM_SOURCE ? 'src/' : 'dist/', PACKAGE_ROOT)

/** A file of the package, by its path from the root. */
export function packageFile(path: string): URL {
  return new URL(path, PACKAGE_ROOT)
}

/**
 * The entry of a thread: the module itself while sources run, else its bundle, which loads in a few milliseconds.
 * @param module the module's path below `src/`, without its ending: `execute/worker`
 */
export function threadEntry(module: string): URL {
  return packageFile(RUNS_FROM_SOURCE ? `src/${module}.ts` : `dist/bin/${module.split('/').at(-1)}.js`)
}
