import { registerHooks } from 'node:module'
import { CODE_FOLDER, RUNS_FROM_SOURCE } from '../package-files.ts'

/** What a module may import from this package, and where it lies. */
const ADDRESSES: Readonly<Record<string, string>> = {
  finesweep: codeFile('index'),
  'finesweep/objective': codeFile('objective/authoring'),
}

function codeFile(module: string): string {
  return new URL(`${module}.${RUNS_FROM_SOURCE ? 'ts' : 'js'}`, CODE_FOLDER).href
}

let offered = false

/**
 * From now on modules of this thread can import 'finesweep' and 'finesweep/objective' wherever they lie: the names
 * belong to the project around a module, and this package stands in where that has none.
 */
export function offerPackage(): void {
  if (!offered) registerHooks({ resolve })
  offered = true
}

const resolve: Parameters<typeof registerHooks>[0]['resolve'] = (specifier, context, nextResolve) => {
  const own = Object.hasOwn(ADDRESSES, specifier) ? ADDRESSES[specifier] : undefined
  if (own === undefined) return nextResolve(specifier, context)
  try {
    return nextResolve(specifier, context)
  } catch {
    return { url: own, shortCircuit: true }
  }
}
