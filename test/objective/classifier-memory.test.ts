import { expect, test } from 'vitest'
import type { PreparedData } from '../../src/data/prepared.ts'
import { classifierConfig } from '../../src/objective/classifier-config.ts'
import { checkMemory, trainingBytes } from '../../src/objective/classifier-memory.ts'
import { choice, int, type ParameterMap, searchSpace } from '../../src/space/constructors.ts'
import { BLOCKS } from '../../src/study-file/study-blocks.ts'

const config = (hidden: readonly number[]) =>
  classifierConfig(
    BLOCKS.model.parse({ hidden }),
    BLOCKS.training.parse({ optimizer: 'sgd', batchSize: 10 }),
    'validAccuracy',
    'maximize',
  )

/** As much of prepared data as the check looks at. */
const data = {
  folds: [{ train: { inputs: { columns: 100 } }, classes: ['a', 'b'] }],
} as unknown as PreparedData

const check = (hidden: readonly number[], parameters: ParameterMap = {}) =>
  checkMemory(config(hidden), searchSpace(parameters), data)

test('a network is as large as its weights with their gradients, and the outputs of a batch', () => {
  const weights = 101 * 20 + 21 * 2
  expect(trainingBytes(config([20]), 100, 2, 1)).toBe(4 * (weights * 2 + 10 * (100 + 40 + 4)))
  expect(trainingBytes(config([20]), 100, 2, 3)).toBe(3 * trainingBytes(config([20]), 100, 2, 1))
})

test('one that no thread can hold is refused before anything runs', () => {
  expect(() => check([65_536, 65_536, 65_536, 65_536])).toThrow(
    /^model.hidden: a network of this size takes 96 GB to train; a thread has 4 GB$/,
  )
  expect(() => check([65_536, 65_536], { units1: int(60_000, 65_536) })).toThrow('takes 29 GB')
  expect(check([1000, 1000])).toBeNull()
})

test('a space whose largest networks do not fit says so', () => {
  expect(check([65_536, 65_536], { units1: int(100, 65_536) })).toMatch(
    /^The largest networks of this space take 32 GB to train; a thread has 4 GB/,
  )
  const maxout = { activation: choice(['relu', 'maxout']), maxoutPieces: int(2, 64) }
  expect(check([10_000, 1000], maxout)).toMatch('take 5.3 GB')
  expect(check([10_000, 1000], { maxoutPieces: int(2, 64) })).toBeNull()
})
