import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest'
import {
  choice,
  createMemoryStore,
  defineObjective,
  float,
  int,
  openStudy,
  type StudyInCode,
  type StudyTrial,
  study,
  studyFromFile,
  when,
} from '../../src/index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-library-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const space = { lr: float(1e-5, 1, { log: true }), layers: int(1, 4), activation: choice(['relu', 'tanh']) }
const stages = [
  { name: 'coarse', trials: 16, epochs: 1 },
  { name: 'fine', trials: 8, epochs: 1 },
]

function bowl({ params }: { params: { lr: number; layers: number; activation: string } }): number {
  return (Math.log10(params.lr) + 3) ** 2 + params.layers + (params.activation === 'relu' ? 0 : 1)
}

const settings = { name: 'bowl', direction: 'minimize', space, stages, objective: bowl } as const

describe('a study in code', () => {
  test('takes constants as settings', async () => {
    const constants = {
      direction: 'minimize',
      space: { x: { float: [0, 1] } },
      stages: [{ trials: 6, epochs: 3, rungs: [1] }],
      limits: { maxEpochs: 12 },
    } as const
    const tuning = study({ ...constants, objective: ({ params }) => params.x })
    await tuning.run()
    expectTypeOf(tuning.best()!.params.x).toEqualTypeOf<number>()
    expect(tuning.trials().length).toBeGreaterThan(3)
  })

  test('runs a function in place, in memory, and its results have the types of the space', async () => {
    const tuning = study({
      direction: 'minimize',
      space: {
        ...space,
        momentum: when({ activation: 'relu' }, float(0, 1)),
        width: 64,
        reg: { float: [0, 1] },
      },
      objective: ({ params }) => {
        expectTypeOf(params.lr).toEqualTypeOf<number>()
        expectTypeOf(params.activation).toEqualTypeOf<'relu' | 'tanh'>()
        expectTypeOf(params.momentum).toEqualTypeOf<number | undefined>()
        expectTypeOf(params.width).toEqualTypeOf<64>()
        expectTypeOf(params.reg).toEqualTypeOf<number>()
        return bowl({ params })
      },
      stages,
    })
    const { state, best, endReason, test: look } = await tuning.run()
    expect({ state, endReason, look }).toEqual({ state: 'complete', endReason: null, look: null })
    expectTypeOf(best!.params.activation).toEqualTypeOf<'relu' | 'tanh'>()
    expect(best!.value).toBe(Math.min(...tuning.trials().map((trial) => trial.value!)))
    expect(best).toEqual(tuning.best())
    expect(tuning.trials({ stage: 1 })).toHaveLength(8)
    expect(tuning.measurements(3)).toMatchObject([{ step: 1, value: tuning.trials()[3]!.value }])
    expect(tuning.digest()).toMatch(/^[0-9a-f]{64}$/)
    expect(tuning.explain()).toContain('minimize value, seed 42')
    expect(tuning.importance()!.map(({ name }) => name)).toContain('lr')
    expect(tuning.export('csv').split('\n')).toHaveLength(26)
    expect(JSON.parse(tuning.export('json'))).toMatchObject({ study: 'study' })
  })

  test('gives the same as a module, a defined objective and an asynchronous function with many workers', async () => {
    const digests = []
    const file = path.join(import.meta.dirname, '../fixtures/objectives/bowl.ts')
    for (const objective of [
      bowl,
      defineObjective(space, bowl),
      async (context: Parameters<typeof bowl>[0]) => bowl(context),
      new URL(`file://${file}`),
      `file://${file}`,
      file,
    ]) {
      const tuning = study({ ...settings, objective } as StudyInCode<typeof space>)
      await tuning.run({ workers: 2 })
      digests.push(tuning.digest())
      tuning.close()
    }
    expect(new Set(digests).size).toBe(1)
  })

  test('takes the space of a defined objective', async () => {
    const tuning = study({ direction: 'minimize', objective: defineObjective(space, bowl), stages })
    expect(Object.keys((await tuning.run()).best!.params)).toEqual(['lr', 'layers', 'activation'])
  })

  test('tells each trial that ended, and a listener that throws changes nothing', async () => {
    const ended: StudyTrial[] = []
    const said: string[] = []
    const tuning = study(settings)
    await tuning.run({
      onTrial: (trial) => {
        ended.push(trial)
        throw new Error('mine')
      },
      onMessage: (sentence) => said.push(sentence),
    })
    expect(ended.map(({ number }) => number)).toEqual([...Array(24).keys()])
    expect(said).toEqual([expect.stringContaining('A listener threw on "trial-finished": mine')])
  })

  test('stops at its signal, and goes on where it was left', async () => {
    const controller = new AbortController()
    const tuning = study({ ...settings, store: path.join(folder, 'stopped.db') })
    const stopped = await tuning.run({
      signal: controller.signal,
      onTrial: ({ number }) => number === 5 && controller.abort(),
    })
    expect(stopped).toMatchObject({ state: 'stopped', endReason: 'stopped by its abort signal' })
    const done = tuning.trials({ states: ['complete'] }).length
    expect(done).toBeLessThan(24)
    tuning.close()
    const again = study({ ...settings, store: path.join(folder, 'stopped.db') })
    const ran: number[] = []
    expect((await again.run({ onTrial: ({ number }) => ran.push(number) })).state).toBe('complete')
    expect(ran).toHaveLength(24 - done)
    const whole = study(settings)
    await whole.run()
    expect(again.digest()).toBe(whole.digest())
    again.close()
  })

  test('that is complete is not run again, and more trials extend it', async () => {
    const store = createMemoryStore()
    await study({ ...settings, store }).run()
    let calls = 0
    const counted = { ...settings, store, objective: bowl }
    const { best } = await study(counted).run({ onTrial: () => calls++ })
    expect(best).toEqual(openStudy(store, 'bowl').best())
    expect(calls).toBe(0)
    const more = study({ ...counted, stages: [stages[0]!, { ...stages[1]!, trials: 12 }] })
    await more.run({ onTrial: () => calls++ })
    expect(calls).toBe(4)
    expect(openStudy(store).record()).toMatchObject({ notes: ['stages[1].trials: 8 -> 12'] })
  })

  test('refuses another seed, another objective and another space for a study that has begun', async () => {
    const store = createMemoryStore()
    await study({ ...settings, store }).run()
    await expect(study({ ...settings, store, seed: 7 }).run()).rejects.toThrow('seed: 42 -> 7')
    await expect(study({ ...settings, store, objective: () => 1 }).run()).rejects.toThrow(
      'the objective has changed',
    )
    const other = { ...settings, store, space: { ...space, layers: int(1, 5) } }
    await expect(study(other).run()).rejects.toThrow('the search space has changed')
  })

  test('reads a study file, and nothing before it has begun', async () => {
    const file = path.join(import.meta.dirname, '../reliability/studies/quick.yaml')
    const tuning = studyFromFile(file, { name: 'from-file', seed: 5 })
    expect(tuning.trials()).toEqual([])
    expect(tuning.best()).toBeNull()
    expect(() => tuning.digest()).toThrow('Study "from-file" has not started')
    await tuning.run({ workers: 2, onMessage: () => {} })
    expect(tuning.record()).toMatchObject({ seed: 5, state: 'complete' })
    tuning.close()
  })

  test('says so if no such study is in a store', () => {
    expect(() => openStudy(createMemoryStore())).toThrow('There is no study yet in the store')
    expect(() => openStudy(path.join(folder, 'none.db'), 'mine')).toThrow('There is no study "mine"')
  })
})

describe('ask and tell', () => {
  test('gives the trials and the digest of a run, several pending at once', async () => {
    const ran = study(settings)
    await ran.run()
    const asked = study({ ...settings, objective: 'external' })
    const worker = async (): Promise<void> => {
      for (let trial = await asked.ask(); trial !== null; trial = await asked.ask()) {
        expectTypeOf(trial.params.activation).toEqualTypeOf<'relu' | 'tanh'>()
        await new Promise(setImmediate)
        await asked.tell(trial.number, bowl(trial))
      }
    }
    await Promise.all([worker(), worker(), worker()])
    expect(asked.digest()).toBe(ran.digest())
    expect(asked.record()).toMatchObject({ state: 'complete', endReason: null })
    expect(await asked.ask()).toBeNull()
  })

  test('keeps pending trials in the store, for another process to tell', async () => {
    const store = path.join(folder, 'asked.db')
    const first = study({ ...settings, store, objective: 'external' })
    const trial = await first.ask()
    await first.ask()
    first.close()
    const second = study({ ...settings, store, objective: 'external' })
    expect(second.pending().map(({ number }) => number)).toEqual([0, 1])
    expect(await second.tell(0, bowl(trial!))).toMatchObject({ state: 'complete', attempts: 1 })
    expect(await second.tell(1, 'again')).toMatchObject({ state: 'waiting' })
    expect(await second.ask()).toMatchObject({ number: 1, attempt: 2, stage: 'coarse' })
    expect(await second.tell(1, 'failed')).toMatchObject({ state: 'failed', error: { code: 'told' } })
    expect(await second.ask()).toMatchObject({ number: 2, attempt: 1 })
    await expect(second.tell(9, 1)).rejects.toThrow('Trial 9 of "bowl" is not pending')
    expect(await second.tell(2, [{ step: 1, value: 3, metrics: { loss: 2 } }])).toMatchObject({
      value: 3,
      metrics: { loss: 2 },
    })
    await second.ask()
    expect(await second.tell(3, Number.NaN)).toMatchObject({ state: 'diverged', value: null })
    await second.ask()
    await expect(second.tell(4, [{ step: 0, value: 1 }])).rejects.toThrow('step must be a whole number')
    expect(second.pending().map(({ number }) => number)).toEqual([4])
    second.close()
  })

  test.each<[trial: unknown, told: unknown, sentence: string]>([
    [0, '0.5', `Trial 0 takes a number, a list of measurements, 'failed' or 'again', got "0.5"`],
    [0, { value: 1 }, 'got a block of keys'],
    [0, undefined, 'got nothing'],
    [0, 3n, 'got 3n'],
    [0, [1], 'Bad measurement: an objective must yield { step, value, metrics }, got 1'],
    ['0', 1, 'tell takes the number of a trial, got "0"'],
    [{ number: 0 }, 1, 'tell takes the number of a trial, got a block of keys'],
  ])(
    'what is no result is refused in a sentence, and the trial stays pending (%#)',
    async (number, told, sentence) => {
      const asked = study({ ...settings, objective: 'external' })
      await asked.ask()
      const refused = asked.tell(number as number, told as number)
      await expect(refused).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(sentence),
      })
      expect(asked.pending()).toHaveLength(1)
    },
  )

  test('a stage with warmStart says which trial to continue, and gives what a run gives', async () => {
    const warm = { ...settings, stages: [stages[0]!, { ...stages[1]!, epochs: 2, warmStart: true }] }
    // What has been trained so far is the checkpoint.
    const value = (params: Parameters<typeof bowl>[0]['params'], before: number, epochs: number): number =>
      bowl({ params }) / (before + epochs)
    const run = study({
      ...warm,
      *objective({ params, continued, budget: { epochs } }) {
        const before = continued?.[0] ?? 0
        yield { step: epochs, value: value(params, before, epochs) }
        return { artifact: new Uint8Array([before + epochs]) }
      },
    })
    await run.run()
    const asked = study({ ...warm, objective: 'external' })
    const checkpoints = new Map<number, number>()
    const continued: (number | null)[] = []
    for (let trial = await asked.ask(); trial !== null; trial = await asked.ask()) {
      const { number, params, budget } = trial
      const before = trial.continues === null ? 0 : checkpoints.get(trial.continues)!
      checkpoints.set(number, before + budget.epochs)
      continued.push(trial.continues)
      await asked.tell(number, value(params, before, budget.epochs))
    }
    const best = run.trials({ stage: 0 }).toSorted((a, b) => a.value! - b.value!)
    expect(continued.slice(16)).toEqual(best.slice(0, 8).map(({ number }) => number))
    expect(asked.digest()).toBe(run.digest())
    const rungs = study({
      ...settings,
      stages: [{ trials: 8, epochs: 9, rungs: [1, 3] }],
      objective: 'external',
    })
    await expect(rungs.ask()).rejects.toThrow('compares trials while they run (rungs)')
  })
})
