import { expect, test } from 'vitest'
import { heading } from '../../src/report/names.ts'

test('the heading of a column has words, and the same short ones for a value and its deviation over folds', () => {
  expect(['weight_decay', 'maxoutPieces', 'validAccuracy'].map(heading)).toEqual([
    'WEIGHT DECAY',
    'MAXOUT PIECES',
    'VALID ACC',
  ])
  expect(['learningRate', 'learningRateStd', 'validAccuracyStd'].map(heading)).toEqual([
    'LR',
    'LR STD',
    'VALID ACC STD',
  ])
})
