import { expect, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
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

test('an error says what caused it, unless its own words do', () => {
  const message = (thrown: unknown): string => readThrown(thrown).error.message
  const refused = new Error('connect ECONNREFUSED')
  expect(message(new TypeError('fetch failed', { cause: refused }))).toBe(
    'TypeError: fetch failed (connect ECONNREFUSED)',
  )
  expect(message(new Error('no data: connect ECONNREFUSED', { cause: refused }))).toBe(
    'no data: connect ECONNREFUSED',
  )
  expect(message(new Error('outer', { cause: new Error('middle', { cause: 'inner' }) }))).toBe(
    'outer (middle (inner))',
  )
  expect(message(new AggregateError([refused, refused, new RangeError('far')], 'all failed'))).toBe(
    'AggregateError: all failed (connect ECONNREFUSED; RangeError: far)',
  )
  const circular = new Error('round')
  circular.cause = circular
  expect(message(circular)).toBe('round')
  expect(message(new Error('x', { cause: { code: 1 } }))).toBe('x')
})

test('a long message is cut', () => {
  const { message } = readThrown(new Error('x'.repeat(1e6))).error
  expect(message.length).toBeLessThan(10_000)
  expect(message.endsWith('…')).toBe(true)
})

test('an error has its name unless that says nothing, and its stack', () => {
  const error = new TypeError('no such thing')
  expect(readThrown(error).error).toEqual({
    code: 'threw',
    message: 'TypeError: no such thing',
    stack: error.stack,
  })
  expect(readThrown(new Error('plain')).error.message).toBe('plain')
  expect(readThrown(new TypeError('')).error.message).toBe('TypeError')
  expect(readThrown({ name: 'Error', message: 'of another realm' }).error).toEqual({
    code: 'threw',
    message: 'of another realm',
    stack: null,
  })
  expect(readThrown({ name: 'DivergedError', message: 'of another copy' }).state).toBe('diverged')
  expect(readThrown({ name: 'FailedError', message: 'no code' }).error.code).toBe('threw')
})

test('an object with a message or a name alone is no error', () => {
  for (const thrown of [{ message: 'x' }, { name: 'x' }, {}]) {
    expect(readThrown(thrown).error.message).toBe('The objective threw an object, which is not an Error')
  }
  expect(readThrown(null).error.message).toBe('The objective threw null, which is not an Error')
})

test('a mistake of the user is told with its way out, without a stack', () => {
  const error = new UserError('usage', 'No such file', { hint: 'Give another.' })
  expect(readThrown(error)).toEqual({
    state: 'failed',
    error: { code: 'threw', message: 'No such file. Give another', stack: null },
  })
})

test('messages are cut to 2000 characters, stacks to 8000, and what is no error to 200', () => {
  const whole = new Error('x'.repeat(2000))
  whole.stack = 'y'.repeat(9000)
  expect(readThrown(whole).error).toEqual({
    code: 'threw',
    message: 'x'.repeat(2000),
    stack: 'y'.repeat(8000),
  })
  const cut = `${'x'.repeat(1999)}…`
  expect(readThrown(new Error('x'.repeat(2001))).error.message).toBe(cut)
  expect(readThrown(new DivergedError('x'.repeat(2001))).error.message).toBe(cut)
  expect(readThrown('z'.repeat(201)).error.message).toBe(
    `The objective threw "${'z'.repeat(200)}", which is not an Error`,
  )
})
