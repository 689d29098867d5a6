import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DEFAULT_OPTIMIZER, type OptimizerSettings, updateRule } from '../../src/train/optimizers.ts'
import { plain } from './support.ts'

const reference = JSON.parse(
  readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'),
) as Record<
  'sgd' | 'momentum' | 'nesterov' | 'adamBiasCorrected' | 'adamUncorrected' | 'grads',
  number[][]
> & {
  x0: number[]
  learningRates: number[]
}

describe.each([
  ['float64', 1e-9],
  ['float32', 1e-6],
] as const)('in %s', (precision, tolerance) => {
  test.each([
    ['sgd', { kind: 'sgd' }],
    ['momentum', { kind: 'momentum' }],
    ['nesterov', { kind: 'nesterov' }],
    ['adamBiasCorrected', { kind: 'adam' }],
    ['adamUncorrected', { kind: 'adam', biasCorrection: false }],
  ] as const)('%s follows the reference through a change of the learning rate', (name, changes) => {
    const optimizer: OptimizerSettings = { ...DEFAULT_OPTIMIZER, ...changes }
    const kernels = plain(precision)
    const vector = kernels.createVector(reference.x0.length, optimizer.kind)
    vector.values.set(reference.x0)
    for (const [i, gradient] of reference.grads.entries()) {
      vector.gradient.set(gradient)
      kernels.updateVector(vector, updateRule(optimizer, reference.learningRates[i]!, i + 1))
      const path = reference[name][i]!
      const worst = Math.max(...path.map((value, c) => Math.abs(value - vector.values[c]!)))
      expect(worst).toBeLessThan(tolerance)
    }
  })
})
