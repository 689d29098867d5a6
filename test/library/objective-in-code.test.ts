import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defineObjective, float, study } from '../../src/index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-code-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function square(this: void, { params }: { params: { x: number } }): number {
  return params.x ** 2
}

async function said(objective: typeof square, store?: string): Promise<string[]> {
  const sentences: string[] = []
  const tuning = study({
    name: 'code',
    direction: 'minimize',
    space: { x: float(0, 1) },
    objective,
    stages: [{ trials: 2, epochs: 1 }],
    ...(store === undefined ? {} : { store: path.join(folder, store) }),
  })
  await tuning.run({ onMessage: (sentence) => sentences.push(sentence) })
  tuning.close()
  return sentences
}

test('a function without a text of its own is said to be one where its trials are kept in a file', async () => {
  const remark = expect.stringContaining(
    'The objective is a bound or built-in function, which has no source text',
  )
  expect(await said(square.bind(undefined), 'bound.db')).toEqual([remark])
  expect(await said(square, 'plain.db')).toEqual([])
  expect(await said(square.bind(undefined))).toEqual([])
})

test.each([
  ['alone', {}],
  ['with a rule', { require: 'x < 0.75' }],
  ['with rules', { require: ['x < 0.75'] }],
  ['with a space', { space: { x: float(0.25, 1) } }],
])('rules that an objective declares hold in its studies (%s)', async (_, settings) => {
  const objective = defineObjective({ x: float(0, 1) }, ({ params }) => params.x, { require: 'x > 0.5' })
  const tuning = study({
    direction: 'minimize',
    objective,
    stages: [{ trials: 16, epochs: 1 }],
    ...settings,
  })
  await tuning.run()
  const xs = tuning.trials().map(({ params }) => Number(params.x))
  expect(Math.min(...xs)).toBeGreaterThan(0.5)
  expect(Math.max(...xs)).toBeLessThan('require' in settings ? 0.75 : 1)
})
