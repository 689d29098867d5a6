import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createInlineExecutor } from '../../src/execute/inline.ts'
import {
  createMemoryStore,
  drawAdmissible,
  float,
  int,
  type Sampler,
  study,
  trialDraws,
} from '../../src/index.ts'
import { resumeExperiment } from '../../src/session/session.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-own-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const space = { x: float(-1, 1), n: int(1, 4) }
const objective = ({ params }: { params: { x: number; n: number } }): number => params.x ** 2 + params.n

/** Draws as `random` does. */
const own: Sampler = {
  name: 'own',
  adaptive: false,
  propose: (request) => drawAdmissible(request, trialDraws(request, 'uniform')),
}

const stagesWith = (sampler: 'random' | Sampler) => [
  { trials: 12, epochs: 1, sampler: 'random' as const },
  { trials: 6, epochs: 1, sampler },
]
const tuned = (sampler: 'random' | Sampler) =>
  study({ direction: 'minimize', space, objective, stages: stagesWith(sampler) })

test('a stage drawn by a sampler of the program is that of a built-in one that draws the same', async () => {
  const [mine, built] = [tuned(own), tuned('random')]
  expect((await mine.run()).state).toBe('complete')
  await built.run()
  expect(mine.digest()).toBe(built.digest())
  expect(mine.explain()).toContain('drawn by own')
})

test('asking gives the trials that a run draws by it', async () => {
  const run = tuned(own)
  await run.run()
  const asked = study({ direction: 'minimize', space, objective: 'external', stages: stagesWith(own) })
  for (let trial = await asked.ask(); trial !== null; trial = await asked.ask()) {
    await asked.tell(trial.number, objective({ params: trial.params }))
  }
  expect(asked.trials().map(({ params }) => params)).toEqual(run.trials().map(({ params }) => params))
})

test('an adaptive sampler sees the results that the lag allows', async () => {
  const seen: number[][] = []
  const watching: Sampler = {
    name: 'watching',
    adaptive: true,
    propose(request) {
      seen.push(request.history.map(({ number }) => number))
      return drawAdmissible(request, trialDraws(request, 'uniform'))
    },
  }
  await study({
    direction: 'minimize',
    space,
    objective,
    lag: 2,
    stages: [{ trials: 5, epochs: 1, sampler: watching }],
  }).run()
  expect(seen).toEqual([[], [], [0], [0, 1], [0, 1, 2]])
})

test('a point outside of the space is refused with its sampler and its mistake', async () => {
  const far: Sampler = { name: 'far', adaptive: false, propose: () => ({ x: 5, n: 1 }) }
  await expect(tuned(far).run()).rejects.toThrow(
    'Sampler "far" proposed an invalid point for trial 0 of its stage: x: 5 lies outside its range',
  )
  const late = { name: 'late', adaptive: false, propose: async () => ({ x: 0, n: 1 }) } as never
  await expect(tuned(late).run()).rejects.toThrow('propose must return params, got a promise')
})

test.each<[changes: object, sentence: string]>([
  [{ name: '' }, 'stages[1].sampler.name must be a string that is not empty, got ""'],
  [{ name: 'gp' }, 'stages[1].sampler.name must not be that of a built-in sampler, got "gp"'],
  [{ adaptive: undefined }, 'stages[1].sampler.adaptive must be true or false, got nothing'],
  [{ propose: 3 }, 'stages[1].sampler.propose must be a function, got 3'],
])('a sampler with a mistake is refused (%#)', (changes, sentence) => {
  expect(() => tuned({ ...own, ...changes } as Sampler)).toThrow(sentence)
})

test('two samplers of one name are refused', () => {
  const stages = [
    { trials: 4, epochs: 1, sampler: own },
    { trials: 4, epochs: 1, sampler: { ...own } },
  ]
  expect(() => study({ direction: 'minimize', space, objective, stages })).toThrow(
    'stages[1].sampler.name "own" is taken by another sampler',
  )
})

test('a study in a file goes on in its program, and nowhere else', async () => {
  const db = path.join(folder, 'studies.db')
  const module = path.join(import.meta.dirname, '../reliability/studies/quick.ts')
  const settings = (trials: number) => ({
    name: 'kept',
    direction: 'maximize' as const,
    objective: module,
    store: db,
    stages: [{ trials, epochs: 1, sampler: own }],
  })
  const first = study(settings(4))
  await first.run({ workers: 1 })
  first.close()
  const resume = resumeExperiment('kept', { add: 4, set: [], force: false }, { db, workers: 1 })
  await expect(resume).rejects.toThrow(
    'Sampler "own" is code in another program, which cannot be called from here',
  )
  const second = study(settings(8))
  expect((await second.run({ workers: 1 })).state).toBe('complete')
  expect(second.trials()).toHaveLength(8)
  second.close()
})

test('an executor of the program runs the trials of an external objective, and is closed', async () => {
  let closed = 0
  const inline = createInlineExecutor(
    {
      kind: 'object',
      objective: {
        space: null,
        *run({ params }) {
          yield { step: 1, value: Number(params.x) }
        },
      },
    },
    { slots: 2 },
  )
  const executor = {
    slots: 2,
    run: inline.run.bind(inline),
    stop: inline.stop.bind(inline),
    close: async () => {
      closed += 1
      await inline.close()
    },
  }
  const store = createMemoryStore()
  const tuning = study({
    name: 'elsewhere',
    direction: 'minimize',
    space,
    objective: 'external',
    stages: [{ trials: 12, epochs: 1 }],
    store,
  })
  const { state, best } = await tuning.run({ executor })
  expect([state, closed]).toEqual(['complete', 1])
  expect(best?.value).toBe(Math.min(...tuning.trials().map(({ params }) => params.x)))
})
