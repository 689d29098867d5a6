import { expect, test } from 'vitest'
import { readWinner, winnerSentences } from '../../src/report/winner.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { runSimulated } from '../study/run-simulated.ts'

const winner = {
  best: { trial: 12, value: 0.46412, margin: 0.0059 },
  likeliest: { trial: 12, value: 0.46412, margin: 0.0059 },
  others: [],
  noise: 0.003,
  noisy: true,
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

test('nothing is said where the measurements have no noise', () => {
  expect(winnerSentences({ ...winner, noisy: false }, 0.4704, 'validAccuracy')).toEqual([])
})

test('the winner of a long study is judged by its best and some others, and counted among all', async () => {
  const { store, study } = await runSimulated({
    space: searchSpace({ x: float(0, 1) }),
    stages: [{ trials: 1500, epochs: 1, sampler: 'random' }],
    evaluate: ({ spec: { number, params } }) => [((params.x as number) - 0.3) ** 2 + (number % 7) * 0.01],
  })
  const [best] = store.bestTrials(study.id, 1)
  const winner = readWinner(store, study, store.stages(study.id), best)!
  expect(winner.trials).toBe(1500)
  expect(winner.noisy).toBe(true)
  expect(winner.best.trial).toBe(best!.number)
  // What it is lucky by is at most the noise.
  expect(winner.best.value).toBeGreaterThan(best!.value!)
  expect(winner.best.value).toBeLessThan(0.06)
})
