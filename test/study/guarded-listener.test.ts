import { expect, test } from 'vitest'
import type { StudyEvent, StudyListener } from '../../src/study/events.ts'
import { guardListener } from '../../src/study/guarded-listener.ts'

const FINISHED: StudyEvent = { kind: 'study-finished', state: 'complete', endReason: null }

/** What is said of a listener that throws this, or whose promise is rejected with it. */
async function said(listener: () => unknown): Promise<string[]> {
  const sentences: string[] = []
  const guarded = guardListener(listener as unknown as StudyListener, (sentence) => sentences.push(sentence))
  for (let call = 0; call < 2; call++) guarded(FINISHED)
  await new Promise(setImmediate)
  return sentences
}

const sentence = (thrown: string): string =>
  `A listener threw on "study-finished": ${thrown}. The study continues; later errors of listeners are not reported.`

function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown
  }
}

test('what a listener throws is said once, without a second full stop, and it is called for later events too', async () => {
  let calls = 0
  const counted = (): void => {
    calls++
    throw new Error('No such chart.')
  }
  expect(await said(counted)).toEqual([sentence('No such chart')])
  expect(calls).toBe(2)
})

test('an error without a message is named, and a value that is no error is shown', async () => {
  expect(await said(throwing(new RangeError()))).toEqual([sentence('RangeError')])
  expect(await said(throwing('no'))).toEqual([sentence('no')])
  expect(await said(throwing(undefined))).toEqual([sentence('undefined')])
  const unreadable = {
    toString() {
      throw new Error('never')
    },
  }
  expect(await said(throwing(unreadable))).toEqual([sentence('a value that cannot be read')])
})

test('a promise that is rejected is reported like an error, one that is fulfilled is not', async () => {
  expect(await said(() => Promise.reject(new Error('no such file')))).toEqual([sentence('no such file')])
  expect(await said(() => Promise.resolve(1))).toEqual([])
  expect(await said(() => 1)).toEqual([])
})
