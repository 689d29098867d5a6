import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { float, study } from '../../src/index.ts'

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
