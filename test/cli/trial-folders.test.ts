import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { studyFolder } from '../../src/session/trial-folders.ts'
import { runCaptured } from './capture.ts'

const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'finesweep-folders-')))
afterAll(() => rmSync(base, { recursive: true, force: true }))

let count = 0
let cwd = ''
let db = ''
beforeEach(() => {
  count += 1
  cwd = path.join(base, String(count))
  mkdirSync(cwd)
  db = path.join(cwd, 'studies.db')
})

const run = (...words: string[]) => runCaptured([...words, '--db', db])

async function statesOf(): Promise<string[]> {
  return JSON.parse((await run('trials', '--json')).stdout).trials.map(
    ({ state }: { state: string }) => state,
  )
}

const ONE_STAGE = 'stages: [{ trials: 3, epochs: 1, sampler: random }]\n'
const WARM =
  'stages: [{ trials: 2, epochs: 1, sampler: random }, { trials: 1, epochs: 2, warmStart: true }]\n'

/** Waits in a program until its start is recorded, after which nothing is written to the study's folder before its end. */
const RECORDED = `until grep -q '"pid"' "$FINESWEEP_DIR/../.running/$FINESWEEP_TRIAL.json"; do :; done`

/** A study file `study.yaml` of a shell script, which measures after it has done what is given. */
function program(does: string, stages = ONE_STAGE): string {
  writeFileSync(path.join(cwd, 'train.sh'), `#!/bin/sh\n${does}\necho "{\\"value\\": $1}"\n`)
  chmodSync(path.join(cwd, 'train.sh'), 0o755)
  return studyFile('objective: { command: "./train.sh {x}" }', stages)
}

function studyFile(objective: string, stages = ONE_STAGE): string {
  const file = path.join(cwd, 'study.yaml')
  writeFileSync(
    file,
    `${objective}\ndirection: minimize\nspace: { x: { float: [0, 1] } }\nlimits: { retries: 0 }\n${stages}`,
  )
  return file
}

test('a folder that cannot be made ends the study, and its trial runs on a resume', async () => {
  const study = path.join(cwd, 'artifacts/study')
  const breaks = `if [ $FINESWEEP_TRIAL = 1 ] && [ ! -e ${cwd}/kept ]; then ${RECORDED}; mv ${study} ${cwd}/kept; touch ${study}; fi`
  const file = program(breaks)
  const ended = await run('run', file, '--workers', '1')
  expect(ended.code).toBe(6)
  expect(ended.stderr).toContain(`The folder ${study}/`)
  expect(ended.stderr).toContain('cannot be written: part of its path is a file')
  expect(ended.stderr).not.toMatch(/^\s+at /m)
  expect(await statesOf()).not.toContain('failed')
  rmSync(study)
  expect(await run('resume', '--workers', '1')).toMatchObject({ code: 0 })
  expect(await statesOf()).toEqual(['complete', 'complete', 'complete'])
})

test('a store whose trials can have no folders is refused before a study of programs begins', async () => {
  writeFileSync(path.join(cwd, 'artifacts'), '')
  const { code, stderr } = await run('run', program(''))
  expect([code, stderr]).toEqual([
    6,
    expect.stringMatching(/^The folder .*\/artifacts cannot be written: part of its path is a file/),
  ])
  expect(JSON.parse((await run('studies', '--json')).stdout).studies).toEqual([])
})

test.each([
  ['uses its folder', 'context.folder'],
  ['catches what its folder throws', 'try { context.folder } catch {}'],
])('a module that %s is not blamed for a folder that cannot be made', async (_, asks) => {
  writeFileSync(path.join(cwd, 'artifacts'), '')
  writeFileSync(path.join(cwd, 'objective.mjs'), `export default (context) => { ${asks}; return 1 }\n`)
  const { code, stderr } = await run('run', studyFile('objective: ./objective.mjs'), '--workers', '1')
  expect([code, stderr]).toEqual([6, expect.stringContaining('artifacts/study/0 cannot be written')])
  expect(await statesOf()).not.toContain('failed')
})

const CHECKPOINT = [
  'if [ -n "$FINESWEEP_CONTINUED" ]; then cat "$FINESWEEP_CONTINUED/checkpoint" > from; fi',
  'echo "$FINESWEEP_TRIAL" > "$FINESWEEP_DIR/checkpoint"',
].join('\n')

test('a store opened through a link has its folders beside the file itself', async () => {
  const file = program('true')
  mkdirSync(path.join(cwd, 'real'))
  symlinkSync('real/studies.db', path.join(cwd, 'link.db'))
  db = path.join(cwd, 'real/studies.db')
  expect(await run('run', file)).toMatchObject({ code: 0 })
  db = path.join(cwd, 'link.db')
  const listed = JSON.parse((await run('artifacts', '--json')).stdout).artifacts
  expect(listed.map(({ folder }: { folder: string }) => path.dirname(folder))).toEqual(
    Array.from({ length: 3 }, () => path.join(cwd, 'real/artifacts/study')),
  )
})

test('a study ends before a trial that would start from scratch, and goes on once the folder is back', async () => {
  const away = `if [ $FINESWEEP_TRIAL = 1 ] && [ ! -e elsewhere ]; then ${RECORDED}; mv artifacts elsewhere; fi`
  const file = program(`${CHECKPOINT}\n${away}`, WARM)
  const ended = await run('run', file, '--workers', '1')
  expect([ended.code, ended.stderr]).toEqual([
    6,
    expect.stringMatching(/\nTrial 2 continues trial \d, whose folder .* is missing\. Copy /),
  ])
  expect(await statesOf()).toEqual(['complete', 'complete', 'running'])
  rmSync(path.join(cwd, 'artifacts'), { recursive: true, force: true })
  renameSync(path.join(cwd, 'elsewhere'), path.join(cwd, 'artifacts'))
  expect(await run('resume', '--workers', '1')).toMatchObject({ code: 0 })
  expect(readFileSync(path.join(cwd, 'from'), 'utf8')).toMatch(/^\d\n$/)
})

test('a trial is not replayed from scratch where the folder that it continues is missing', async () => {
  const file = program(CHECKPOINT, WARM)
  expect(await run('run', file, '--workers', '1')).toMatchObject({ code: 0 })
  const continued = readFileSync(path.join(cwd, 'from'), 'utf8').trim()
  expect(continued).toMatch(/^\d$/)
  renameSync(path.join(cwd, 'artifacts'), path.join(cwd, 'elsewhere'))
  const replayed = await run('replay', 'study', '2')
  expect(replayed.code).toBe(6)
  expect(replayed.stderr).toBe(
    `Trial 2 continues trial ${continued}, whose folder ${cwd}/artifacts/study/${continued} is missing. ` +
      "Copy the study's folder from next to the store where it ran, then run this again. (objective.keep sets how many trials keep theirs.)\n",
  )
  for (const words of [['artifacts'], ['artifacts', 'study', continued]]) {
    const { code, stderr } = await run(...words)
    expect(code).toBe(5)
    expect(stderr).toContain(`from next to the store where the study ran to ${cwd}/artifacts/study.`)
  }
})

test('two stores of one folder whose names differ in their extensions share no folder', () => {
  const names = ['studies.db', 'a.db', 'a.sqlite', 'studies.sqlite']
  const folders = names.map((name) => path.relative(cwd, studyFolder(path.join(cwd, name), 'mine')))
  expect(folders).toEqual([
    'artifacts/mine',
    'a.artifacts/mine',
    'a.sqlite.artifacts/mine',
    'studies.sqlite.artifacts/mine',
  ])
})
