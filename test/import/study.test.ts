import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { choice, createMemoryStore, float, study, when } from '../../src/index.ts'
import { JOURNAL, measure, SETTINGS, TABLE } from './sources.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-import-'))
writeFileSync(
  path.join(folder, 'module.mjs'),
  'export default ({ params }) => (Math.log10(params.lr) + 3) ** 2 + params.layers * 0.1',
)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const IMPORTED = 11

/** Trials all over the space. */
const COVERING = Array.from({ length: 30 }, (_, i) => {
  const kind = i % 2 === 0 ? 'relu' : 'tanh'
  const params = { lr: 10 ** (-5 + i / 6), layers: 1 + (i % 3), kind } as const
  return { params, value: measure(params), epochs: 3 }
})

/** The study after an import and a run to its end. */
async function run(settings = {}, workers = 1) {
  const tuning = study({ ...SETTINGS, ...settings })
  await tuning.import(JOURNAL)
  await tuning.run({ workers })
  return tuning
}

describe('a study with imported trials', () => {
  it('has them in a stage of their own, with all that they measured', async () => {
    const tuning = await run()
    const trials = tuning.trials()
    expect(trials.map(({ number }) => number)).toEqual(trials.map((_, i) => i))
    expect(trials).toHaveLength(IMPORTED + 12 + 8)
    const first = trials[0]!
    expect(first).toMatchObject({
      stage: 0,
      state: 'complete',
      value: measure(first.params),
      epochs: 3,
      metrics: { acc: 1 / measure(first.params) },
      origin: `${JOURNAL}, trial 0`,
      startedAt: null,
    })
    expect(tuning.measurements(0).map(({ step }) => step)).toEqual([1, 2, 3])
    expect(trials[2]).toMatchObject({ state: 'pruned', epochs: 1, budget: { epochs: 3 } })
    expect(trials.slice(IMPORTED).every(({ origin, stage }) => origin === null && stage > 0)).toBe(true)
    expect(tuning.record()).toMatchObject({
      state: 'complete',
      notes: [`imported 11 trials from ${JOURNAL}`],
    })
    expect(tuning.explain()).toContain('Stage 1, imported: 11 trials of 3 epochs, imported.')
    expect(tuning.export('csv')).toContain(`"${JOURNAL}, trial 0"`)
    expect(tuning.export('optuna')).toContain(`"origin":"${JOURNAL}, trial 0"`)
  })

  it('has the choices of its own CSV back, where texts, numbers, truth values and null are written alike', async () => {
    const choices = ['a', 'b', 1, '1', true, 'true', null, 'none', '', ' a', '"1"', 0.5]
    const settings = {
      name: 'mixed',
      direction: 'minimize',
      space: {
        k: choice(choices),
        plain: choice(['x', 'y', null, 2]),
        m: when({ k: ['a', 1, null] }, float(0, 1)),
      },
    } as const
    const first = study({
      ...settings,
      stages: [{ trials: 60, epochs: 1, sampler: 'sobol' }],
      objective: () => 1,
    })
    await first.run()
    const file = path.join(folder, 'mixed.csv')
    writeFileSync(file, first.export('csv'))
    const again = study({ ...settings, stages: [{ trials: 1, epochs: 1 }], objective: () => 1 })
    const { trials, remarks } = await again.import(file)
    expect(remarks).toEqual([])
    expect(trials.map(({ params }) => params)).toEqual(first.trials().map(({ params }) => params))
    expect(new Set(trials.map(({ params }) => params.k))).toEqual(new Set(choices))
    expect(first.export('csv')).toContain(',x,')
  })

  it('learns from them: its trials lie where the imported ones were good', async () => {
    const tuning = study(SETTINGS)
    await tuning.import(COVERING)
    await tuning.run()
    const alone = study(SETTINGS)
    await alone.run()
    const mean = (trials: readonly { value: number | null }[]): number =>
      trials.reduce((sum, { value }) => sum + value!, 0) / trials.length
    expect(mean(tuning.trials({ stage: 1 }))).toBeLessThan(mean(alone.trials({ stage: 0 })) / 3)
  })

  it('draws in the whole space at first, unless it is to be narrowed to them', async () => {
    const store = createMemoryStore()
    const widths = []
    for (const narrow of [false, true]) {
      const tuning = study({ ...SETTINGS, name: `narrow-${narrow}`, store })
      await tuning.import(COVERING, { narrow })
      await tuning.run()
      const [, first] = store.stages(store.findStudy(tuning.name)!.id)
      expect(first!.narrowing === null).toBe(!narrow)
      const { lr } = first!.space.parameters
      widths.push(lr?.kind === 'float' ? lr.high / lr.low : 0)
      expect(tuning.explain()).toMatch(narrow ? /imported done: 30 trials/ : /over\s+the whole range/)
    }
    expect(widths[0]).toBeCloseTo(1e5, 0)
    expect(widths[1]).toBeLessThan(1e4)
  })

  it('has the same digest with 1, 2 and 5 workers, asked and told, stopped and resumed, on disk and in memory', async () => {
    const { digest } = await run().then((tuning) => ({ digest: tuning.digest() }))
    expect((await run({}, 2)).digest()).toBe(digest)
    expect((await run({}, 5)).digest()).toBe(digest)
    const asked = study({ ...SETTINGS, objective: 'external' })
    await asked.import(JOURNAL)
    for (let trial = await asked.ask(); trial !== null; trial = await asked.ask()) {
      await asked.tell(trial.number, measure(trial.params))
    }
    expect(asked.digest()).toBe(digest)
    const store = path.join(folder, 'studies.db')
    const tuning = study({ ...SETTINGS, objective: './module.mjs', folder, store })
    await tuning.import(JOURNAL)
    let stops = 0
    while (tuning.record()?.state !== 'complete') {
      const stop = new AbortController()
      let ended = 0
      const onTrial = (): void => {
        if (++ended === 9) stop.abort('enough')
      }
      await tuning.run({ workers: 2, signal: stop.signal, onTrial })
      expect(++stops).toBeLessThan(20)
    }
    expect(stops).toBeGreaterThan(1)
    expect(tuning.digest()).toBe(digest)
    tuning.close()
  })

  it('counts them neither towards limits nor towards failures in a row', async () => {
    const tuning = study({ ...SETTINGS, limits: { maxFailures: 2, maxEpochs: 60 } })
    await tuning.import(
      Array.from({ length: 8 }, () => ({ params: { lr: 0.1, layers: 1, kind: 'relu' }, epochs: 50 })),
    )
    const { state } = await tuning.run()
    expect(state).toBe('complete')
    expect(tuning.trials({ stage: 0, states: ['failed'] })).toHaveLength(8)
    expect(tuning.trials()).toHaveLength(8 + 12 + 8)
  })
})

describe('an import into a study that there is', () => {
  it('comes before the stages that are still to come', async () => {
    const store = createMemoryStore()
    const tuning = study({ ...SETTINGS, store })
    await tuning.run()
    const before = tuning.trials()
    const { stages, isComplete } = await tuning.import(TABLE, { epochs: 7 })
    expect({ stages, isComplete }).toEqual({ stages: ['imported'], isComplete: true })
    const again = await tuning.import(JOURNAL)
    expect(again.stages).toEqual(['imported-2'])
    expect(tuning.trials().slice(0, before.length)).toEqual(before)
    // The settings in code know nothing of the imported stages, and still fit.
    const more = study({
      ...SETTINGS,
      stages: [...SETTINGS.stages, { name: 'more', trials: 4, epochs: 3 }],
      store,
    })
    await more.run()
    expect(store.stages(1).map(({ name, firstTrial }) => [name, firstTrial])).toEqual([
      ['coarse', 0],
      ['fine', 12],
      ['imported', 20],
      ['imported-2', 31],
      ['more', 42],
    ])
    expect(more.explain()).toContain('fine done: 8 trials')
    expect(more.trials()).toHaveLength(46)
  })

  it('takes the trials of another study of the store or of a file', async () => {
    const file = path.join(folder, 'others.db')
    const first = study({ ...SETTINGS, name: 'first', store: file })
    await first.run()
    const second = study({ ...SETTINGS, name: 'second', store: file })
    await second.import('first')
    const results = ({ params, value, seed, state }: (typeof firstTrials)[number]) => ({
      params,
      value,
      seed,
      state,
    })
    const firstTrials = first.trials()
    expect(second.trials().map(results)).toEqual(firstTrials.map(results))
    const third = study({ ...SETTINGS, name: 'third' })
    await expect(third.import(file)).rejects.toThrow('has 2 studies: first, second')
    await third.import(file, { study: 'first' })
    expect(third.trials()).toHaveLength(firstTrials.length)
    expect(third.trials()[0]!.origin).toBe(`study first of ${file}, trial 0`)
    first.close()
    second.close()
  })

  it('is refused while a stage is under way, and leaves nothing behind where nothing fits', async () => {
    const store = createMemoryStore()
    const stop = new AbortController()
    const objective = ({ params, number }: { params: Parameters<typeof measure>[0]; number: number }) => {
      if (number === 4) stop.abort('enough')
      return measure(params)
    }
    const tuning = study({ ...SETTINGS, objective, store })
    await tuning.run({ signal: stop.signal })
    await expect(tuning.import(JOURNAL)).rejects.toThrow('Stage coarse of "mine" is under way')
    await tuning.run()
    await expect(tuning.import(JOURNAL, { narrow: true })).rejects.toThrow('a study that has not started')
    const fresh = study({ ...SETTINGS, name: 'fresh', store })
    await expect(fresh.import([{ params: { lr: 20 }, value: 1 }])).rejects.toThrow('Nothing to import')
    await expect(fresh.import('nowhere.csv')).rejects.toThrow('No file or study is named "nowhere.csv"')
    expect(fresh.record()).toBeNull()
  })
})
