import { registerHooks } from 'node:module'
import { CODE_FOLDER, RUNS_FROM_SOURCE } from '../package-files.ts'

/** What `import ... from 'finesweep'` gives a module: the whole public API, or the part for objectives alone. */
export type Entry = 'whole' | 'authoring'

const ADDRESSES: Readonly<Record<Entry, string>> = {
  whole: codeFile('index'),
  authoring: codeFile('objective/authoring'),
}

function codeFile(module: string): string {
  return new URL(`${module}.${RUNS_FROM_SOURCE ? 'ts' : 'js'}`, CODE_FOLDER).href
}

let offered: Entry | null = null

/**
 * From now on modules of this thread can import 'finesweep' wherever they lie. `whole` leaves the name to the project
 * that a module lies in, and stands in where there is none; `authoring` goes first, as it is so much quicker.
 */
export function offerPackage(entry: Entry): void {
  if (offered === null) registerHooks({ resolve })
  offered = entry
}

const resolve: Parameters<typeof registerHooks>[0]['resolve'] = (specifier, context, nextResolve) => {
  if (specifier !== 'finesweep') return nextResolve(specifier, context)
  if (offered === 'authoring') return { url: ADDRESSES.authoring, shortCircuit: true }
  try {
    return nextResolve(specifier, context)
  } catch {
    return { url: ADDRESSES.whole, shortCircuit: true }
  }
}

/** Whether a module failed to load because it imports more than objectives need. */
export function isMissingFromEntry(error: unknown): boolean {
  return error instanceof SyntaxError && error.message.startsWith("The requested module 'finesweep' does not")
}
