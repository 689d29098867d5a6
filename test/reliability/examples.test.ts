import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { start } from './finesweep.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** FINESWEEP_PYTHON names a Python that has the packages; studies say python3. */
const python = process.env.FINESWEEP_PYTHON
const PATH = python === undefined ? process.env.PATH : `${path.dirname(python)}:${process.env.PATH}`

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { env: { ...process.env, PATH } }).status === 0
}

const EXAMPLES = [
  { name: 'pytorch', needs: 'torch', stages: [2, 1], left: 'model.pt' },
  { name: 'lightgbm', needs: 'lightgbm, sklearn', stages: [2, 1], left: 'stdout.txt' },
  { name: 'throughput', needs: null, stages: [3, 2], left: null },
  { name: 'compiler-flags', needs: 'cc', stages: [2], left: 'sieve' },
] as const

test('every folder of experiments/ is an example with a study and a few lines of text', () => {
  const folders = readdirSync('experiments', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).toSorted()).toEqual(EXAMPLES.map(({ name }) => name).toSorted())
  for (const { name } of EXAMPLES) {
    expect(readFileSync(`experiments/${name}/README.md`, 'utf8').split('\n').length).toBeLessThan(20)
  }
})

test.each(EXAMPLES)('experiments/$name runs', { timeout: 120_000 }, async ({ name, needs, stages, left }) => {
  const canRun =
    needs === null || (needs === 'cc' ? runs('cc', '--version') : runs('python3', '-c', `import ${needs}`))
  if (!canRun) {
    console.log(`experiments/${name} is skipped: there is no ${needs}`)
    return
  }
  const own = path.join(folder, name)
  cpSync(`experiments/${name}`, own, { recursive: true })
  const fewer = stages.flatMap((trials, index) => ['--set', `stages[${index}].trials=${trials}`])
  const run = await start(['run', 'study.yaml', '--workers', '2', ...fewer], { PATH }, own).ended
  expect(run.code, run.stderr).toBe(0)
  expect(run.stderr).not.toMatch(/failed|Warning/)
  if (left === null) return
  const copied = await start(['artifacts', '-o', 'best'], {}, own).ended
  expect(copied.code, copied.stderr).toBe(0)
  expect(existsSync(path.join(own, 'best', left))).toBe(true)
})
