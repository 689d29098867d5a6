import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCaptured } from '../cli/capture.ts'
import { examplesOf, newProject, runThere } from './examples.ts'

const { folder, bin, remove } = newProject()
afterAll(remove)
const env = { PATH: `${bin}:${path.dirname(process.execPath)}:${process.env.PATH}` }
const finesweep = (...words: string[]) => runThere(folder, ['finesweep', ...words], env)
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text)

const DOCUMENT = 'docs/commands.md'
const SCRIPT = examplesOf(DOCUMENT, 'sh').find((code) => code.startsWith('# sweep.sh'))!
const STUDY = examplesOf(DOCUMENT, 'yaml').find((code) => code.includes('external'))!
const PROGRAM = examplesOf(DOCUMENT, 'js').find((code) => code.includes('process.argv'))!

test('the script of the document gives the trials and the digest of a run', () => {
  chmodSync(path.join(bin, 'finesweep'), 0o755)
  expect(SCRIPT.trim().split('\n').length).toBeLessThanOrEqual(10)
  write('sweep.sh', SCRIPT)
  write('line.yaml', STUDY)
  write('measure.mjs', PROGRAM)
  const swept = runThere(folder, ['sh', 'sweep.sh'], env)
  expect(swept).toMatchObject({ status: 0, stdout: expect.stringContaining('RANK') })
  expect(swept.stderr).toContain('Trial 5 of line: complete')
  expect(swept.stderr).toContain('line: the study is complete.')
  write('program.yaml', STUDY.replace('external', "{ command: 'node measure.mjs {args}' }"))
  expect(finesweep('run', 'program.yaml', '--quiet', '--workers', '2').status).toBe(0)
  const digest = finesweep('digest', 'line').stdout
  expect(digest).toMatch(/^[0-9a-f]{64}\n$/)
  expect(finesweep('digest', 'program').stdout).toBe(digest)
})

test('asks and tells in JSON, and says what cannot be done', async () => {
  const here = (...words: string[]) => runCaptured([...words, '--db', path.join(folder, 'json.db')])
  const file = path.join(folder, 'line.yaml')
  const ask = async () => JSON.parse((await here('ask', file, '--name', 'json', '--json')).stdout)
  write('line.yaml', STUDY.replace('trials: 4', 'sampler: tpe, trials: 16'))
  expect(await ask()).toMatchObject({
    study: 'json',
    state: 'running',
    number: 0,
    epochs: 1,
    attempt: 1,
    stage: 'coarse',
  })
  for (let number = 1; number < 8; number++) expect(await ask()).toMatchObject({ number })
  const waiting = await here('ask', 'json', '--json')
  expect(waiting.code).toBe(4)
  expect(JSON.parse(waiting.stdout)).toMatchObject({ state: 'waiting', pending: [0, 1, 2, 3, 4, 5, 6, 7] })
  expect((await here('ask', 'json')).stderr).toBe(
    'json: the next trial needs a result from 8 pending trials: 0, 1, 2, 3, 4, 5, 6, 7.\n',
  )
  expect(JSON.parse((await here('tell', 'json', '2', '-0.5', '--json')).stdout)).toMatchObject({
    state: 'complete',
    value: -0.5,
  })
  expect((await here('tell', 'json', '3', 'nan')).stderr).toBe('Trial 3 of json: diverged.\n')
  expect((await here('tell', 'json', '4', 'again')).stderr).toBe('Trial 4 of json: waiting.\n')
  expect(await ask()).toMatchObject({ number: 4, attempt: 2 })
  expect(await here('tell', 'json', '2', '1')).toMatchObject({
    code: 5,
    stderr: 'Trial 2 of "json" is not pending. Pending trials: 0, 1, 4, 5, 6, 7.\n',
  })
  expect(await here('tell', 'json', '0', 'high')).toMatchObject({ code: 2 })
  expect(await here('tell', 'nobody', '0', '1')).toMatchObject({ code: 5 })
  expect((await here('resume', 'json')).stderr).toContain('Ask for its trials, and tell their values.')
  write('line.yaml', STUDY.replace('[1, 4]', '[1, 5]'))
  expect((await here('ask', file, '--name', 'json')).stderr).toContain(
    'Study "json" was started with different settings: space.layers',
  )
  expect(readFileSync(path.join(folder, 'line.yaml'), 'utf8')).not.toBe(STUDY)
})
