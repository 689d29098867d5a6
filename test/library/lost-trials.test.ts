import { expect, test } from 'vitest'
import { float, study } from '../../src/index.ts'

async function saidOf(objective: (trial: { readonly number: number }) => number): Promise<string[]> {
  const said: string[] = []
  const tuning = study({
    direction: 'minimize',
    space: { x: float(0, 1) },
    objective,
    stages: [{ trials: 4, epochs: 1 }],
    limits: { retries: 0 },
  })
  await tuning.run({ onMessage: (sentence) => said.push(sentence) })
  return said
}

function fail(message: string): never {
  throw new Error(message)
}

test('a run says which trials failed, and why the first did', async () => {
  expect(await saidOf(({ number }) => (number === 2 ? fail('No such data.') : 1))).toEqual([
    'Trial 2 failed: No such data.',
  ])
  expect(await saidOf(() => fail('no memory'))).toEqual([
    '4 trials failed, the first of them, trial 0, with: no memory.',
  ])
})

test('divergences are said where no trial has a value', async () => {
  expect(await saidOf(({ number }) => (number === 2 ? Number.NaN : 1))).toEqual([])
  expect(await saidOf(() => Number.NaN)).toEqual([
    '4 trials diverged, the first of them, trial 0, with: The value became NaN at step 1.',
  ])
})

test('the first is that of the lowest number, whichever ended first', async () => {
  const said: string[] = []
  let endLater = (): void => {}
  const later = new Promise<void>((resolve) => {
    endLater = resolve
  })
  const tuning = study({
    direction: 'minimize',
    space: { x: float(0, 1) },
    objective: async ({ number }) => {
      if (number === 0) await later
      else endLater()
      return fail(`trial ${number}`)
    },
    stages: [{ trials: 2, epochs: 1 }],
    limits: { retries: 0 },
  })
  await tuning.run({ workers: 2, onMessage: (sentence) => said.push(sentence) })
  expect(said).toEqual(['2 trials failed, the first of them, trial 0, with: trial 0.'])
})
