import { describe, expect, test } from 'vitest'
import { float, type Sampler, type Study, type StudyInCode, study } from '../../src/index.ts'

const space = { x: float(0, 1) }
type InX = { readonly params: { readonly x: number } }

function small(changes: Partial<StudyInCode<typeof space>> = {}): Study<{ readonly x: number }> {
  return study<typeof space>({
    direction: 'minimize',
    space,
    objective: ({ params }: InX) => params.x,
    stages: [{ trials: 6, epochs: 3 }],
    ...changes,
  })
}

async function digestOf(tuning: Study<{ readonly x: number }>): Promise<string> {
  await tuning.run()
  return tuning.digest()
}

describe('what is handed out is not what the study keeps', () => {
  test('an objective may change its params and its budget', async () => {
    const careless = small({
      objective: ({ params, budget }) => {
        const { x } = params
        Object.assign(params, { x: 10 ** x, more: 1 })
        Object.assign(budget, { epochs: 99 })
        return x
      },
    })
    expect(await digestOf(careless)).toBe(await digestOf(small()))
    expect(careless.trials()[0]).toMatchObject({ epochs: 3, budget: { epochs: 3 } })
    expect(Object.keys(careless.trials()[0]!.params)).toEqual(['x'])
  })

  test('results may be changed by who reads them', async () => {
    const tuning = small()
    const { best } = await tuning.run()
    const digest = tuning.digest()
    for (const trial of [best!, tuning.best()!, ...tuning.trials()]) {
      Object.assign(trial, { value: -1 })
      Object.assign(trial.params, { x: -1 })
    }
    for (const measurement of tuning.measurements(0)) Object.assign(measurement, { value: -1 })
    Object.assign(tuning.record()!, { seed: 0, state: 'running' })
    expect(tuning.digest()).toBe(digest)
    expect(tuning.best()!.value).toBeGreaterThanOrEqual(0)
  })

  test('a trial that was asked for may be changed by who runs it', async () => {
    const asked = small({ objective: 'external' })
    for (let trial = await asked.ask(); trial !== null; trial = await asked.ask()) {
      const { x } = trial.params
      Object.assign(trial.params, { x: 7 })
      Object.assign(trial.budget, { epochs: 7 })
      Object.assign(await asked.tell(trial.number, x), { value: 7 })
    }
    expect(asked.digest()).toBe(await digestOf(small()))
  })

  test('a sampler may change the trials that it sees, and the point that it gave', async () => {
    const point = { x: 0 }
    const withSampler = (isCareless: boolean): ReturnType<typeof small> => {
      const sampler: Sampler = {
        name: 'own',
        adaptive: true,
        propose({ history, index }) {
          const seen = history.reduce((sum, { value }) => sum + (value ?? 0), 0)
          if (isCareless) for (const trial of history) Object.assign(trial, { value: 0 })
          point.x = (index + seen / 10) / 10
          return isCareless ? point : { ...point }
        },
      }
      return small({ lag: 1, stages: [{ trials: 6, epochs: 1, sampler }] })
    }
    expect(await digestOf(withSampler(true))).toBe(await digestOf(withSampler(false)))
  })
})

test('an objective may return an object of a class, and its value may be a getter', async () => {
  class Score {
    readonly #loss: number
    constructor(loss: number) {
      this.#loss = loss
    }
    get value(): number {
      return this.#loss
    }
  }
  expect(await digestOf(small({ objective: ({ params }) => new Score(params.x) }))).toBe(
    await digestOf(small()),
  )
})

test.each<[returned: () => unknown, sentence: string]>([
  [() => [1, 2], 'value must be a number, got a list at step 3'],
  [() => new Date(0), 'value must be a number, got an object at step 3'],
  [() => ({ loss: 1 }), 'unknown key "loss"; other numbers belong in metrics'],
  [() => ({}), 'value must be a number, got undefined at step 3'],
  [() => '0.5', 'value must be a number, got "0.5" at step 3'],
])('a function that returns no value fails with what it returned (%#)', async (returned, sentence) => {
  const tuning = small({ objective: returned as () => number, stages: [{ trials: 1, epochs: 3 }] })
  await tuning.run()
  expect(tuning.trials()[0]!.error!.message).toBe(`Bad measurement: ${sentence}`)
})
