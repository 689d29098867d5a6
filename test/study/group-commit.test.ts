import { expect, test } from 'vitest'
import type { StudyWriter } from '../../src/store/store.ts'
import { createGroupCommit } from '../../src/study/group-commit.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function recorded(flush = (): void => {}): { store: StudyWriter; events: string[] } {
  const events: string[] = []
  const store = {
    flush() {
      events.push('flush')
      flush()
    },
  } as unknown as StudyWriter
  return { store, events }
}

test('what is written in one turn is committed at its end, in one transaction, before it is reported', async () => {
  const { store, events } = recorded()
  const commit = createGroupCommit(store)
  commit.schedule(() => events.push('first'))
  commit.schedule(() => events.push('second'))
  expect(events).toEqual([])
  await nextTurn()
  expect(events).toEqual(['flush', 'first', 'second'])
  commit.schedule(() => events.push('third'))
  await nextTurn()
  expect(events.slice(3)).toEqual(['flush', 'third'])
  await nextTurn()
  expect(events).toHaveLength(5)
})

test('settling commits at once, and nothing twice', async () => {
  const { store, events } = recorded()
  const commit = createGroupCommit(store)
  commit.settle()
  commit.schedule(() => events.push('reported'))
  commit.settle()
  await nextTurn()
  expect(events).toEqual(['flush', 'reported'])
})

test('a failed commit reports nothing, is kept, and is thrown when it is settled', async () => {
  const { store, events } = recorded(() => {
    throw new Error('disk full')
  })
  const commit = createGroupCommit(store)
  commit.schedule(() => events.push('reported'))
  await nextTurn()
  commit.schedule(() => events.push('reported'))
  await nextTurn()
  expect(events).toEqual(['flush'])
  expect(String(commit.failure)).toContain('disk full')
  expect(() => commit.settle()).toThrow('disk full')
})
