import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Activation } from '../../src/train/kernels/kernels.ts'
import { createNetwork, type Network } from '../../src/train/network.ts'
import { type NetworkState, tensorShapes, writeNetwork } from '../../src/train/network-state.ts'
import { examplesOf, inputsOf, learning, plain } from './support.ts'
import { takeApart } from './take-apart.ts'

/** A network and one batch, computed by PyTorch in float64. */
interface ReferenceCase {
  readonly activation: Activation
  readonly batchnorm: boolean
  readonly reg: number
  readonly maxoutPieces: number | null
  readonly X: number[][]
  readonly y: number[]
  readonly params: Record<string, number[] | number[][]>
  readonly dropoutMasks: number[][][] | null
  readonly hidden: number[][][]
  readonly scores: number[][]
  readonly dataLoss: number
  readonly loss: number
  readonly grads: Record<string, number[] | number[][]>
  readonly runningAfterOneBatch: Record<string, number[]> | null
}

const { cases } = JSON.parse(readFileSync(new URL('../fixtures/networks.json', import.meta.url), 'utf8')) as {
  cases: ReferenceCase[]
}

function build(reference: ReferenceCase, precision: 'float32' | 'float64'): Network {
  const shape = {
    inputs: 6,
    hidden: [5, 4],
    classes: 3,
    activation: reference.activation,
    maxoutPieces: reference.maxoutPieces ?? 1,
    batchNorm: reference.batchnorm,
  }
  const dropout = reference.dropoutMasks === null ? 0 : 0.4
  const network = createNetwork(plain(precision), shape, 7, learning({ reg: reference.reg, dropout }))
  const state: NetworkState = Object.fromEntries(
    Object.entries(tensorShapes(shape)).map(([name, tensorShape]) => {
      const start = name.startsWith('runningVariance') ? 1 : 0
      const count = tensorShape.reduce((a, b) => a * b, 1)
      const given = reference.params[name]?.flat() ?? new Array<number>(count).fill(start)
      return [name, { shape: tensorShape, data: Float64Array.from(given) }]
    }),
  )
  writeNetwork(network, state)
  for (const [layer, mask] of reference.dropoutMasks?.entries() ?? []) {
    const { data, stride } = network.hidden[layer]!.mask!.scale
    for (const [r, row] of mask.entries()) data.set(row, r * stride)
  }
  return network
}

function expectClose(
  got: ArrayLike<number>,
  want: number[] | number[][],
  tolerance: number,
  name: string,
): void {
  const flat = want.flat()
  expect(got.length, name).toBe(flat.length)
  const worst = flat.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i]!)), 0)
  expect(worst, name).toBeLessThanOrEqual(tolerance)
}

describe.each([
  ['float64', 1e-9],
  // A dozen roundings of 2^-24, of values up to about 10.
  ['float32', 1e-5],
] as const)('in %s', (precision, tolerance) => {
  test.each(
    cases.map((reference) => {
      const parts = [
        reference.activation,
        reference.batchnorm ? 'with batch norm' : 'plain',
        `reg ${reference.reg}`,
      ]
      return [
        [...parts, ...(reference.dropoutMasks === null ? [] : ['with dropout'])].join(', '),
        reference,
      ] as const
    }),
  )('a network agrees with the reference in every number: %s', (_, reference) => {
    const network = build(reference, precision)
    const examples = examplesOf(inputsOf(reference.X, precision), reference.y)
    const result = takeApart(network, examples, examples.rows, 0, 7)
    for (const [layer, hidden] of reference.hidden.entries()) {
      expectClose(result.hidden[layer]!, hidden, tolerance, `hidden ${layer + 1}`)
    }
    expectClose(result.scores, reference.scores, tolerance, 'scores')
    expectClose([result.dataLoss, result.loss], [reference.dataLoss, reference.loss], tolerance, 'losses')
    expect(Object.keys(result.gradients).sort()).toEqual(Object.keys(reference.grads).sort())
    for (const [name, gradient] of Object.entries(reference.grads)) {
      expectClose(result.gradients[name]!, gradient, tolerance, `gradient of ${name}`)
    }
    for (const [layer, { norm }] of network.hidden.entries()) {
      expect(norm === null).toBe(reference.runningAfterOneBatch === null)
      if (norm === null) continue
      const running = reference.runningAfterOneBatch!
      expectClose(norm.state.runningMean, running[`mean${layer + 1}`]!, tolerance, 'running mean')
      expectClose(norm.state.runningVariance, running[`var${layer + 1}`]!, tolerance, 'running variance')
    }
  })
})
