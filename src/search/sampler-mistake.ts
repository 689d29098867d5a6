import { describeValue } from '../text/quote.ts'
import type { Sampler } from './sampler.ts'

/** What keeps an object of a program from being a sampler, to follow what it is called: `.name must be …`. Null if nothing does. */
export function samplerMistake(given: unknown): string | null {
  if (typeof given !== 'object' || given === null)
    return ` must be { name, adaptive, propose }, got ${describeValue(given)}`
  const { name, adaptive, propose } = given as Partial<Sampler>
  if (typeof name !== 'string' || name === '')
    return `.name must be a string that is not empty, got ${describeValue(name)}`
  if (typeof adaptive !== 'boolean') return `.adaptive must be true or false, got ${describeValue(adaptive)}`
  if (typeof propose !== 'function') return `.propose must be a function, got ${describeValue(propose)}`
  return null
}
