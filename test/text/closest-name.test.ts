import { expect, test } from 'vitest'
import { closestName } from '../../src/text/closest-name.ts'

const NAMES = ['learningRate', 'reg', 'dropout', 'batchSize', 'epochs', 'trials', 'keep']

test.each([
  ['learningrate', 'learningRate'],
  ['learning_rate', 'learningRate'],
  ['lerningRate', 'learningRate'],
  ['trails', 'trials'],
  ['epoch', 'epochs'],
  ['batch-size', 'batchSize'],
  ['Reg', 'reg'],
  ['dropuot', 'dropout'],
])('%s means %s', (typed, meant) => {
  expect(closestName(typed, NAMES)).toBe(meant)
})

test.each(['momentum', 'x', '', '???', 'z'.repeat(10_000)])('%s means none of them', (typed) => {
  expect(closestName(typed, NAMES)).toBeUndefined()
})
