import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, sentences } from './sentences.ts'

describe('a study file', () => {
  test('that says next to nothing is the whole recipe on the embedded data', () => {
    const experiment = parse('seed: 7')
    expect(experiment).toMatchObject({
      name: 'mine',
      seed: 7,
      metric: 'validAccuracy',
      direction: 'maximize',
      lag: 8,
      objective: { kind: 'mlp-classifier', data: { data: { source: 'generated' } } },
      limits: {
        trialTimeout: null,
        retries: 1,
        maxFailures: 20,
        timeout: null,
        maxEpochs: null,
        heapMb: 256,
      },
    })
    expect(experiment.space.parameters).toEqual({
      learningRate: { kind: 'float', low: 1e-6, high: 10, log: true, step: null, hard: false },
      reg: { kind: 'float', low: 1e-5, high: 1e5, log: true, step: null, hard: false },
      dropout: { kind: 'float', low: 0, high: 0.95, log: false, step: null, hard: true },
    })
    expect(experiment.stages.map(({ name, trials, epochs }) => ({ name, trials, epochs }))).toEqual([
      { name: 'coarse', trials: 64, epochs: 1 },
      { name: 'fine', trials: 32, epochs: 5 },
    ])
  })

  test('without a seed has one all the same, so that the file alone can be repeated', () => {
    expect(parse('name: a').seed).toBe(42)
  })

  test('that names a metric or a loss of one task has that task', () => {
    const taskOf = (text: string): unknown => (parse(text).objective as { data: { task?: string } }).data.task
    expect(taskOf('seed: 1')).toBe('auto')
    expect(taskOf('metric: validLoss')).toBe('auto')
    expect(taskOf('metric: validR2')).toBe('regression')
    expect(taskOf('training: { loss: huber }')).toBe('regression')
    expect(taskOf('metric: validAuc')).toBeUndefined()
    expect(taskOf('training: { classWeights: balanced }')).toBeUndefined()
    expect(parse('training: { loss: huber }').metric).toBe('validR2')
    expect(sentences('metric: validAuc\ntraining: { loss: huber }')).toEqual([
      'experiments/mine.yaml:2:13  training.loss is for numbers, but this study predicts classes. Leave it out, or write task: regression and another metric.',
    ])
    expect(sentences('task: regression\ntraining: { classWeights: balanced }')).toEqual([
      'experiments/mine.yaml:2:13  training.classWeights is for classes, but this study predicts a number. Leave it out, or write task: classification.',
    ])
  })

  test('keeps the order of its parameters, which is part of what a seed means', () => {
    const { space } = parse('space: { reg: 0, learningRate: { float: [1, 2] }, dropout: 0 }')
    expect(Object.keys(space.parameters)).toEqual(['reg', 'learningRate', 'dropout'])
  })

  test('has its paths taken from its own folder', () => {
    expect(parse('data: { source: cifar10, path: ../data/c }').objective).toMatchObject({
      data: { data: { path: resolve('data/c') } },
    })
    expect(parse('objective: ./a.ts\ndirection: minimize').objective).toEqual({
      kind: 'module',
      file: resolve('experiments/a.ts'),
    })
    const command =
      'objective: { command: "python3 t.py {a}", cwd: .. }\ndirection: minimize\nspace: { a: 1 }'
    expect(parse(command).objective).toEqual({
      kind: 'command',
      command: 'python3 t.py {a}',
      env: {},
      devices: null,
      keep: 3,
      cwd: resolve('.'),
    })
  })

  test('leaves the space of a module open, unless it names one', () => {
    expect(parse('objective: { module: a.mjs }\ndirection: maximize').space.parameters).toEqual({})
    expect(parse('objective: a.ts\ndirection: maximize').metric).toBe('value')
  })

  test('searches nothing that it fixes', () => {
    const { space } = parse('training: { learningRate: 1e-2 }\nmodel: { dropout: 0 }')
    expect(Object.keys(space.parameters)).toEqual(['reg'])
  })

  test('takes the direction from the metric, and the metric from the direction', () => {
    expect(parse('metric: validLoss').direction).toBe('minimize')
    expect(parse('metric: trainAccuracy').direction).toBe('maximize')
    expect(parse('direction: minimize').metric).toBe('validLoss')
    expect(parse('direction: maximize').metric).toBe('validAccuracy')
  })

  test('may say times with their units', () => {
    const { limits } = parse('limits: { timeout: 2 h, trialTimeout: 90, retries: 0, maxFailures: ~ }')
    expect(limits).toEqual({
      timeout: 7200,
      trialTimeout: 90,
      retries: 0,
      maxFailures: null,
      maxEpochs: null,
      heapMb: 256,
    })
    expect(parse('limits: { timeout: 1.5min }').limits.timeout).toBe(90)
  })

  test('plans its stages to a budget', () => {
    const { stages } = parse('budget: { epochs: 400 }')
    const epochs = stages.reduce((sum, stage) => sum + stage.trials * stage.epochs, 0)
    expect(epochs).toBeLessThanOrEqual(400)
    expect(epochs).toBeGreaterThan(390)
  })

  test('never lets a range go past what a setting can be', () => {
    const { parameters } = parse(
      'space: { momentum: { float: [0.5, 0.9] }, units1: { int: [10, 50] }, learningRate: { float: [1e-3, 1], log: true } }',
    ).space
    expect(parameters.momentum).toMatchObject({ hard: true })
    expect(parameters.units1).toMatchObject({ hard: true })
    expect(parameters.learningRate).toMatchObject({ hard: false })
  })

  test('keeps declared bounds, but for learningRate and reg, where it does not say otherwise', () => {
    const own = parse(
      'objective: { command: "x" }\ndirection: minimize\nspace: { learningRate: { float: [0, 1] }, a: { int: [1, 9], soft: true } }',
    ).space.parameters
    expect(own.learningRate).toMatchObject({ hard: true })
    expect(own.a).toMatchObject({ hard: false })
    const classifier = parse(
      'space: { learningRate: { float: [0.1, 1], hard: true }, reg: { float: [1, 2], soft: false }, units1: { int: [1, 9] } }',
    ).space.parameters
    for (const distribution of Object.values(classifier)) expect(distribution).toMatchObject({ hard: true })
  })

  test('says what is understood otherwise than one might expect', () => {
    const notes: string[] = []
    const { parameters } = parse(
      `objective: { command: "x" }
direction: minimize
space:
  a: { float: [0.5, 0.5] }
  b: { int: [3, 3], log: true, when: { a: 0.5 } }
  c: { int: [1, 10], step: 2 }
  d: { float: [0, 1], step: 0.1 }
  e: { choices: [null, 0.1] }
  f: { fixed: 2 }`,
      { note: (text) => notes.push(text) },
    ).space
    expect(parameters).toMatchObject({
      a: { kind: 'fixed', value: 0.5 },
      b: { value: 3 },
      e: { choices: [null, 0.1] },
    })
    expect(notes).toEqual([
      'a: its range contains a single value; it is fixed at 0.5.',
      'b: its range contains a single value; it is fixed at 3.',
      'c: its step does not divide the range; the last value is 9.',
    ])
  })

  test('has rules between its parameters', () => {
    const text =
      'model: { hidden: [9, 9] }\nspace: { units1: { int: [1, 9] }, units2: { int: [1, 9] } }\nrequire: units2 <= units1'
    expect(parse(text).space.constraints).toEqual(['units2 <= units1'])
  })
})

describe('what is set from outside', () => {
  test('comes before what the file says', () => {
    const { name, seed, stages } = parse('name: a\nseed: 1\nstages: [{ trials: 9, epochs: 2 }]', {
      overrides: ['stages[0].trials=3', 'seed=4'],
      name: '2024',
      seed: '12',
    })
    expect({ name, seed, trials: stages[0]?.trials }).toEqual({ name: '2024', seed: 12, trials: 3 })
  })

  test('changes a field of the stages that a file without stages has', () => {
    const { stages } = parse('name: a', { overrides: ['stages[0].trials=3', 'stages.fine.epochs=7'] })
    expect(stages.map(({ trials, epochs }) => [trials, epochs])).toEqual([
      [3, 1],
      [32, 7],
    ])
    const planned = parse('budget: { epochs: 100 }', { overrides: ['stages.coarse.epochs=2'] }).stages
    expect(planned[0]?.epochs).toBe(2)
  })

  test('changes a range of the space that a file without one has, and leaves the others', () => {
    const usual = parse('name: a').space
    const overrides = ['space.learningRate.float=[1e-3,1e-1]']
    const { learningRate, ...others } = parse('name: a', { overrides }).space.parameters
    expect(learningRate).toEqual({ ...usual.parameters.learningRate, low: 1e-3, high: 0.1 })
    const { learningRate: _, ...usualOthers } = usual.parameters
    expect(others).toEqual(usualOthers)

    const before = [...overrides, 'training.reg=0.1']
    expect(Object.keys(parse('name: a', { overrides: before }).space.parameters)).toEqual([
      'learningRate',
      'dropout',
    ])
    const whole = parse('name: a', { overrides: ['space={ learningRate: { float: [1e-3, 1e-1] } }'] })
    expect(Object.keys(whole.space.parameters)).toEqual(['learningRate'])
    const command = ['space.rate.float=[0, 1]', 'objective={ command: x }', 'direction=minimize']
    expect(Object.keys(parse('name: a', { overrides: command }).space.parameters)).toEqual(['rate'])
  })

  test('is a whole number as a seed, also where it is none of a seed', () => {
    expect(sentences('name: a', { seed: '-1' })).toEqual(['--seed  seed must be at least 0, got -1.'])
    expect(sentences('name: a', { seed: '9007199254740993' })).toEqual([
      '--seed  seed must be at most 9007199254740991 to be represented exactly, got 9007199254740993.',
    ])
    expect(parse('name: a', { seed: '+7' }).seed).toBe(7)
  })

  test('reaches into short forms', () => {
    const { objective } = parse('training: { optimizer: sgd }', {
      overrides: ['training.optimizer.kind=momentum', 'preprocess.pca=9'],
    })
    expect(objective).toMatchObject({
      config: { training: { optimizer: { kind: 'momentum' } } },
      data: { preprocess: { kind: 'auto', pca: 9 } },
    })
  })

  test('is named where it is wrong', () => {
    const overrides = ['stages[0].trails=3', 'trainning.batchSize=3', 'training.optimizer.kind=adma', 'x']
    expect(sentences('name: a', { overrides: overrides.slice(0, 3), seed: 'x' })).toEqual([
      '--set trainning.batchSize  Unknown key "trainning". Did you mean "training"?',
      '--seed  seed must be a whole number, got "x".',
      '--set training.optimizer.kind  training.optimizer.kind must be one of sgd, momentum, nesterov, adam, got "adma". Did you mean "adam"?',
      '--set stages[0].trails  Unknown key "trails" in stages[0]. Did you mean "trials"?',
    ])
    expect(sentences('name: a', { overrides })).toEqual([expect.stringContaining('--set  "x" sets nothing.')])
    expect(sentences('name: a', { name: 'a/b' })).toEqual([
      '--name  name must begin with a letter or digit, contain only letters, digits, spaces, ".", "_" and "-", and not end with a space, got "a/b".',
    ])
    expect(sentences('name: a', { name: 'a ' })).toEqual([
      expect.stringMatching(/and not end with a space, got "a "\.$/),
    ])
  })
})

test('rules that no draw satisfies are refused, unless a start point does, also where a parameter does not exist there', () => {
  const space =
    'space: { a: { float: [0, 1] }, b: { float: [0, 1] }, kind: { choices: [plain, fast] }, c: { float: [0, 1], when: { kind: fast } } }'
  const file = (stages: string) =>
    `objective: { command: x }\ndirection: minimize\n${space}\nrequire: a == b\nstages: [{ trials: 1${stages} }]`
  expect(() => parse(file(''))).toThrow('require: no random point satisfied "a == b"')
  const { stages } = parse(file(', startWith: [{ a: 0.5, b: 0.5, kind: plain }]'))
  expect(stages[0]!.startWith).toHaveLength(1)
})
