import { expect, test } from 'vitest'
import { readThrown } from '../../src/execute/thrown.ts'
import { DivergedError, FailedError } from '../../src/objective/objective.ts'

test('a failure of a known kind keeps its code, and its details as the stack', () => {
  expect(readThrown(new FailedError('exited', 'It ended', 'last lines'))).toEqual({
    state: 'failed',
    error: { code: 'exited', message: 'It ended', stack: 'last lines' },
  })
  expect(readThrown(new FailedError('exited', 'It ended')).error.stack).toBeNull()
  expect(readThrown(new DivergedError('NaN'))).toEqual({
    state: 'diverged',
    error: { code: 'diverged', message: 'NaN', stack: null },
  })
})

test('what is no error is named, and what cannot be read is said to be so', () => {
  const message = (thrown: unknown): string => readThrown(thrown).error.message
  expect(message('no')).toBe('The objective threw "no", which is not an Error')
  expect(message(7)).toBe('The objective threw 7, which is not an Error')
  expect(message({ a: 1 })).toBe('The objective threw an object, which is not an Error')
  expect(message(new RangeError('too far'))).toBe('RangeError: too far')
  expect(message(new Error(''))).toBe('Error')
  const hidden = Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('never')
    },
  })
  expect(message(hidden)).toBe('The objective threw a value that cannot be read')
})

test('a long message is cut', () => {
  const { message } = readThrown(new Error('x'.repeat(1e6))).error
  expect(message.length).toBeLessThan(10_000)
  expect(message.endsWith('…')).toBe(true)
})
