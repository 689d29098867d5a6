import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { examplesOf, newProject, runThere } from './examples.ts'

const { folder, remove } = newProject()
afterAll(remove)

const STUDY_IN_CODE = examplesOf('README.md', 'ts').filter((code) => code.includes("from 'finesweep'"))

describe('every example in TypeScript runs as it is', () => {
  test.each([
    ...examplesOf('docs/api.md', 'ts').map((code, i) => [`docs/api.md ${i}`, code] as const),
    ...STUDY_IN_CODE.map((code, i) => [`README.md ${i}`, code] as const),
  ])('%s', (_, code) => {
    writeFileSync(path.join(folder, 'example.ts'), code)
    const { status, stdout, stderr } = runThere(folder, [process.execPath, 'example.ts'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).not.toBe('')
    expect(stdout).not.toContain('undefined')
  })
})
