import { describe, expect, test } from 'vitest'
import { classifierConfig, modelSchema, trainingSchema } from '../../src/objective/classifier-config.ts'
import {
  checkClassifierSpace,
  isSoftByDefault,
  searchableNames,
  withParams,
} from '../../src/objective/classifier-parameters.ts'
import type { Distribution } from '../../src/space/distribution.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'

const config = classifierConfig(modelSchema.parse({}), trainingSchema.parse({}), 'validAccuracy', 'maximize')

function space(parameters: Record<string, Distribution>): SearchSpace {
  return { parameters, conditions: {}, constraints: [] }
}

function float(low: number, high: number): Distribution {
  return { kind: 'float', low, high, log: false, step: null, hard: true }
}

function int(low: number, high: number): Distribution {
  return { kind: 'int', low, high, log: false, step: 1, hard: true }
}

function oneOf(...choices: (string | number | boolean)[]): Distribution {
  return { kind: 'categorical', choices, ordered: false }
}

describe('params', () => {
  test('override the settings they name and nothing else', () => {
    const { model, training } = withParams(config, {
      learningRate: 0.5,
      reg: 2,
      dropout: 0.25,
      batchNorm: true,
      activation: 'maxout',
      maxoutPieces: 3,
      batchSize: 64,
      optimizer: 'nesterov',
      momentum: 0.5,
      schedule: 'step',
      scheduleFactor: 0.1,
      scheduleEvery: 20,
      weightScale: 0.01,
      units2: 50,
    })
    expect(model).toEqual({
      hidden: [200, 50],
      activation: 'maxout',
      maxoutPieces: 3,
      batchNorm: true,
      dropout: 0.25,
      weightScale: 0.01,
    })
    expect(training).toEqual({
      ...config.training,
      learningRate: 0.5,
      reg: 2,
      batchSize: 64,
      optimizer: { ...config.training.optimizer, kind: 'nesterov', momentum: 0.5 },
      schedule: { ...config.training.schedule, kind: 'step', factor: 0.1, every: 20 },
    })
    expect(withParams(config, {})).toEqual(config)
  })

  test('choose the number of layers before their widths, in whatever order they come', () => {
    expect(withParams(config, { units3: 30, layers: 3, units1: 10 }).model.hidden).toEqual([10, 100, 30])
    expect(withParams(config, { units2: 7, layers: 1 }).model.hidden).toEqual([200])
    expect(withParams(config, { layers: 0 }).model.hidden).toEqual([])
  })
})

describe('a space', () => {
  test('of known names and sensible ranges has no mistakes', () => {
    const good = space({
      learningRate: { kind: 'float', low: 1e-6, high: 10, log: true, step: null, hard: true },
      dropout: float(0, 0.95),
      units1: int(16, 256),
      units3: int(16, 64),
      layers: int(1, 3),
      optimizer: oneOf('sgd', 'adam'),
      batchNorm: oneOf(true, false),
      batchSize: oneOf(50, 100, 200),
      momentum: { kind: 'fixed', value: 0.9 },
    })
    expect(checkClassifierSpace(good, config)).toEqual([])
  })

  test.each([
    ['dropout', float(0, 1), 'dropout: must be a number in [0, 1), got 1'],
    ['dropout', float(-0.1, 0.5), 'dropout: must be a number in [0, 1), got -0.1'],
    ['batchSize', int(0, 100), 'batchSize: must be a whole number in [1, 65536], got 0'],
    [
      'batchSize',
      float(1, 100),
      'batchSize: must be a whole number in [1, 65536], got a range of real numbers',
    ],
    ['learningRate', float(0, 1), 'learningRate: must be a number above 0, got 0'],
    ['beta2', oneOf(0.9, 1), 'beta2: must be a number in [0, 1), got 1'],
    [
      'optimizer',
      oneOf('adam', 'adagrad'),
      'optimizer: must be one of sgd, momentum, nesterov, adam, got adagrad',
    ],
    ['batchNorm', oneOf('yes', 'no'), 'batchNorm: must be one of true, false, got yes'],
    ['reg', oneOf('weak', 'strong'), 'reg: must be a number of at least 0, got weak'],
    ['units3', int(1, 10), 'units3: the network has 2 hidden layers'],
    ['units1', int(0, 10), 'units1: must be a whole number in [1, 65536], got 0'],
  ] as const)(
    'with a bad range of %s has a mistake that says the rule: %#',
    (name, distribution, message) => {
      const mistakes = checkClassifierSpace(space({ [name]: distribution }), config)
      expect(mistakes.map((mistake) => mistake.message)).toEqual([message])
    },
  )

  test('with an unknown name has a mistake that offers the known ones', () => {
    const [mistake] = checkClassifierSpace(space({ learningrate: float(0.1, 1) }), config)
    expect(mistake).toMatchObject({ at: 'key', message: 'Unknown parameter "learningrate" in space' })
    expect(mistake!.candidates).toContain('learningRate')
    expect(mistake!.candidates).toEqual(searchableNames(space({}), config))
    expect(checkClassifierSpace(space({ toString: float(0, 1) }), config)).toHaveLength(1)
  })

  test('lets narrowing pass the bounds of learningRate and reg alone, where nothing is said', () => {
    expect(['learningRate', 'reg', 'dropout', 'units1', 'toString'].filter(isSoftByDefault)).toEqual([
      'learningRate',
      'reg',
    ])
  })

  test.each([
    [
      'dropout',
      { ...float(0, 0.9), hard: false },
      "dropout: must be a number in [0, 1), so its range can't be soft",
    ],
    [
      'units1',
      { ...int(1, 9), hard: false },
      "units1: must be a whole number in [1, 65536], so its range can't be soft",
    ],
  ] as const)('refuses a soft range of %s, which has limits of its own', (name, distribution, message) => {
    expect(checkClassifierSpace(space({ [name]: distribution }), config)).toMatchObject([{ message }])
    expect(
      checkClassifierSpace(
        space({ weightScale: { kind: 'float', low: 0.1, high: 9, log: false, step: null, hard: false } }),
        config,
      ),
    ).toEqual([])
  })
})
