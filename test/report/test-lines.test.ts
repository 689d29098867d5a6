import { expect, test } from 'vitest'
import { testLines } from '../../src/report/test-lines.ts'
import type { Span } from '../../src/report/text.ts'

const plain = (spans: readonly Span[]): string =>
  spans.map((span) => (typeof span === 'string' ? span : span.text)).join('')
const look = (metrics: Readonly<Record<string, number>>, part = 'test') => ({
  trial: 3,
  at: 0,
  part,
  examples: 1234,
  metrics,
  confusion: null,
})
const linesOf = (...looks: Parameters<typeof testLines>[0]) => testLines(looks, 'validAccuracy').map(plain)

test('a network that predicts a number is told by R² and RMSE', () => {
  expect(linesOf(look({ loss: 0.1422, r2: 0.57512, rmse: 48.464 }))).toEqual([
    'Test R² of trial 3, evaluated once: 0.5751, RMSE 48.464 (1,234 examples), loss 0.1422',
  ])
})

test('a classifier is told by its accuracy, with its interval and that of guessing', () => {
  // By hand: z = 1.959964, n = 1234.
  expect(linesOf(look({ accuracy: 0.75, majority: 0.6 }))).toEqual([
    'Test accuracy of trial 3, evaluated once: 0.7500 (1,234 examples; 95 % interval 0.725 to 0.773; always guessing the most frequent class: 0.6000)',
  ])
})

test('a classifier is told by what ranks the trials, too', () => {
  const figures = look({ accuracy: 0.75, loss: 0.5, balancedAccuracy: 0.7, macroF1: 0.65 })
  const more = (metric: string) => plain(testLines([figures], metric)[0]!).replace(/^.*\)/, '')
  expect(more('validAccuracy')).toBe('')
  expect(more('validBalancedAccuracy')).toBe(', balanced accuracy 0.7000')
  expect(more('validMacroF1')).toBe(', macro F1 0.6500')
  expect(more('validLoss')).toBe(', loss 0.5000')
  expect(more('validAuc')).toBe('')
})

test('other figures are told by their names', () => {
  expect(linesOf(look({ loss: 0.25, f1: 0.5 }))).toEqual([
    'Test set, trial 3, evaluated once: loss 0.2500, f1 0.5000 (1,234 examples)',
  ])
})

test('the last of several evaluations of the test part is told, and that it is not the first', () => {
  const lines = linesOf(
    look({ r2: 0.1, rmse: 1, loss: 1 }),
    look({ r2: 0.2, rmse: 1, loss: 1 }),
    look({ r2: 0.9 }, 'valid'),
  )
  expect(lines).toEqual([
    'Test R² of trial 3, evaluation 2 of the test set: 0.2000, RMSE 1.0000 (1,234 examples), loss 1.0000',
  ])
  expect(linesOf(look({ r2: 0.9 }, 'valid'))).toEqual([])
})
