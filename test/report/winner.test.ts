import { expect, test } from 'vitest'
import { winnerSentences } from '../../src/report/winner.ts'

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
