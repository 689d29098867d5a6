import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  closeGenerator,
  isPromise,
  readResult,
  startGenerator,
  withFolder,
} from '../../src/execute/objective-calls.ts'
import type { Measurements, Objective, TrialContext } from '../../src/objective/objective.ts'
import type { TrialFolders } from '../../src/objective/study-place.ts'

const MUST_BE_A_GENERATOR =
  'The run function of an objective must be a generator: write function* (or async function*)'

it.each([[undefined], [null], [7], [Promise.resolve()], [{ next: 1 }]])(
  'an objective that returns %s where a generator is asked for is told so',
  (returned) => {
    const objective = { space: null, run: () => returned } as unknown as Objective
    expect(() => startGenerator(objective, {} as TrialContext)).toThrow(MUST_BE_A_GENERATOR)
  },
)

it('an objective gets its context, and may be a generator of either kind', () => {
  const contexts: unknown[] = []
  const context = { number: 3 } as TrialContext
  const generator = (function* () {})()
  const run = (given: unknown) => {
    contexts.push(given)
    return generator
  }
  expect(startGenerator({ space: null, run } as unknown as Objective, context)).toBe(generator)
  expect(contexts).toEqual([context])
})

describe('what an objective returns', () => {
  it('is nothing, an artifact, how its numbers were computed, or both', () => {
    expect([readResult(undefined), readResult(null)]).toEqual([{}, {}])
    const artifact = Uint8Array.of(1)
    for (const result of [{}, { artifact }, { arithmetic: 'fma' }, { artifact, arithmetic: 'fma' }]) {
      expect(readResult(result)).toBe(result)
    }
  })

  it.each([[7], ['x'], [true], [[]], [{ artifact: 'bytes' }], [{ artifact: null }], [{ arithmetic: 7 }]])(
    'is not %j',
    (returned) => {
      expect(() => readResult(returned)).toThrow(
        'An objective must return nothing or { artifact, arithmetic }, which are bytes and a string; its value is the last one it yields',
      )
    },
  )

  it('stays as it is for a trial without a folder, or with an artifact', () => {
    const artifact = Uint8Array.of(1)
    const without = { used: null } as TrialFolders
    expect(withFolder({ arithmetic: 'fma' }, without)).toEqual({ arithmetic: 'fma' })
    expect(withFolder({ artifact }, { used: '/nowhere' } as unknown as TrialFolders)).toEqual({ artifact })
  })
})

describe('closing a generator', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => vi.useRealTimers())

  it('runs its finally blocks, and waits for asynchronous ones', async () => {
    const closed: string[] = []
    const synchronous = (function* () {
      try {
        yield 1
      } finally {
        closed.push('synchronous')
      }
    })()
    synchronous.next()
    await closeGenerator(synchronous as unknown as Measurements, 50)
    const asynchronous = (async function* () {
      try {
        yield 1
      } finally {
        await new Promise(setImmediate)
        closed.push('asynchronous')
      }
    })()
    await asynchronous.next()
    await closeGenerator(asynchronous as unknown as Measurements, 50)
    expect(closed).toEqual(['synchronous', 'asynchronous'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits no longer than its limit, and not at all where they throw', async () => {
    let isClosed = false
    const endless = { return: () => new Promise(() => {}) } as unknown as Measurements
    const closing = closeGenerator(endless, 50).then(() => {
      isClosed = true
    })
    await vi.advanceTimersByTimeAsync(49)
    expect(isClosed).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await closing
    const throwing = {
      return() {
        throw new Error('in finally')
      },
    }
    await closeGenerator(throwing as unknown as Measurements, 50)
    await closeGenerator({ return: () => Promise.reject(new Error('late')) } as unknown as Measurements, 50)
  })
})

it('a promise is what can be awaited like one', () => {
  expect([Promise.resolve(1), 7, null, undefined, {}].map((value) => isPromise<unknown>(value))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
})
