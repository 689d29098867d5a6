import { describe, expect, test } from 'vitest'
import type { PreparedData, PreparedFold } from '../../src/data/prepared.ts'
import { createClassifier } from '../../src/objective/classifier.ts'
import {
  type ClassifierConfig,
  classifierConfig,
  modelSchema,
  trainingSchema,
} from '../../src/objective/classifier-config.ts'
import { DivergedError, type TrialContext, type TrialResult } from '../../src/objective/objective.ts'
import { score } from '../../src/train/evaluate.ts'
import type { Examples } from '../../src/train/inputs.ts'
import { decodeNetwork, openNetwork } from '../../src/train/saved-network.ts'
import type { Measurement } from '../../src/trial.ts'
import { clouds, part, plain } from '../train/support.ts'
import { trialContext } from './trial-context.ts'

const examples = clouds(240, 10, 3, 5, 1.5)

function fold(train: Examples, valid: Examples): PreparedFold {
  const { shift, scale, columns } = examples.inputs
  const preprocessing = { columns, fill: null, shift, scale, projection: null, biasTrick: false }
  return { train, valid, test: null, classes: ['a', 'b', 'c'], preprocessing }
}

function prepared(...folds: PreparedFold[]): PreparedData {
  return {
    source: 'clouds',
    hash: '0',
    shape: [10],
    steps: [],
    layout: null,
    remarks: [],
    cautions: [],
    folds,
  }
}

const single = prepared(fold(part(examples, 0, 160), part(examples, 160, 240)))

function config(model: object = {}, training: object = {}, metric = 'validAccuracy'): ClassifierConfig {
  return classifierConfig(
    modelSchema.parse({ hidden: [12], ...model }),
    trainingSchema.parse({ batchSize: 20, learningRate: 0.01, ...training }),
    metric,
    metric.endsWith('Loss') ? 'minimize' : 'maximize',
  )
}

function run(
  ofConfig: ClassifierConfig,
  changes: Partial<TrialContext> = {},
  data: PreparedData = single,
): { measurements: Measurement[]; result: TrialResult | undefined } {
  const context = trialContext({ budget: { epochs: 4 }, seed: 11, ...changes })
  const measurements: Measurement[] = []
  const generator = createClassifier(ofConfig, data).run(context) as Generator<
    Measurement,
    TrialResult | undefined
  >
  for (;;) {
    const next = generator.next()
    if (next.done) return { measurements, result: next.value }
    measurements.push(next.value)
  }
}

describe('the classifier', () => {
  test('measures every epoch, by the metric of the study', () => {
    const { measurements, result } = run(config({}, {}, 'validLoss'))
    expect(measurements.map(({ step }) => step)).toEqual([1, 2, 3, 4])
    for (const { value, metrics } of measurements) {
      expect(value).toBe(metrics.validLoss)
      expect(Object.keys(metrics).sort()).toEqual(
        [
          'bestEpoch',
          'learningRate',
          'trainAccuracy',
          'trainDataLoss',
          'trainLoss',
          'validAccuracy',
          'validLoss',
        ].sort(),
      )
    }
    expect(result!.arithmetic).toMatch(/^(fma|muladd) \(.+\)$/)
  })

  test('is a function of its seed and params, from one trial to the next', () => {
    const classifierOfAll = config({ batchNorm: true, dropout: 0.2 })
    const first = run(classifierOfAll)
    expect(run(classifierOfAll)).toEqual(first)
    expect(run(classifierOfAll, { seed: 12 }).measurements).not.toEqual(first.measurements)
    expect(run(classifierOfAll, { params: { learningRate: 0.02 } }).measurements).not.toEqual(
      first.measurements,
    )
  })

  test.each([
    [{ activation: 'tanh', units1: 5 }],
    [{ activation: 'maxout', maxoutPieces: 4, batchNorm: true }],
    [{ activation: 'sigmoid', layers: 3, batchSize: 33 }],
    [{ optimizer: 'nesterov', schedule: 'cosine', dropout: 0.5 }],
  ])('trains what the params say: %o', (params) => {
    expect(run(config(), { params, budget: { epochs: 2 } }).measurements).toHaveLength(2)
  })

  test.each(['fma', 'muladd'])('gives the same bits on every backend, with %s', (arithmetic) => {
    const model = { batchNorm: true, dropout: 0.3, activation: 'maxout' }
    const on = (backend: string) => {
      const { measurements, result } = run(config(model, { backend, arithmetic }), { budget: { epochs: 2 } })
      return [measurements, result!.artifact]
    }
    expect(on('auto')).toEqual(on('plain'))
  })

  test('keeps the weights of its best epoch, and ends with their value', () => {
    const { measurements, result } = run(config({}, { learningRate: 0.3 }), { budget: { epochs: 8 } })
    const accuracies = measurements.map(({ metrics }) => metrics.validAccuracy!)
    const best = Math.max(...accuracies)
    expect(accuracies.at(-1)).toBeLessThan(best)
    expect(measurements.at(-1)!.value).toBe(best)
    expect(measurements.at(-1)!.metrics.bestEpoch).toBe(accuracies.indexOf(best) + 1)
    const network = openNetwork(plain(), decodeNetwork(result!.artifact!))
    expect(score(network, single.folds[0]!.valid).accuracy).toBe(best)
  })

  test('stops early when patience is out', () => {
    const { measurements } = run(config({}, { learningRate: 0.3, patience: 2 }), { budget: { epochs: 50 } })
    expect(measurements.length).toBeLessThan(50)
    expect(measurements.length - measurements.at(-1)!.metrics.bestEpoch!).toBe(2)
  })

  test('continues from kept weights', () => {
    const first = run(config())
    const { measurements } = run(config(), { continued: first.result!.artifact! })
    expect(measurements[0]!.metrics.trainDataLoss).toBeLessThan(first.measurements[3]!.metrics.trainDataLoss!)
    expect(() => run(config({ hidden: [13] }), { continued: first.result!.artifact! })).toThrow(
      'W1: the network needs a tensor of shape [10, 13], got [10, 12]',
    )
  })

  test('diverges with the place', () => {
    const wild = config({}, { learningRate: 1e30, optimizer: 'sgd', reg: 1 })
    expect(() => run(wild)).toThrow(DivergedError)
    expect(() => run(wild)).toThrow(/^loss became (NaN|Infinity) in epoch 1, step \d+$/)
  })

  test('wants rows to train and to validate on', () => {
    const [none, some] = [part(examples, 0, 0), part(examples, 0, 10)]
    expect(() => run(config(), {}, prepared(fold(some, none)))).toThrow(/^split: .* at least one row each$/)
    expect(() => run(config(), {}, prepared(fold(none, some)))).toThrow(/^split: .* at least one row each$/)
  })

  test('gives nothing back when it is told to stop', () => {
    let asked = 0
    const { measurements, result } = run(config(), { stopRequested: () => ++asked > 12 })
    expect(measurements).toHaveLength(1)
    expect(result).toBeUndefined()
  })
})

describe('with folds', () => {
  const thirds = [0, 80, 160].map((start) => {
    const valid = part(examples, start, start + 80)
    const rows = examples.rows.filter((row) => row < start || row >= start + 80)
    return fold({ ...examples, rows }, valid)
  })

  test('a measurement is the mean over the folds, with its standard deviation', () => {
    const { measurements } = run(config(), {}, prepared(...thirds))
    const [first] = run(config(), {}, prepared(thirds[0]!)).measurements
    expect(measurements).toHaveLength(4)
    const { validAccuracy, validAccuracyStd, validLossStd } = measurements[0]!.metrics
    expect(measurements[0]!.value).toBe(validAccuracy)
    expect(validLossStd).toBeGreaterThan(0)
    // The first fold is trained as it would be alone: it lies within what mean and deviation allow.
    const off = Math.abs(first!.metrics.validAccuracy! - validAccuracy!)
    expect(off).toBeLessThanOrEqual((2 / Math.sqrt(3)) * validAccuracyStd! + 1e-12)
  })

  test('a divergence says in which fold', () => {
    const broken = { ...examples.inputs, values: (examples.inputs.values as Float32Array).map(() => NaN) }
    const bad = fold({ ...thirds[1]!.train, inputs: broken }, thirds[1]!.valid)
    expect(() => run(config(), {}, prepared(thirds[0]!, bad))).toThrow(
      'loss became NaN in epoch 1, step 1 of fold 2',
    )
  })

  test('kept weights are not continued: they know the rows of other folds', () => {
    const { artifact } = run(config(), { budget: { epochs: 1 } }, prepared(...thirds)).result!
    expect(() => run(config(), { continued: artifact! }, prepared(...thirds))).toThrow(/not with folds/)
  })
})
