import { describe, expect, test } from 'vitest'
import { predict, score, scoreInDetail } from '../../src/train/evaluate.ts'
import { openKernels } from '../../src/train/kernels/open-kernels.ts'
import { trainStep } from '../../src/train/network.ts'
import { readNetwork } from '../../src/train/network-state.ts'
import { DEFAULT_OPTIMIZER, OPTIMIZER_KINDS, updateRule } from '../../src/train/optimizers.ts'
import { architecture, clouds, freshNetwork, learning, part } from './support.ts'

const examples = clouds(40, 6, 3, 1)

describe('a step', () => {
  test.each(OPTIMIZER_KINDS)('of %s moves every layer: the last, gammas and betas too', (kind) => {
    const network = freshNetwork(architecture({ batchNorm: true }), 20, learning({ optimizer: kind }))
    const before = readNetwork(network)
    trainStep(network, examples, examples.rows, 0, 20, 1, updateRule({ ...DEFAULT_OPTIMIZER, kind }, 0.1, 1))
    const after = readNetwork(network)
    for (const name of [
      'W1',
      'W2',
      'W3',
      'b3',
      'gamma1',
      'gamma2',
      'beta1',
      'beta2',
      'runningMean1',
      'runningVariance2',
    ]) {
      expect(after[name]!.data, name).not.toEqual(before[name]!.data)
    }
  })

  test('with L2 shrinks every layer of weights and no bias', () => {
    const network = freshNetwork(architecture(), 20, learning({ reg: 0.5 }))
    const free = freshNetwork(architecture(), 20)
    const rule = updateRule({ ...DEFAULT_OPTIMIZER, kind: 'sgd' }, 0.1, 1)
    const before = readNetwork(network)
    trainStep(network, examples, examples.rows, 0, 20, 1, rule)
    trainStep(free, examples, examples.rows, 0, 20, 1, rule)
    const [shrunk, plainly] = [readNetwork(network), readNetwork(free)]
    for (const layer of [1, 2, 3]) {
      expect(shrunk[`b${layer}`]!.data).toEqual(plainly[`b${layer}`]!.data)
      for (const [i, w] of shrunk[`W${layer}`]!.data.entries()) {
        expect(w).toBeCloseTo(plainly[`W${layer}`]!.data[i]! - 0.1 * 0.5 * before[`W${layer}`]!.data[i]!, 6)
      }
    }
  })

  test('draws the same masks for the same seed and step, others for another', () => {
    const run = (seed: number, step: number) => {
      const settings = learning({ dropout: 0.5, dropoutSeed: (layer) => [seed, 2, 3, layer] })
      const network = freshNetwork(architecture({ hidden: [30] }), 20, settings)
      const rule = updateRule({ ...DEFAULT_OPTIMIZER, kind: 'sgd' }, 0.1, 1)
      return trainStep(network, examples, examples.rows, 0, 20, step, rule)
    }
    expect(run(1, 1)).toBe(run(1, 1))
    expect(run(1, 1)).not.toBe(run(2, 1))
    expect(run(1, 1)).not.toBe(run(1, 2))
  })
})

test('a layer works wherever in memory it lies, at the very end too', () => {
  const kernels = openKernels()
  for (let i = 0; i < 200; i++) {
    // Each layer takes a quarter of a page of WebAssembly's memory, which grows when it must and no further.
    const [x, y] = [kernels.createMatrix(6, 100), kernels.createMatrix(6, 40)]
    const dense = kernels.createDense(100, 40, 'sgd')
    kernels.forward(x, dense, y, 6)
    expect(y.data[0]).toBe(0)
  }
  kernels.close()
})

describe('testing', () => {
  test('changes nothing in a network, however often', () => {
    const network = freshNetwork(
      architecture({ batchNorm: true }),
      16,
      learning({ dropout: 0.4, optimizer: 'adam' }),
    )
    const twin = freshNetwork(
      architecture({ batchNorm: true }),
      16,
      learning({ dropout: 0.4, optimizer: 'adam' }),
    )
    const rule = (step: number) => updateRule(DEFAULT_OPTIMIZER, 0.01, step)
    for (let step = 1; step <= 3; step++) {
      const before = readNetwork(network)
      const first = score(network, examples)
      expect(score(network, examples)).toEqual(first)
      scoreInDetail(network, examples)
      expect(readNetwork(network)).toEqual(before)
      const loss = trainStep(network, examples, examples.rows, 0, 16, step, rule(step))
      expect(trainStep(twin, examples, examples.rows, 0, 16, step, rule(step))).toBe(loss)
    }
    expect(readNetwork(network)).toEqual(readNetwork(twin))
  })

  test('gives a row the same scores in any company', () => {
    const network = freshNetwork(architecture({ batchNorm: true }), 16)
    const all = predict(network, examples.inputs, examples.rows)
    const alone = predict(network, examples.inputs, Uint32Array.of(17))
    expect(alone.probabilities).toEqual(all.probabilities.slice(17 * 3, 18 * 3))
  })

  test('counts every guess once', () => {
    const network = freshNetwork(architecture(), 16)
    const { confusion, classAccuracy, accuracy, examples: count } = scoreInDetail(network, examples)
    expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(40)
    expect(count).toBe(40)
    const right = confusion.reduce((sum, guesses, label) => sum + guesses[label]!, 0)
    expect(right / 40).toBe(accuracy)
    const ofClass1 = [...examples.rows].filter((row) => examples.labels[row] === 1).length
    expect(classAccuracy[1]).toBe(confusion[1]![1]! / ofClass1)
  })

  test('gives probabilities that sum to 1 and fit the loss', () => {
    const network = freshNetwork(architecture(), 16)
    const { probabilities, labels } = predict(network, examples.inputs, examples.rows)
    let loss = 0
    for (const row of examples.rows) {
      const ofRow = probabilities.subarray(row * 3, row * 3 + 3)
      expect(ofRow[0]! + ofRow[1]! + ofRow[2]!).toBeCloseTo(1, 6)
      expect(ofRow[labels[row]!]).toBe(Math.max(...ofRow))
      loss -= Math.log(ofRow[examples.labels[row]!]!)
    }
    expect(score(network, examples).loss).toBeCloseTo(loss / 40, 5)
  })

  test('says NaN of no examples', () => {
    expect(score(freshNetwork(architecture(), 16), part(examples, 0, 0))).toEqual({
      loss: NaN,
      accuracy: NaN,
    })
  })
})
