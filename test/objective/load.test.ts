import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadObjective } from '../../src/objective/load.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url))
/** Outside any project: nothing but this package itself can tell what 'finesweep' is. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'finesweep-modules-')))
let stderr = ''
const printed = new Map<string, unknown[]>()

/** Node loads them all in one process of its own: the test runner's way with modules is not Node's. */
beforeAll(() => {
  cpSync(join(FIXTURES, 'modules'), folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.txt')) renameSync(join(folder, name), join(folder, name.slice(0, -4)))
  }
  const names = [...readdirSync(folder), 'not-there.mjs', '.']
  const files = names.map((name) => join(folder, name))
  const child = spawnSync(process.execPath, [join(FIXTURES, 'load-each.ts'), ...files], { encoding: 'utf8' })
  stderr = child.stderr
  const lines = child.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const name of names) {
    const end = lines.findIndex((line) => line !== 'measured') + 1
    printed.set(name, lines.splice(0, end))
  }
  expect(lines).toEqual([])
})
afterAll(() => rmSync(folder, { recursive: true }))

test('modules outside any project load, in TypeScript and in JavaScript, with this package to import', () => {
  expect(printed.get('typescript.ts')).toEqual(['measured', { names: ['x'], state: 'complete', value: 0.25 }])
  expect(printed.get('javascript.mjs')).toEqual(['measured', { names: ['n'], state: 'complete', value: 3 }])
})

test('what they print goes to stderr, and our own output to stdout', () => {
  expect(stderr).toContain('printed while it is loaded\n')
  expect(stderr).toContain('printed while it runs\n')
})

test('a function alone is an objective, whose value is that of all epochs', () => {
  expect(printed.get('function-default.mjs')).toEqual([
    'measured',
    { names: null, state: 'complete', value: 1.5 },
  ])
})

test('an objective written by hand needs no space', () => {
  expect(printed.get('by-hand.mjs')).toEqual([{ names: null, state: 'failed' }])
})

const PLAIN_COMMAND = { kind: 'command', env: {}, devices: null, keep: 3 } as const

const HINT =
  'End the module with: export default ({ params }) => number, or defineObjective({ ... }, function* ({ params, budget, seed }) { ... }).'

test.for([
  ['not-there.mjs', 'Objective not found: FOLDER/not-there.mjs.'],
  ['.', 'The objective is not a file: FOLDER.'],
  [
    'no-default.mjs',
    `FOLDER/no-default.mjs  The default export of an objective must be a function or the result of defineObjective; there is none. ${HINT}`,
  ],
  ['syntax.mjs', /^FOLDER\/syntax\.mjs:3 {2}The objective does not parse: .*\.$/],
  ['syntax.ts', /^FOLDER\/syntax\.ts:3 {2}The objective does not parse: .*\.$/],
  [
    'enum.ts',
    /^FOLDER\/enum\.ts:1 {2}TypeScript enum is not supported in strip-only mode\. Types are stripped/,
  ],
  [
    'missing-import.mjs',
    "FOLDER/missing-import.mjs  Cannot find module 'FOLDER/missing.mjs' imported from FOLDER/missing-import.mjs.",
  ],
  ['missing-name.mjs', /^FOLDER\/missing-name\.mjs:1 {2}The requested module 'node:fs'.*'nothing'\.$/],
  ['throws.mjs', /^FOLDER\/throws\.mjs:2:\d+ {2}The objective failed while it was loaded: Cannot read .*\.$/],
  ['exits.mjs', /^FOLDER\/exits\.mjs:2:\d+ {2}The objective called process\.exit\(3\)\.$/],
  ['throws-text.mjs', 'FOLDER/throws-text.mjs  The objective threw while it was loaded: text.'],
  [
    'bad-space.mjs',
    /^FOLDER\/bad-space\.mjs:3:\d+ {2}float\(0, 1\): low must be > 0 on a log scale, got 0\. Raise/,
  ],
  [
    'no-generator.mjs',
    /^FOLDER\/no-generator\.mjs:2:\d+ {2}defineObjective: the second argument must be a function/,
  ],
] as const)('%s is refused with its place', ([name, expected]) => {
  const [{ message }] = printed.get(name) as [{ message: string }]
  const shown = message.replaceAll(folder, 'FOLDER')
  if (typeof expected === 'string') expect(shown).toBe(expected)
  else expect(shown).toMatch(expected)
})

test('an object is its own objective', async () => {
  const objective = { space: null, *run() {} }
  expect(await loadObjective({ kind: 'object', objective })).toBe(objective)
})

test('a command whose quotes are open is refused when it is loaded', async () => {
  const command = loadObjective({ ...PLAIN_COMMAND, command: 'train "now', cwd: folder })
  await expect(command).rejects.toThrow('is never closed')
})
