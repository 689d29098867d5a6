import { fileURLToPath } from 'node:url'
import { threadId } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { createExecutor } from '../../src/execute/create.ts'
import type { ObjectiveSource } from '../../src/objective/source.ts'
import { trial, unheard } from '../../src/testing/executor/stand.ts'

const file = fileURLToPath(new URL('../fixtures/objectives/on-a-thread.ts', import.meta.url))

/** Where an executor for that source runs a trial that measures the id of its thread. */
async function threadOf(source: ObjectiveSource): Promise<number | undefined> {
  const executor = createExecutor(source, { workers: 2 })
  expect(executor.slots).toBe(2)
  const { measurements } = await executor.run(trial('thread'), unheard)
  await executor.close()
  return measurements[0]?.value
}

it('runs a module on threads of their own, and an object on this one, in as many slots', async () => {
  const objective = {
    space: null,
    *run() {
      yield { step: 1, value: threadId }
    },
  }
  expect(await threadOf({ kind: 'object', objective })).toBe(threadId)
  const other = await threadOf({ kind: 'module', file })
  expect(other).toBeGreaterThan(0)
  expect(other).not.toBe(threadId)
})
