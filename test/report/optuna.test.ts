import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readOptunaTrials } from '../../src/import/read-optuna.ts'
import { choice, float, int, type StudyInCode, type StudyTrial, study, when } from '../../src/index.ts'
import { runCaptured } from '../cli/capture.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-optuna-'))
const db = path.join(folder, 'studies.db')
/** FINESWEEP_PYTHON names a Python that has Optuna. */
const PYTHON = process.env.FINESWEEP_PYTHON ?? 'python3'
const hasOptuna = spawnSync(PYTHON, ['-c', 'import optuna']).status === 0
if (!hasOptuna) console.log(`skipped: ${PYTHON} has no optuna; set FINESWEEP_PYTHON to one that has`)

const settings = {
  name: 'exported',
  direction: 'minimize',
  space: {
    lr: float(1e-5, 1e-2, { log: true, soft: true }),
    units: int(4, 64, { step: 4 }),
    dropout: float(0, 1, { step: 0.25 }),
    activation: choice(['relu', 'tanh', null, 3, true]),
    momentum: when({ activation: 'relu' }, float(0, 1)),
    width: 7,
  },
  stages: [
    { trials: 24, epochs: 2 },
    { trials: 12, epochs: 2 },
  ],
  limits: { retries: 0 },
  store: db,
  *objective({ params, number }) {
    if (number === 5) throw new Error('no "luck"')
    yield { step: 1, value: 10, metrics: { gap: Number.POSITIVE_INFINITY } }
    const value = (Math.log10(Number(params.lr)) + 1.5) ** 2 + Number(params.units) / 10
    yield { step: 2, value: number === 7 ? Number.NaN : value, metrics: { loss: Number.NaN } }
  },
} satisfies StudyInCode

const tuning = study(settings)
let trials: StudyTrial[] = []
beforeAll(async () => {
  await tuning.run()
  trials = tuning.trials()
})
afterAll(() => {
  tuning.close()
  rmSync(folder, { recursive: true, force: true })
})

const READ = `
import json, math, sys, optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.load_study(storage=JournalStorage(JournalFileBackend(sys.argv[1])), study_name=None)
def shown(values):
  return {k: str(v) if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}
print(json.dumps({
  "name": study.study_name, "direction": study.direction.name.lower(), "best": study.best_trial.number,
  "trials": [{"number": t.number, "state": t.state.name, "params": t.params, "value": t.value,
    "intermediate": shown(t.intermediate_values), "attributes": shown(t.user_attrs)}
    for t in study.trials]}))
`

/** A number as Python prints it. */
function pythonFloat(value: number): string | number {
  return Number.isFinite(value) ? value : String(value).replace('Infinity', 'inf').replace('NaN', 'nan')
}

test.skipIf(!hasOptuna)(
  'Optuna reads an exported study: best trial, states, params, intermediate values',
  async () => {
    const file = path.join(folder, 'study.log')
    expect(await runCaptured(['export', 'exported', '--db', db, '-o', file])).toMatchObject({ code: 0 })
    const { stdout, stderr, status } = spawnSync(PYTHON, ['-W', 'error', '-c', READ, file], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const read = JSON.parse(stdout)
    expect(read).toMatchObject({ name: 'exported', direction: 'minimize', best: tuning.best()!.number })
    const states = { complete: 'COMPLETE', diverged: 'FAIL', failed: 'FAIL' } as Record<string, string>
    expect(read.trials).toEqual(
      trials.map((trial) => ({
        number: trial.number,
        state: states[trial.state],
        params: trial.params,
        value: trial.value,
        intermediate: Object.fromEntries(
          tuning.measurements(trial.number).map(({ step, value }) => [step, pythonFloat(value)]),
        ),
        attributes: {
          stage: ['coarse', 'fine'][trial.stage],
          seed: trial.seed,
          epochs: trial.budget.epochs,
          ...(trial.state === 'diverged' ? { diverged: true } : {}),
          ...(trial.error === null ? {} : { error: trial.error.message }),
          ...Object.fromEntries(
            Object.entries(trial.metrics).map(([name, value]) => [name, pythonFloat(value)]),
          ),
        },
      })),
    )
    expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(['complete', 'failed', 'diverged']))
  },
)

test.skipIf(!hasOptuna)(
  'Optuna reads a study of which trials still run, and one with imported trials',
  async () => {
    const { space, stages } = settings
    const asked = study({
      name: 'asked',
      direction: 'minimize',
      space,
      stages,
      objective: 'external',
      store: db,
    })
    await asked.import([{ params: trials[0]!.params, value: 100 }])
    for (let i = 0; i < 3; i++) await asked.ask()
    await asked.tell(1, 0.5)
    await asked.tell(2, 'again')
    const file = path.join(folder, 'asked.log')
    expect(await runCaptured(['export', 'asked', '--db', db, '-o', file])).toMatchObject({ code: 0 })
    asked.close()
    const { stdout, stderr } = spawnSync(PYTHON, ['-W', 'error', '-c', READ, file], { encoding: 'utf8' })
    expect(stderr).toBe('')
    const read = JSON.parse(stdout)
    expect(read.best).toBe(1)
    expect(read.trials.map(({ state }: { state: string }) => state)).toEqual([
      ...['COMPLETE', 'COMPLETE', 'WAITING', 'RUNNING'],
    ])
    expect(read.trials[0].attributes.origin).toBe('code, entry 0')
  },
)

test('a Parquet file has the columns of the CSV, with their types', async () => {
  const file = path.join(folder, 'trials.parquet')
  expect(await runCaptured(['export', 'exported', '--db', db, '-o', file])).toMatchObject({ code: 0 })
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) })
  expect(
    rows.map((row) => [row.number, row['params.lr'], row.value, row.state, row['params.width']]),
  ).toEqual(trials.map(({ number, params, value, state }) => [number, params.lr, value, state, 7]))
  expect(new Set(rows.map((row) => row['params.activation']))).toEqual(
    new Set(['relu', 'tanh', '3', 'true', null]),
  )
})

test('metrics called like an attribute of the export keep their place there, and come back from it', async () => {
  const named = study({
    name: 'named',
    direction: 'minimize',
    space: { x: float(0, 1) },
    stages: [{ trials: 2, epochs: 1 }],
    store: db,
    *objective() {
      yield { step: 1, value: 1, metrics: { stage: 3, seed: 7, epochs: 90, error: 2, 'metrics.seed': 8 } }
    },
  })
  await named.run()
  const file = path.join(folder, 'named.log')
  expect(await runCaptured(['export', 'named', '--db', db, '-o', file])).toMatchObject({ code: 0 })
  const { user_attrs } = JSON.parse(readFileSync(file, 'utf8').split('\n')[1]!)
  const [trial] = named.trials()
  expect(user_attrs).toEqual({
    ...{ stage: 'coarse', seed: trial!.seed, epochs: 1, 'metrics.stage': 3, 'metrics.seed': 7 },
    ...{ 'metrics.epochs': 90, 'metrics.error': 2, 'metrics.metrics.seed': 8 },
  })
  named.close()
  const back = readOptunaTrials(readFileSync(file, 'utf8'), file, null)
  expect(back.remarks).toEqual([])
  expect(back.trials[0]).toMatchObject({ seed: trial!.seed, budget: 1, metrics: trial!.metrics })
})

test('a Parquet file keeps choices apart that are written alike', async () => {
  const alike = study({
    name: 'alike',
    direction: 'minimize',
    space: { a: choice([1, '1', null]), b: choice(['1', 'x']) },
    stages: [{ trials: 12, epochs: 1 }],
    store: db,
    objective: () => 1,
  })
  await alike.run()
  const file = path.join(folder, 'alike.parquet')
  expect(await runCaptured(['export', 'alike', '--db', db, '-o', file])).toMatchObject({ code: 0 })
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) })
  const shown = new Map<unknown, unknown>([
    [1, '1'],
    ['1', '"1"'],
    [null, null],
  ])
  const trials = alike.trials()
  expect(rows.map((row) => row['params.a'])).toEqual(trials.map(({ params }) => shown.get(params.a)))
  expect(rows.map((row) => row['params.b'])).toEqual(trials.map(({ params }) => params.b))
  alike.close()
})

test('exports tell a choice that is null from no value, and imports restore both', async () => {
  const space = {
    rule: choice(['a', 'b']),
    depth: when({ rule: 'a' }, choice([4, 8, null])),
    word: when({ rule: 'a' }, choice(['null', null])),
    none: when({ rule: 'a' }, choice([null])),
    always: choice([4, 8, null]),
  }
  const settings = { direction: 'minimize', space, stages: [{ trials: 12, epochs: 1 }], store: db } as const
  const nulls = study({ ...settings, name: 'nulls', objective: () => 1 })
  await nulls.run()
  const params = nulls.trials().map((trial) => trial.params)
  const depths = new Set<unknown>(params.map(({ depth }) => depth))
  expect(depths.has(null) && depths.has(undefined)).toBe(true)

  const parquet = path.join(folder, 'nulls.parquet')
  expect(await runCaptured(['export', 'nulls', '--db', db, '-o', parquet])).toMatchObject({ code: 0 })
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) })
  const text = (value: unknown): unknown => (value === undefined ? null : String(value))
  expect(rows.map((row) => row['params.depth'])).toEqual(params.map(({ depth }) => text(depth)))
  expect(rows.map((row) => row['params.none'])).toEqual(params.map(({ none }) => text(none)))
  expect(rows.map((row) => row['params.word'])).toEqual(
    params.map(({ word }) => (word === 'null' ? '"null"' : text(word))),
  )
  // Every trial has this one: null is the choice, and the others stay numbers.
  expect(rows.map((row) => row['params.always'])).toEqual(params.map(({ always }) => always))

  for (const file of ['nulls.csv', 'nulls.log'].map((name) => path.join(folder, name))) {
    expect(await runCaptured(['export', 'nulls', '--db', db, '-o', file])).toMatchObject({ code: 0 })
    const name = `back-from-${path.extname(file).slice(1)}`
    const back = study({ ...settings, name, objective: 'external' })
    expect((await back.import(file)).remarks.join()).not.toMatch(/dropped|outside|missing/)
    expect(back.trials().map((trial) => trial.params)).toEqual(params)
    back.close()
  }
  nulls.close()
})

test('an ending of no format is refused, and Parquet needs a file', async () => {
  expect(await runCaptured(['export', '--db', db, '-o', path.join(folder, 'e.xlsx')])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('unknown format .xlsx'),
  })
  expect(await runCaptured(['export', '--db', db, '--format', 'parquet'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('can only be written to a file'),
  })
})

test('a pruned trial stays one for Optuna, whose best is the best that ran to its end', async () => {
  const halved = study({
    name: 'halved',
    direction: 'minimize',
    space: { x: float(0, 1) },
    stages: [{ trials: 12, epochs: 3, rungs: [1], sampler: 'random' }],
    store: db,
    // What is pruned after one epoch had the lowest values of all the later ones, and would have lost.
    *objective({ number }) {
      for (let step = 1; step <= 3; step++) yield { step, value: number + (step === 1 ? 0 : 100) }
    },
  })
  await halved.run()
  const { stdout } = await runCaptured(['export', 'halved', '--db', db, '--format', 'optuna'])
  const lines = stdout.trim().split('\n').slice(1)
  const exported = lines.map((line) => JSON.parse(line) as { state: number; value: number })
  const inState = (state: number) =>
    exported.flatMap(({ value }, i) => (exported[i]!.state === state ? [value] : []))
  expect(inState(2).length).toBeGreaterThan(3)
  expect(Math.max(...inState(2))).toBeLessThan(Math.min(...inState(1)))
  expect(halved.best()!.state).toBe('complete')
  halved.close()
})
