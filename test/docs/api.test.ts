import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { examplesOf, newProject, runThere } from './examples.ts'

const { folder, remove } = newProject()
afterAll(remove)

const EXAMPLES = [
  ...examplesOf('docs/api.md', 'ts').map((code, i) => [`docs/api.md ${i}`, code] as const),
  ...examplesOf('README.md', 'ts')
    .filter((code) => code.includes("from 'finesweep'"))
    .map((code, i) => [`README.md ${i}`, code] as const),
]

/** The file name that the first line of an example gives, for other examples to import. */
function nameOf(code: string): string {
  return /^\/\/ (\S+\.ts)\n/.exec(code)?.[1] ?? 'example.ts'
}

const PROGRAMS = EXAMPLES.filter(([, code]) => !nameOf(code).endsWith('.test.ts'))
const TESTS = EXAMPLES.filter(([, code]) => nameOf(code).endsWith('.test.ts'))

describe('every example in TypeScript runs as it is', () => {
  test.each(PROGRAMS)('%s', (_, code) => {
    writeFileSync(path.join(folder, nameOf(code)), code)
    const { status, stdout, stderr } = runThere(folder, [process.execPath, nameOf(code)])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const isImported = EXAMPLES.some(([, other]) => other.includes(`from './${nameOf(code)}'`))
    expect(stdout === '').toBe(isImported)
    expect(stdout).not.toContain('undefined')
  })

  test.each(TESTS)('%s, under node --test', (_, code) => {
    for (const [, program] of PROGRAMS) writeFileSync(path.join(folder, nameOf(program)), program)
    writeFileSync(path.join(folder, nameOf(code)), code)
    const { status, stdout } = runThere(folder, [process.execPath, '--test', nameOf(code)])
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/fail 0\n/) })
    expect(Number(/tests (\d+)/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(40)
  })
})
