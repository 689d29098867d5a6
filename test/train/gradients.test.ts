import { describe, expect, test } from 'vitest'
import { fillNormal } from '../../src/train/initial-weights.ts'
import type { Examples } from '../../src/train/inputs.ts'
import {
  type Architecture,
  createNetwork,
  drawMasks,
  type LearningSettings,
} from '../../src/train/network.ts'
import { initialState, type NetworkState, writeNetwork } from '../../src/train/network-state.ts'
import { architecture, examplesOf, inputsOf, learning, plain } from './support.ts'
import { takeApart } from './take-apart.ts'

const ROWS = 9

/** Weights of size 1 everywhere, so that no gradient is too small to be seen. */
function roughState(shape: Architecture): NetworkState {
  const state = initialState(shape, 0.7, ['gradients'])
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => {
      if (name.startsWith('W') || name.startsWith('running')) return [name, tensor]
      const shift = new Float32Array(tensor.data.length)
      fillNormal(shift, 0.3, ['gradients', name])
      return [name, { shape: tensor.shape, data: Float64Array.from(tensor.data, (x, i) => x + shift[i]!) }]
    }),
  )
}

function roughExamples(): Examples {
  const values = new Float32Array(ROWS * 6)
  fillNormal(values, 1, ['gradients', 'x'])
  const rows = Array.from({ length: ROWS }, (_, r) => [...values.subarray(r * 6, r * 6 + 6)])
  return examplesOf(inputsOf(rows, 'float64'), [0, 1, 2, 2, 1, 0, 0, 2, 1])
}

/** The loss with penalty, from a network made anew: what is differentiated. */
function lossOf(shape: Architecture, settings: LearningSettings, state: NetworkState, examples: Examples) {
  const network = createNetwork(plain('float64'), shape, ROWS, settings)
  writeNetwork(network, state)
  drawMasks(network, 1, ROWS)
  return takeApart(network, examples, examples.rows, 0, ROWS)
}

const CASES: readonly (readonly [string, Partial<Architecture>, Partial<LearningSettings>])[] = [
  ['a linear classifier with L2', { hidden: [] }, { reg: 0.2 }],
  ...(['relu', 'tanh', 'sigmoid', 'maxout'] as const).flatMap((activation) => [
    [`${activation}`, { activation }, {}] as const,
    [
      `${activation} with batch norm, L2 and dropout`,
      { activation, batchNorm: true },
      { reg: 0.1, dropout: 0.3 },
    ] as const,
  ]),
  ['maxout of five pieces', { activation: 'maxout', maxoutPieces: 5 }, { dropout: 0.2 }],
  ['four hidden layers', { hidden: [5, 4, 6, 3], activation: 'tanh', batchNorm: true }, { reg: 0.05 }],
]

describe('the gradient of every parameter is the slope of the loss', () => {
  test.each(CASES)('%s', (_, shapeChanges, settingChanges) => {
    const shape = architecture(shapeChanges)
    const settings = learning(settingChanges)
    const state = roughState(shape)
    const examples = roughExamples()
    const { gradients } = lossOf(shape, settings, state, examples)
    const step = 1e-6
    for (const [name, gradient] of Object.entries(gradients)) {
      const tensor = state[name]!
      for (let i = 0; i < gradient.length; i++) {
        const [lower, upper] = [-step, step].map((change) => {
          const data = Float64Array.from(tensor.data)
          data[i]! += change
          return lossOf(shape, settings, { ...state, [name]: { ...tensor, data } }, examples).loss
        }) as [number, number]
        const slope = (upper - lower) / (2 * step)
        const error = Math.abs(slope - gradient[i]!) / Math.max(1e-2, Math.abs(slope), Math.abs(gradient[i]!))
        expect(error, `${name}[${i}]: slope ${slope}, gradient ${gradient[i]}`).toBeLessThan(1e-6)
      }
    }
  })
})
