/**
 * What a record holds under a name that a user gave; undefined if nothing. Without this, a parameter called
 * `constructor` would be found in every object.
 */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
