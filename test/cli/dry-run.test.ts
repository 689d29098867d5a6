import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCaptured } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-dry-run-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the first trials have the headings that they will have in the results', async () => {
  const file = join(folder, 'study.yaml')
  writeFileSync(
    file,
    'objective: { command: "true" }\ndirection: minimize\nspace: { learningRate: { float: [0, 1] }, batch_size: { int: [1, 9] } }\nstages: [{ trials: 4, epochs: 1 }]\n',
  )
  const { code, stdout } = await runCaptured(['run', file, '--dry-run', '--db', join(folder, 'studies.db')])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^TRIAL +LR +BATCH SIZE$/m)
})
