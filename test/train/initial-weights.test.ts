import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { fillNormal, initialScale } from '../../src/train/initial-weights.ts'
import { initialState } from '../../src/train/network-state.ts'
import { architecture } from './support.ts'

const COUNT = 400_000

test('the weights are standard normal: moments, tails, and both signs in every place', () => {
  const draws = new Float32Array(COUNT)
  fillNormal(draws, 1, ['normal'])
  const mean = (f: (x: number) => number): number => draws.reduce((sum, x) => sum + f(x), 0) / COUNT
  // Six standard errors each.
  expect(Math.abs(mean((x) => x))).toBeLessThan(6 / Math.sqrt(COUNT))
  expect(Math.abs(mean((x) => x * x) - 1)).toBeLessThan(6 * Math.sqrt(2 / COUNT))
  expect(Math.abs(mean((x) => x ** 4) - 3)).toBeLessThan(6 * Math.sqrt(96 / COUNT))
  for (const [bound, share] of [
    [0.5, 0.308538],
    [1, 0.158655],
    [2, 0.02275],
    [3, 0.00135],
    [3.6, 0.000159],
  ] as const) {
    const allowed = 6 * Math.sqrt(share / COUNT)
    expect(Math.abs(mean((x) => (x > bound ? 1 : 0)) - share), `above ${bound}`).toBeLessThan(allowed)
    expect(Math.abs(mean((x) => (x < -bound ? 1 : 0)) - share), `below -${bound}`).toBeLessThan(allowed)
  }
  expect(Math.abs(mean((x) => x) - 0)).toBeLessThan(0.01)
  let product = 0
  for (let i = 1; i < COUNT; i++) product += draws[i]! * draws[i - 1]!
  expect(Math.abs(product / COUNT)).toBeLessThan(6 / Math.sqrt(COUNT))
})

test('what a name draws is pinned', () => {
  const draws = new Float32Array(20_000)
  fillNormal(draws, 0.5, [42, 'init', 1])
  expect(createHash('sha256').update(new Uint8Array(draws.buffer)).digest('hex')).toMatchInlineSnapshot(
    `"0f6bd92898caf1b3cb626c0c720ef2b5f426ca2c8a8bc1c30c1f373f318fde08"`,
  )
})

test('a network starts with He weights or those of a fixed scale, biases 0, gammas 1', () => {
  expect(initialScale(200, null)).toBe(0.1)
  expect(initialScale(200, 0.02)).toBe(0.02)
  const state = initialState(architecture({ inputs: 500, hidden: [50, 40], batchNorm: true }), null, [
    'start',
  ])
  const deviation = (name: string): number => {
    const data = [...state[name]!.data]
    return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length)
  }
  expect(deviation('W1')).toBeCloseTo(Math.sqrt(2 / 500), 2)
  expect(deviation('W2')).toBeCloseTo(Math.sqrt(2 / 50), 1)
  expect([...state.b1!.data, ...state.beta2!.data, ...state.runningMean1!.data].every((x) => x === 0)).toBe(
    true,
  )
  expect([...state.gamma1!.data, ...state.runningVariance2!.data].every((x) => x === 1)).toBe(true)
})

test('each layer and each seed draws its own weights', () => {
  const shape = architecture({ inputs: 5, hidden: [5, 5] })
  const first = initialState(shape, 1, [1])
  expect(initialState(shape, 1, [1])).toEqual(first)
  expect(initialState(shape, 1, [2]).W1).not.toEqual(first.W1)
  expect(first.W2!.data).not.toEqual(first.W1!.data)
})
