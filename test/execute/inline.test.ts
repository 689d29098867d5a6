import { afterAll, expect, test } from 'vitest'
import { createInlineExecutor } from '../../src/execute/inline.ts'
import { checkExecutor } from '../../src/testing/check-executor.ts'
import { trial } from '../../src/testing/executor/stand.ts'

checkExecutor((file, slots) => createInlineExecutor({ kind: 'module', file }, { slots }), {
  test,
  after: afterAll,
})

test('an object of this process can be run', async () => {
  const executor = createInlineExecutor({
    kind: 'object',
    objective: {
      space: null,
      *run({ params }) {
        yield { step: 1, value: params.does === 'x' ? 1 : 0 }
      },
    },
  })
  const outcome = await executor.run(trial('x'), () => {})
  expect(outcome.measurements[0]?.value).toBe(1)
})

test('a listener that throws is not taken for the objective', async () => {
  const executor = createInlineExecutor({
    kind: 'object',
    objective: {
      space: null,
      *run() {
        yield { step: 1, value: 1 }
      },
    },
  })
  const run = executor.run(trial('x'), () => {
    throw new Error('the listener')
  })
  await expect(run).rejects.toThrow('the listener')
})

test('a step that outlasts the time limit ends the trial, although no timer could run meanwhile', async () => {
  const executor = createInlineExecutor({
    kind: 'object',
    objective: {
      space: null,
      *run() {
        yield { step: 1, value: 1 }
        const until = performance.now() + 60
        while (performance.now() < until) {}
        yield { step: 2, value: 2 }
      },
    },
  })
  const { state, error } = await executor.run(trial('x', { timeoutMs: 30 }), () => {})
  expect([state, error?.code]).toEqual(['failed', 'timeout'])
})
