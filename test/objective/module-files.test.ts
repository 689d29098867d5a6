import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hashFiles } from '../../src/objective/fingerprint.ts'
import { filesOfModule } from '../../src/objective/module-files.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-module-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(path.join(folder, 'lib'))

function write(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

const main = write(
  'main.mjs',
  `import { value } from "./lib/helper.mjs"
import { readFileSync } from 'node:fs'
import { defineObjective } from 'finesweep/objective'
const late = () => import('./lib/late.mjs')
export default ({ params }) => value * params.x`,
)
write('lib/helper.mjs', `export { value } from './value.mjs'\nimport '../main.mjs'`)
write('lib/value.mjs', 'export const value = 1')
write('lib/late.mjs', 'export default new URL("./none.wasm", import.meta.url)')
write('package-lock.json', '{}')

const names = (): string[] => filesOfModule(main).map((file) => path.relative(folder, file))
const fingerprint = (): string => hashFiles(filesOfModule(main))

test('a module is known by itself and by all that it imports from its own project', () => {
  expect(names()).toEqual(['main.mjs', 'lib/helper.mjs', 'lib/value.mjs', 'lib/late.mjs'])
})

test('a changed helper is a changed objective, and so is another version of a package', () => {
  const before = fingerprint()
  expect(fingerprint()).toBe(before)
  write('lib/value.mjs', 'export const value = 2')
  const changed = fingerprint()
  expect(changed).not.toBe(before)
  write('lib/late.mjs', `import * as d3 from 'd3-array'`)
  expect(names()).toContain('package-lock.json')
  const locked = fingerprint()
  write('package-lock.json', '{ "name": "other" }')
  expect(fingerprint()).not.toBe(locked)
})

test('a file that cannot be read is named with the way out', () => {
  const part = path.join(folder, 'lib')
  expect(() => hashFiles([part])).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: `Cannot read ${part}, which the objective uses: it is a folder (EISDIR)`,
      hint: 'It must be a file that the user who runs finesweep may read.',
    }),
  )
})
