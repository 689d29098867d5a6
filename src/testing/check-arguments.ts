import { checkOptions, wrongArgument } from '../arguments.ts'

/** The suites' arguments, before any test is registered. */

const RUNNER = "Write { test, after } of 'node:test', or { test, after: afterAll } of Vitest."

/** @throws UserError('usage') unless `runner` has these functions */
export function checkRunner(of: string, runner: unknown, functions: readonly string[]): void {
  for (const name of functions) {
    const found: unknown = (runner as Readonly<Record<string, unknown>> | null | undefined)?.[name]
    if (typeof found !== 'function')
      throw wrongArgument(of, `${name} of the test runner must be a function`, found, RUNNER)
  }
}

/** @throws UserError('usage') unless it makes what is tested */
export function checkMaker(of: string, name: string, make: unknown, hint: string): void {
  if (typeof make !== 'function') throw wrongArgument(of, `${name} must be a function`, make, hint)
}

/** @throws UserError('usage') unless the only option is this one, of this type */
export function checkOption(of: string, options: object, name: string, type: 'boolean' | 'number'): void {
  checkOptions(options, [name], { rule: `${of} takes its options as an object`, of })
  const value = (options as Readonly<Record<string, unknown>>)[name]
  if (value !== undefined && typeof value !== type)
    throw wrongArgument(of, `${name} must be a ${type}`, value)
}
