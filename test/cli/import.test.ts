import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, expect, test, vi } from 'vitest'
import { openStudy } from '../../src/index.ts'
import { JOURNAL, TABLE } from '../import/sources.ts'
import { start } from '../reliability/finesweep.ts'
import { runCaptured } from './capture.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-cli-import-'))
const db = path.join(folder, 'studies.db')
const run = (...words: string[]) => runCaptured([...words, '--db', db])
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = path.join(folder, 'mine.yaml')
writeFileSync(
  file,
  `name: mine
direction: minimize
metric: loss
space: { lr: { float: [1e-5, 1], log: true }, layers: { int: [1, 3] }, kind: { choices: [relu, tanh] } }
objective: ./mine.mjs
stages: [{ trials: 8, epochs: 3, sampler: gp }, { trials: 8, epochs: 3 }]
`,
)
writeFileSync(
  path.join(folder, 'mine.mjs'),
  `export default async ({ params }) => {
  await new Promise((resolve) => setTimeout(resolve, 100))
  return (Math.log10(params.lr) + 3) ** 2 + params.layers * 0.1
}`,
)

test('imports into a new study, shows where the trials come from, and exports them', async () => {
  const imported = await run('import', file, '--from', JOURNAL)
  expect(imported).toMatchObject({ code: 0, stdout: '' })
  expect(imported.stderr).toContain('Its steps count from 0')
  expect(imported.stderr).toContain('Dropped 9 of 20 trials: kind is outside the space')
  expect(imported.stderr).toContain(`Imported 11 trials from ${JOURNAL} into mine (imported).`)
  expect(imported.stderr).toContain('Continue with: finesweep resume mine')
  expect((await run('status', 'mine')).stdout).toContain('stopped')
  expect((await run('trials', 'mine')).stdout).toMatch(/imported\s+complete \(imported\)\s+0\.3072/)
  const shown = await run('show', 'mine', '0')
  expect(shown.stdout).toContain(`imported  from ${JOURNAL}, trial 0`)
  expect(shown.stdout).not.toContain('finesweep replay')
  expect(JSON.parse((await run('show', 'mine', '0', '--json')).stdout).trial.origin).toBe(
    `${JOURNAL}, trial 0`,
  )
  expect(await run('replay', 'mine', '0')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('was imported from'),
  })
  const table = path.join(folder, 'mine.csv')
  await run('export', 'mine', '-o', table)
  const copied = await run('import', file, '--name', 'copy', '--from', table, '--json')
  const digest = async (name: string) => (await run('digest', name)).stdout
  expect(JSON.parse(copied.stdout)).toMatchObject({ study: 'copy', stages: ['imported'], remarks: [] })
  expect((await run('trials', 'copy')).stdout).toBe((await run('trials', 'mine')).stdout)
  // A table has the last measurement of each trial alone.
  expect(await digest('copy')).not.toBe(await digest('mine'))
  await run('import', file, '--name', 'again', '--from', 'mine')
  expect(await digest('again')).toBe(await digest('mine'))
})

test('a study with imported trials that is killed and resumed gives the digest of one that is not', async () => {
  await run('import', file, '--name', 'calm', '--from', JOURNAL)
  expect(await run('resume', 'calm', '--workers', '2')).toMatchObject({ code: 0 })
  await run('import', file, '--name', 'killed', '--from', JOURNAL)
  const { child, ended } = start(['resume', 'killed', '--db', db, '--workers', '2'])
  await vi.waitUntil(() => openStudy(db, 'killed').trials({ stage: 1, states: ['complete'] }).length > 2, {
    timeout: 60_000,
    interval: 10,
  })
  child.kill('SIGKILL')
  expect((await ended).signal).toBe('SIGKILL')
  const last = await run('resume', 'killed', '--workers', '1')
  expect(last).toMatchObject({ code: 0 })
  expect(last.stdout).toContain('27 trials (11 imported, 1 failed), 48 epochs')
  expect((await run('digest', 'killed')).stdout).toBe((await run('digest', 'calm')).stdout)
  const added = await run('import', 'calm', '--from', TABLE, '--epochs', '7')
  expect(added.stderr).toContain('Continue with: finesweep resume calm --add 32')
  expect(await run('resume', 'calm', '--add', '2', '--quiet')).toMatchObject({ code: 0 })
  expect((await run('status', 'calm')).stdout).toMatch(/imported-2\s+7\s+11\/11[\s\S]*fine-2\s+3\s+2\/2/)
})

test.runIf(process.platform !== 'win32')('reads a table from a pipe, but no store', async () => {
  const pipe = path.join(folder, 'pipe')
  spawnSync('mkfifo', [pipe])
  const write = (source: string) => spawn('sh', ['-c', `cat "$1" > "$2"`, 'sh', source, pipe])
  write(TABLE)
  const piped = await run('import', file, '--name', 'piped', '--from', pipe, '--json')
  await run('import', file, '--name', 'plain', '--from', TABLE)
  expect(piped).toMatchObject({ code: 0, stderr: '' })
  expect((await run('digest', 'piped')).stdout).toBe((await run('digest', 'plain')).stdout)
  write(db)
  expect(await run('import', file, '--name', 'stored', '--from', pipe)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('A store must be a regular file'),
  })
})

test('says what is wrong, and begins no study for it', async () => {
  const wrong: [string[], number, string][] = [
    [
      [file, '--name', 'fresh', '--from', folder],
      2,
      `"${folder}" is a folder, not a file of trials. Pass a file`,
    ],
    [['nobody', '--from', JOURNAL], 5, 'There is no study "nobody"'],
    [[file, '--name', 'fresh', '--from', 'gone.csv'], 5, 'No file or study is named "gone.csv"'],
    [[file, '--name', 'fresh', '--from', file], 2, 'Invalid Record Length'],
    [[file, '--name', 'fresh', '--from', TABLE, '--map', 'lr'], 2, '--map must be NAME=COLUMN'],
    [
      [file, '--name', 'fresh', '--from', JOURNAL, '--map', 'lr=x'],
      2,
      'Only the columns of a CSV file can be mapped',
    ],
    [[file, '--name', 'fresh', '--from', JOURNAL, '--from-study', 'x'], 5, 'There is no study "x"'],
    [['mine', '--from', 'mine'], 2, "can't import its own trials"],
    [['calm', '--from', JOURNAL, '--narrow'], 2, 'Only a study that has not started can be narrowed'],
  ]
  for (const [words, code, message] of wrong) {
    expect(await run('import', ...words)).toMatchObject({ code, stderr: expect.stringContaining(message) })
  }
  expect((await run('studies')).stdout).not.toContain('fresh')
  expect(await run('resume', 'mine', '--set', 'stages.imported.trials=20')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the stage contains imported trials, which cannot change'),
  })
})

/** FINESWEEP_PYTHON names a Python that has Optuna. */
const PYTHON = process.env.FINESWEEP_PYTHON ?? 'python3'
const hasOptuna = spawnSync(PYTHON, ['-c', 'import optuna']).status === 0
if (!hasOptuna) console.log(`skipped: ${PYTHON} has no optuna; set FINESWEEP_PYTHON to one that has`)

const OPTIMIZE = `
import json, sys, optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(storage=JournalStorage(JournalFileBackend(sys.argv[1])), study_name="live")
def objective(trial):
    lr = trial.suggest_float("lr", 1e-5, 1, log=True)
    layers = trial.suggest_int("layers", 1, 3)
    kind = trial.suggest_categorical("kind", ["tanh", "relu"])
    for epoch in range(1, 4):
        trial.report(lr * layers / epoch, epoch)
    return lr * layers / 3
study.optimize(objective, n_trials=15)
print(json.dumps([[t.params, t.value, t.intermediate_values] for t in study.trials]))
`

test.skipIf(!hasOptuna)('imports what Optuna has just written, to the bit', async () => {
  const journal = path.join(folder, 'live.log')
  const { stdout } = spawnSync(PYTHON, ['-c', OPTIMIZE, journal], { encoding: 'utf8' })
  expect(await run('import', file, '--name', 'live', '--from', journal)).toMatchObject({ code: 0 })
  const document = JSON.parse((await run('export', 'live', '--format', 'json')).stdout)
  const read = document.trials.map(
    (trial: { params: object; value: number; measurements: { step: number; value: number }[] }) => [
      trial.params,
      trial.value,
      Object.fromEntries(trial.measurements.map(({ step, value }) => [step, value])),
    ],
  )
  expect(read).toEqual(JSON.parse(stdout))
})

test('refuses a table that is not UTF-8 and the database of another tool, and says what to do', async () => {
  const latin = path.join(folder, 'latin.csv')
  writeFileSync(latin, Buffer.from('lr,layers,kind,loss\n0.1,2,relu,1\n0.1,2,r\xe9lu,1\n', 'latin1'))
  expect(await run('import', file, '--name', 'other', '--from', latin)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/latin\.csv:3 {2}This file is not UTF-8\. Convert it: iconv -f latin1/),
  })
  const utf16 = path.join(folder, 'utf16.csv')
  writeFileSync(utf16, Buffer.from('\ufefflr,layers,kind,loss\n0.1,2,relu,1\n', 'utf16le'))
  expect(await run('import', file, '--name', 'other', '--from', utf16)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('This file is not UTF-8. Convert it: iconv -f UTF-16'),
  })
  const other = path.join(folder, 'optuna.db')
  const database = new Database(other)
  database.exec('CREATE TABLE studies (study_id INTEGER)')
  database.close()
  const refused = await run('import', file, '--name', 'other', '--from', other)
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('optuna.copy_study(') })
  expect(refused.stderr).not.toContain('--db')
})
