import { describe, expect, test } from 'vitest'
import { classifierConfig, modelSchema, trainingSchema } from '../../src/objective/classifier-config.ts'

describe('the blocks of a study file', () => {
  test('have a default for everything', () => {
    expect(modelSchema.parse(undefined)).toEqual({
      hidden: [200, 100],
      activation: 'relu',
      maxoutPieces: 2,
      batchNorm: false,
      dropout: 0,
      weightScale: null,
    })
    expect(trainingSchema.parse(undefined)).toEqual({
      batchSize: null,
      optimizer: {
        kind: 'adam',
        momentum: 0.9,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        biasCorrection: true,
      },
      learningRate: 1e-3,
      reg: 0,
      schedule: { kind: 'constant', factor: null, every: 5, patience: 2, warmup: 0 },
      patience: null,
      arithmetic: 'auto',
      backend: 'auto',
    })
  })

  test('take a name for an optimiser or schedule, or a block', () => {
    const training = trainingSchema.parse({
      optimizer: 'nesterov',
      schedule: { kind: 'step', every: 20, factor: 0.1 },
    })
    expect(training.optimizer.kind).toBe('nesterov')
    expect(training.schedule).toMatchObject({ kind: 'step', every: 20, factor: 0.1 })
  })

  test('are plain JSON once resolved', () => {
    const config = classifierConfig(
      modelSchema.parse({}),
      trainingSchema.parse({}),
      'validAccuracy',
      'maximize',
    )
    expect(JSON.parse(JSON.stringify(config))).toEqual(config)
  })

  test.each([
    [modelSchema, { dropout: 1 }, ['dropout'], 'must be a number in [0, 1), got 1'],
    [modelSchema, { hidden: [200, 0] }, ['hidden', 1], 'must be a whole number in [1, 65536], got 0'],
    [modelSchema, { weightScale: -1 }, ['weightScale'], 'must be a number above 0, got -1'],
    [trainingSchema, { batchSize: 2.5 }, ['batchSize'], 'must be a whole number in [1, 65536], got 2.5'],
    [trainingSchema, { learningRate: 'fast' }, ['learningRate'], 'must be a number above 0, got fast'],
    [trainingSchema, { reg: -0.1 }, ['reg'], 'must be a number of at least 0, got -0.1'],
    [
      trainingSchema,
      { optimizer: { beta2: 1 } },
      ['optimizer', 'beta2'],
      'must be a number in [0, 1), got 1',
    ],
    [
      trainingSchema,
      { schedule: { factor: 0 } },
      ['schedule', 'factor'],
      'must be a number in (0, 1], got 0',
    ],
  ])('refuse a wrong value with the rule and the value: %#', (schema, block, path, message) => {
    const issues = schema.safeParse(block).error!.issues
    expect(issues.map((issue) => [issue.path, issue.message])).toEqual([[path, message]])
  })

  test('refuse unknown keys', () => {
    expect(modelSchema.safeParse({ hiden: [3] }).error!.issues[0]).toMatchObject({
      code: 'unrecognized_keys',
      keys: ['hiden'],
    })
    expect(trainingSchema.safeParse({ optimizer: 'adagrad' }).success).toBe(false)
  })
})
