import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createMemoryStore, float, openReader, study, studyFromFile } from '../../src/index.ts'
import { runCaptured } from '../cli/capture.ts'
import { FILES, targetsOf } from '../source-files.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-words-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const at = path.join(folder, name)
  writeFileSync(at, text)
  return at
}

const settings = {
  name: 'words',
  direction: 'minimize',
  space: { lr: float(0, 1) },
  objective: ({ params }: { params: { lr: number } }) => params.lr,
  stages: [{ trials: 4, epochs: 3 }],
} as const

test('a fix by an option is shown as code writes it in code, and as a flag by a command', async () => {
  const csv = file('rates.csv', 'rate,value\n0.1,1\n')
  await expect(study(settings).import(csv)).rejects.toMatchObject({
    message: 'There is no column named lr',
    hint: "Columns: rate, value. Or choose a column (columns: { lr: 'COLUMN' }).",
  })
  const yaml = file(
    'words.yaml',
    'direction: minimize\nspace: { lr: { float: [0, 1] } }\nobjective: external\nstages: [{ trials: 4, epochs: 3 }]\n',
  )
  const db = path.join(folder, 'command.db')
  expect((await runCaptured(['import', yaml, '--from', csv, '--db', db])).stderr).toBe(
    `${csv}:1  There is no column named lr. Columns: rate, value. Or choose a column (--map lr=COLUMN).\n`,
  )
  expect(() => openReader(csv)).toThrow(
    expect.objectContaining({ hint: "Choose another file (store: 'FILE')." }),
  )
  expect((await runCaptured(['best', '--db', csv])).stderr).toContain('Choose another file (--db FILE).')
})

test('an import names its options as code does', async () => {
  const csv = file('plain.csv', 'lr,value\n0.1,1\n')
  const one = () => study(settings)
  await expect(one().import(csv, { study: 'other' })).rejects.toMatchObject({
    message: 'This is a CSV file, which contains no studies to choose from',
    hint: "Leave the study out (study: 'other').",
  })
  await expect(one().import(csv, { columns: { rate: 'lr' } })).rejects.toMatchObject({
    message: 'There is no parameter or field "rate" to map a column to',
  })
  const db = path.join(folder, 'two.db')
  for (const name of ['a', 'b']) {
    const kept = study({ ...settings, name, store: db })
    await kept.run({ onMessage: () => {} })
    kept.close()
  }
  await expect(one().import(db)).rejects.toMatchObject({ hint: "Choose one of them (study: 'NAME')." })
  await expect(one().import(db, { study: 'a', columns: { lr: 'rate' } })).rejects.toMatchObject({
    hint: "Leave the map out (columns: { lr: 'rate' }).",
  })
})

test('settings from outside a file are named as the options of studyFromFile', () => {
  const yaml = file(
    'outside.yaml',
    'direction: minimize\nspace: { x: { float: [0, 1] } }\nobjective: external\n',
  )
  const message = (options: Parameters<typeof studyFromFile>[1]): string => {
    try {
      studyFromFile(yaml, options)
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }
  expect(message({ overrides: ['stages[0].trails=3'] })).toMatch(
    /^overrides stages\[0\]\.trails {2}Unknown key/,
  )
  expect(message({ overrides: ['stages'] })).toMatch(/^overrides {2}"stages" sets nothing\. Write path=value/)
  expect(message({ seed: '-1' })).toMatch(/^seed {2}seed must/)
  expect(message({ name: '' })).toMatch(/^name {2}name must/)
})

test('notes of a run speak of the settings in code', async () => {
  const store = createMemoryStore()
  const said: string[] = []
  const onMessage = (sentence: string) => void said.push(sentence)
  await study({ ...settings, name: 'first', store }).run({ onMessage })
  await study({ ...settings, name: 'second', store }).run({ onMessage })
  expect(said).toContainEqual(
    expect.stringMatching(
      /change the seed \(seed: \d+\) or a setting\. To add trials, run "first" with more of them in its last stage\.$/,
    ),
  )
})

/** Files that the library loads and whose words only commands show: the sets of flags, machines, resuming and replaying. */
const OF_COMMANDS = [
  /^engine\//,
  /^errors\.ts$/,
  /^session\/(session|session-executor|change-experiment|refuse-differences)\.ts$/,
  /^study-file\/outside-settings\.ts$/,
  /^report\/(explain|search-notes|summary|way-on)\.ts$/,
]

/** A flag that is no part of a whole command, `finesweep doctor --fix`, or of a program's words, or of Node's. */
const FLAG = /(?<!\bfinesweep\b[^'`]*|python3 [^'`]*)(?<=['"`(\s])--(?!check'|experimental-)[a-z]/

test('no other file of the library speaks of a flag', () => {
  const byPath = new Map(FILES.map((each) => [each.path, each]))
  const reached = new Set(['index.ts'])
  for (const at of reached) for (const target of targetsOf(byPath.get(at)!)) reached.add(target)
  const wrong = [...reached].flatMap((at) =>
    OF_COMMANDS.some((pattern) => pattern.test(at))
      ? []
      : byPath
          .get(at)!
          .code.split('\n')
          .flatMap((line) => (FLAG.test(line) ? [`${at}: ${line.trim()}`] : [])),
  )
  expect(reached.size).toBeGreaterThan(150)
  expect(wrong).toEqual([])
})
