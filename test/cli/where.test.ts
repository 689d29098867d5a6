import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { choice, float, int, study, when } from '../../src/index.ts'
import { runCaptured } from './capture.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-where-'))
const db = path.join(folder, 'studies.db')
const tuning = study({
  name: 'filtered',
  direction: 'minimize',
  metric: 'loss',
  space: {
    lr: float(1e-5, 1, { log: true }),
    layers: int(1, 4),
    kind: choice(['relu', 'tanh', null, true]),
    momentum: when({ kind: 'relu' }, float(0, 1)),
    clip: when({ kind: ['relu', 'tanh'] }, choice([1, null])),
  },
  objective: ({ params, number }) => {
    if (number === 3) throw new Error('no luck')
    return {
      value: number === 5 ? Number.NaN : params.lr * params.layers,
      metrics: { 'test-loss': number / 10, acc: 1 },
    }
  },
  stages: [
    { name: 'wide', trials: 16, epochs: 1, sampler: 'random' },
    { name: 'long', trials: 8, epochs: 2 },
  ],
  limits: { retries: 0 },
  store: db,
})
beforeAll(() => tuning.run())
afterAll(() => {
  tuning.close()
  rmSync(folder, { recursive: true, force: true })
})

type Trial = ReturnType<typeof tuning.trials>[number]

async function numbers(condition: string, ...words: string[]): Promise<number[]> {
  const { stdout, stderr } = await runCaptured([
    'trials',
    '--db',
    db,
    '--json',
    '--where',
    condition,
    ...words,
  ])
  expect(stderr).toBe('')
  return JSON.parse(stdout).trials.map(({ number }: Trial) => number)
}

test.each<[string, (trial: Trial) => boolean]>([
  ['lr > 1e-3 and state = complete', ({ params, state }) => params.lr > 1e-3 && state === 'complete'],
  ['state == failed or state = diverged', ({ state }) => state === 'failed' || state === 'diverged'],
  ['stage = long', ({ stage }) => stage === 1],
  ['stage != "long" and layers * lr <= 0.01', (t) => t.stage === 0 && t.params.layers * t.params.lr <= 0.01],
  ['kind = relu', ({ params }) => params.kind === 'relu'],
  ['kind != relu', ({ params }) => params.kind !== 'relu' && params.kind !== null],
  ['kind = null', ({ params }) => params.kind === null],
  ['kind = true', ({ params }) => params.kind === true],
  ['momentum != null', ({ params }) => params.momentum !== undefined],
  ['momentum = null', ({ params }) => params.momentum === undefined],
  ['momentum exists', ({ params }) => params.momentum !== undefined],
  ['clip exists', ({ params }) => params.clip !== undefined],
  ['not clip exists', ({ params }) => params.clip === undefined],
  ['clip = null', ({ params }) => params.clip === null],
  ['clip != null', ({ params }) => params.clip === 1],
  ['clip != 1', () => false],
  ['clip exists and clip = null or value exists', (t) => t.params.clip === null || t.value !== null],
  ['not momentum < 0.5', ({ params }) => !(params.momentum !== undefined && params.momentum < 0.5)],
  [
    '0.2 < momentum < 0.9',
    ({ params }) => params.momentum !== undefined && params.momentum > 0.2 && params.momentum < 0.9,
  ],
  ['`test-loss` > 0.4', ({ metrics }) => metrics['test-loss'] !== undefined && metrics['test-loss'] > 0.4],
  [
    'metrics.acc = 1 and params.layers >= 3',
    ({ metrics, params }) => metrics.acc === 1 && params.layers >= 3,
  ],
  ['epochs = 2', ({ epochs }) => epochs === 2],
  ['loss < 0.001', ({ value }) => value !== null && value < 0.001],
  ['(-value) < -0.1', ({ value }) => value !== null && value > 0.1],
  ['number >= 3 and attempts = 1 and seed > 0 and time >= 0', ({ number }) => number >= 3],
  ['started > "2000" and started < "9999"', () => true],
])('--where %j', async (condition, holds) => {
  const expected = tuning.trials().filter(holds)
  expect(await numbers(condition)).toEqual(expected.map(({ number }) => number))
})

test('goes with the other filters, sorting and a limit, which counts what is left', async () => {
  const expected = tuning
    .trials({ stage: 0, states: ['complete'] })
    .filter(({ params }) => params.layers > 1)
    .toSorted((a, b) => b.params.lr - a.params.lr)
  const words = ['--stage', 'wide', '--state', 'complete', '--sort', '-lr', '--limit', '3']
  expect(await numbers('layers > 1', ...words)).toEqual(expected.slice(0, 3).map(({ number }) => number))
})

test('the conditions tell null, another value and no value apart', async () => {
  const [none, some, absent] = ['clip = null', 'clip = 1', 'not clip exists']
  const all = [await numbers(none!), await numbers(some!), await numbers(absent!)]
  expect(all.every((each) => each.length > 0)).toBe(true)
  expect(all.flat().toSorted((a, b) => a - b)).toEqual(tuning.trials().map(({ number }) => number))
  // A choice that is null is sorted as a word, and before what is not there.
  const sorted = await numbers('number >= 0', '--sort', 'clip')
  expect(sorted).toEqual([all[1]!, all[0]!, all[2]!].flat())
})

test.each([
  ['lrr > 1', '--where, column 1: there is no column "lrr". Did you mean "lr"?'],
  ['lr > 1 and state = finished', '--where, column 20: there is no column "finished"'],
  ['lr >', '--where, column 5: expected a number or a parameter, got the end'],
  ['lr > 1 &', '--where, column 8: unexpected character "&"'],
  ['lr', '--where, column 1: it compares nothing'],
  ['clipp exists', '--where, column 1: there is no column "clipp". Did you mean "clip"?'],
  ['lr + 1 exists', '--where, column 8: expected the end, got "exists"'],
  ['(lr > 1', '--where, column 8: expected ")", got the end'],
])('refuses %j', async (condition, message) => {
  const { code, stderr } = await runCaptured(['trials', '--db', db, '--where', condition])
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
