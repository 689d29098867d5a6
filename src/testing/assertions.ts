import assert from 'node:assert/strict'

/** Asserts that a value has at least the properties of `expected`, at any depth. Arrays must have the same length. */
export function matches(actual: unknown, expected: object): void {
  assert.deepStrictEqual(partOf(actual, expected), expected)
}

/** Asserts that a call throws an error whose message contains a text. */
export function throwsWith(run: () => unknown, text: string): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof Error, `threw ${String(error)}, which is not an Error`)
    assert.ok(error.message.includes(text), `threw "${error.message}", which does not contain "${text}"`)
    return true
  })
}

/** What `actual` has of the properties that `expected` names. */
function partOf(actual: unknown, expected: unknown): unknown {
  if (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null) {
    return actual
  }
  if (Array.isArray(actual)) {
    return Array.isArray(expected) ? actual.map((item, i) => partOf(item, expected[i])) : actual
  }
  if (Object.getPrototypeOf(expected) !== Object.prototype) return actual
  return Object.fromEntries(
    Object.entries(expected).map(([key, value]) => [key, partOf(Reflect.get(actual, key), value)]),
  )
}
