import { expect, test } from 'vitest'
import { afterEpoch, type BestEpoch, isOutOfPatience, NO_EPOCH } from '../../src/train/stopping.ts'

function watch(values: readonly number[], direction: 'minimize' | 'maximize'): BestEpoch {
  return values.reduce((best, value, i) => afterEpoch(best, i + 1, value, direction), NO_EPOCH)
}

test('the best epoch is the first of the best value, in either direction', () => {
  expect(watch([0.1, 0.4, 0.4, 0.3], 'maximize')).toEqual({ epoch: 2, value: 0.4, waited: 2 })
  expect(watch([0.1, 0.4, 0.4, 0.05], 'minimize')).toEqual({ epoch: 4, value: 0.05, waited: 0 })
  expect(watch([-Infinity], 'maximize').epoch).toBe(1)
})

test('patience ends after that many epochs without a better one, and never without patience', () => {
  expect(isOutOfPatience(watch([0.4, 0.3], 'maximize'), 2)).toBe(false)
  expect(isOutOfPatience(watch([0.4, 0.3, 0.4], 'maximize'), 2)).toBe(true)
  expect(isOutOfPatience(watch([0.4, 0.3, 0.2], 'maximize'), null)).toBe(false)
})
