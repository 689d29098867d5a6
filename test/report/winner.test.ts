import { expect, test } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { normalFromUniform } from '../../src/random/normal.ts'
import { winnerSentences } from '../../src/report/winner.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { readWinner, winnerFirst, winningTrial } from '../../src/study/winning-trial.ts'
import { runSimulated } from '../study/run-simulated.ts'

const winner = {
  best: { trial: 12, value: 0.46412, margin: 0.0059 },
  likeliest: { trial: 12, value: 0.46412, margin: 0.0059 },
  chosen: { trial: 12, value: 0.46412, margin: 0.0059 },
  others: [],
  noise: 0.003,
  hasNoise: true,
  trials: 29,
}

test('the winner is said with what another training is expected to give', () => {
  expect(winnerSentences(winner, 0.4704, 'validAccuracy')).toEqual([
    'Trial 12: validAccuracy 0.4704, the best of 29; training it again is expected to give 0.464 ± 0.006.',
  ])
})

test('a trial that is expected to be better is named', () => {
  const likeliest = { trial: 7, value: 1467.2, margin: 120 }
  expect(winnerSentences({ ...winner, likeliest }, 0.4704, 'validAccuracy')[1]).toBe(
    'Trial 7 is expected to do better: 1467 ± 120.',
  )
})

test('a winner that has not the best value is named first, with what it is expected to give', () => {
  const chosen = { trial: 7, value: 0.4671, margin: 0.0059 }
  expect(winnerSentences({ ...winner, chosen, likeliest: chosen }, 0.4704, 'validAccuracy')).toEqual([
    'Winner: trial 7, by its expected value 0.4671 ± 0.0059.',
    'Trial 12: validAccuracy 0.4704, the best of 29; training it again is expected to give 0.4641 ± 0.0059.',
  ])
})

test('nothing is said where the measurements have no noise', () => {
  expect(winnerSentences({ ...winner, hasNoise: false }, 0.4704, 'validAccuracy')).toEqual([])
})

test('the winner of a long study is judged by its best and some others, and counted among all', async () => {
  const { store, study } = await runSimulated({
    space: searchSpace({ x: float(0, 1) }),
    stages: [{ trials: 1500, epochs: 1, sampler: 'random' }],
    evaluate: ({ spec: { number, params } }) => [((params.x as number) - 0.3) ** 2 + (number % 7) * 0.01],
  })
  const { luckiest: best, expectation } = readWinner(store, study)!
  const winner = expectation!
  expect(winner.trials).toBe(1500)
  expect(winner.hasNoise).toBe(true)
  expect(winner.best.trial).toBe(best.number)
  // What it is lucky by is at most the noise.
  expect(winner.best.value).toBeGreaterThan(best.value!)
  expect(winner.best.value).toBeLessThan(0.06)
})

test('the winner of a noisy study is not its luckiest trial, and comes first', async () => {
  // A parabola with a noise of 0.1; trial 12 is lucky.
  const { store, study } = await runSimulated({
    space: searchSpace({ x: float(0, 1) }),
    stages: [{ trials: 40, epochs: 1, sampler: 'sobol' }],
    evaluate: ({ spec: { number, params } }) => {
      const away = (params.x as number) - 0.3
      const noise = number === 12 ? -5 : normalFromUniform(fastGenerator(['noise', number]).next())
      return [4 * away * away + 0.1 * noise]
    },
  })
  const luckiest = store.bestTrials(study.id, 1)[0]!
  const winner = readWinner(store, study)!
  expect(winner.luckiest).toEqual(luckiest)
  expect(winner.trial.number).not.toBe(luckiest.number)
  expect(winner.trial.number).toBe(winner.expectation!.chosen.trial)
  expect(winningTrial(store, study)).toEqual(winner.trial)
  const [first, ...others] = winnerFirst(store, study, winner, 5)
  expect(first).toEqual(winner.trial)
  expect(others.map(({ number }) => number)).toEqual(
    store
      .bestTrials(study.id, 5)
      .map(({ number }) => number)
      .filter((number) => number !== winner.trial.number)
      .slice(0, 4),
  )
})

test('the winner of a study without noise is the trial with the best value', async () => {
  const { store, study } = await runSimulated({
    space: searchSpace({ x: float(0, 1) }),
    stages: [{ trials: 40, epochs: 1, sampler: 'sobol' }],
    evaluate: ({ spec: { params } }) => [((params.x as number) - 0.3) ** 2],
  })
  const winner = readWinner(store, study)!
  expect(winner.trial).toEqual(winner.luckiest)
})
