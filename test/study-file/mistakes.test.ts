import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FILE, sentences } from './sentences.ts'

describe('every mistake of a study file is told in one reading', () => {
  test('in the order of its lines', () => {
    expect(
      sentences(`name: mine
space:
  learningrate: { float: [1e-6, 10], log: true }
  reg: { float: [0, 1], log: true }
  dropout: { float: [0.5, 0.4] }
stages:
  - { name: coarse, trials: 0 }
modle: { hidden: [100] }
limits: { timeout: soon }
`),
    ).toEqual([
      `${FILE}:3:3  Unknown key "learningrate" in space. Did you mean "learningRate"?`,
      `${FILE}:4:18  reg: low must be > 0 on a log scale, got 0. Raise low, or drop log.`,
      `${FILE}:5:22  dropout: low must be below high, got 0.5 and 0.4. Swap them.`,
      `${FILE}:7:29  stages[0].trials must be a whole number of at least 1, got 0.`,
      `${FILE}:8:1  Unknown key "modle". Did you mean "model"?`,
      `${FILE}:9:20  limits.timeout must be a time above 0 and at most 21 d, got "soon". Write seconds, or a number with ms, s, min, h or d: "90 s", "2 h".`,
    ])
  })

  test('with rules that cannot be read, whatever is wrong with the space', () => {
    expect(
      sentences(`objective: external
direction: minimize
space: { a: { float: [1, 0] } }
require: [a <, size > 3]
`),
    ).toEqual([
      `${FILE}:3:23  a: low must be below high, got 1 and 0. Swap them.`,
      expect.stringMatching(/:4:11 {2}require "a <": .* \(column 4\)\.$/),
    ])
  })

  test('but no more than a screen of them', () => {
    const text = Array.from({ length: 50 }, (_, i) => `key${i}: 1`).join('\n')
    const told = sentences(text)
    expect(told).toHaveLength(21)
    expect(told.at(-1)).toBe(`${FILE}  30 more mistakes, not shown.`)
  })

  test.each<[text: string, ...expected: string[]]>([
    ['', 'experiments/mine.yaml  The file has no content. Start from a copy of a file in experiments/.'],
    ['# nothing', 'The file has no content.'],
    ['- a', ':1:1  A study must be a block of keys, got ["a"].'],
    ['3', ':1:1  A study must be a block of keys, got 3.'],
    ['batchSize: 3', ':1:1  Unknown key "batchSize". It belongs under training.'],
    [
      'workers: 4',
      ':1:1  Unknown key "workers". That is a run option, not part of the study: pass --workers on the command line.',
    ],
    ['retries: 3', ':1:1  Unknown key "retries". It belongs under limits.'],
    ['model: { epochs: 3 }', ':1:10  Unknown key "epochs" in model.'],
    ['name: 3', ':1:7  name must be text, got 3. Put it in quotes: "3".'],
    ['name: ""', ':1:7  name must not be empty.'],
    ['seed: -1', ':1:7  seed must be at least 0, got -1.'],
    ['seed: 1.5', ':1:7  seed must be a whole number, got 1.5.'],
    ['seed: 1e400', ':1:7  seed must be a whole number, got .inf.'],
    ['seed: 1e300', ':1:7  seed must be at most 9007199254740991, got 1e+300.'],
    [
      'seed: 9007199254740993',
      ':1:7  seed must be at most 9007199254740991 to be represented exactly, got 9007199254740993.',
    ],
    [
      'space: { id: { choices: [1, -123456789012345678901234567890] } }',
      ':1:29  id: choices[1] must be at least -9007199254740991 to be represented exactly, got -123456789012345678901234567890. Put it in quotes.',
    ],
    [
      'space: { reg: { float: [1, 12345678901234567890] } }',
      ':1:28  reg: float[1] must be at most 9007199254740991 to be represented exactly, got 12345678901234567890. Write 1.2345678901234567e+19.',
    ],
    ['space: { id: 9007199254740993 }', 'got 9007199254740993. Put it in quotes.'],
    [
      'data: { source: csv, path: a, rename: { 9007199254740993: a } }',
      ':1:41  Key 9007199254740993 would lose digits as a number. Put it in quotes.',
    ],
    ['seed:', ':1:1  seed is empty. It must be a whole number.'],
    ['lag: 1_0', ':1:6  lag must be a whole number, got "1_0". Write 10, without quotes or underscores.'],
    ['limits: { retries: .nan }', ':1:20  limits.retries must be a whole number, got .nan.'],
    ['limits: { heapMb: 8 }', 'limits.heapMb must be at least 16, got 8.'],
    ['limits: { maxEpochs: [] }', 'limits.maxEpochs must be a whole number, got [].'],
    ['limits: { retries: 1000 }', 'limits.retries must be at most 100, got 1000.'],
    ['limits: 3', ':1:9  limits must be a block of keys, got 3.'],
    ['model: { batchNorm: yes }', 'model.batchNorm must be true or false, got "yes". Write true.'],
    [
      'model: { activation: rleu }',
      'must be one of relu, tanh, sigmoid, maxout, got "rleu". Did you mean "relu"?',
    ],
    ['model: { dropout: 1 }', ':1:19  model.dropout must be a number in [0, 1), got 1.'],
    [
      'model: { hidden: [100, 0.5] }',
      ':1:24  model.hidden[1] must be a whole number in [1, 65536], got 0.5.',
    ],
    [
      'training: { optimizer: adm }',
      'training.optimizer must be one of sgd, momentum, nesterov, adam, got "adm".',
    ],
    [
      'training: { schedule: { kind: steps } }',
      'training.schedule.kind must be one of constant, exponential, step',
    ],
    [
      'data: { source: cifar11 }',
      ':1:17  data.source must be one of generated, cifar10, cifar100, csv, parquet, arff, npy, npz, idx, got "cifar11". Did you mean "cifar10"?',
    ],
    ['data: { source: cifar10 }', 'data.path is missing. It must be text.'],
    [
      'data: { source: csv, path: a, header: yes }',
      ':1:39  data.header must be detect, true or false, got "yes". Write true.',
    ],
    ['data: { source: csv, path: a, header: 1 }', 'data.header must be detect, true or false, got 1.'],
    [
      'data: { source: csv, path: a, header: detct }',
      'must be detect, true or false, got "detct". Did you mean "detect"?',
    ],
    [
      'objective: { command: x, keep: "3" }\ndirection: minimize\nspace: { a: { int: [1, 2] } }',
      ':1:32  objective.keep must be all or a whole number, got "3". Write 3, without quotes.',
    ],
    [
      'data: { source: parquet, path: p, delimiter: "," }',
      ':1:35  Unknown key "delimiter" in data: source parquet has no delimiter. It belongs to source csv.',
    ],
    [
      'data: { source: cifar10, path: p, label: 1 }',
      'source cifar10 has no label. It belongs to source csv, parquet or arff.',
    ],
    [
      'space: { reg: { choices: [1, 2], log: true } }',
      ':1:34  Unknown key "log" in space.reg: choices has no log. It belongs to float or int.',
    ],
    ['data: cifar10', 'data must be a block of keys, got "cifar10".'],
    [
      'preprocess: meen',
      ':1:13  preprocess must be one of auto, none, mean, standardize, unit, got "meen". Did you mean "mean"?',
    ],
    [
      'metric: validAcuracy',
      ':1:9  metric must be one of validAccuracy, validLoss',
      'Did you mean "validAccuracy"?',
    ],
    [
      'metric: validLoss\ndirection: maximize',
      ':2:12  direction must be minimize for metric validLoss, got maximize.',
    ],
    ['stages: []', ':1:9  stages: at least one stage is needed, got none.'],
    ['stages: [{ epochs: 1 }]', 'stages[0]: trials is missing.'],
    ['stages: [{ trails: 1, trials: 2 }]', 'Unknown key "trails" in stages[0]. Did you mean "trials"?'],
    ['stages: [{ trials: 1, sampler: sobl }]', 'got "sobl". Did you mean "sobol"?'],
    ['stages: [{ trials: 2e6 }]', ':1:1  stages: a study may have at most 1000000 trials, got 2000000.'],
    [
      'objective: { command: x }\ndirection: minimize\nspace: { layers: { int: [1, 4] }, a: { int: [1, 9], when: { layers: 5 } } }',
      '3:69  a: when requires layers 5, which is not in { int: [1, 4] }. Correct the value, or widen the range.',
    ],
    [
      'objective: { command: x }\ndirection: minimize\nspace: { n: { int: [1, 4] }, a: { int: [1, 9], when: { n: "3" } } }',
      'a: when requires n "3", which is not in { int: [1, 4] }. Write 3 without quotes.',
    ],
    [
      'objective: { command: x }\ndirection: minimize\nspace: { x: { float: [0, 1] }, a: { int: [1, 9], when: { x: 0.5 } } }',
      'a: when requires x 0.5, a value that a continuous range almost never takes.',
    ],
    [
      'objective: { command: x }\ndirection: minimize\nspace: { f: 3, a: { int: [1, 9], when: { f: [3, 4] } } }',
      'a: when requires f 4, but it is always 3.',
    ],
    [
      'objective: { command: x }\ndirection: minimize\nspace: { a: { int: [1, 9] } }\nrequire: a > 9',
      'require "a > 9": no point of the space satisfies it. Widen the ranges, or loosen the rule.',
    ],
    [
      'objective: { command: x }\ndirection: minimize\nspace: { a: { int: [1, 9] }, b: { int: [1, 9] } }\nrequire: [a > b, b > a]',
      'require: no random point satisfied "a > b", "b > a". Widen the ranges, loosen the rules, or add a point that satisfies them to startWith.',
    ],
    [
      'objective: { command: x }\ndirection: minimize\nspace: { my-rate: { float: [0, 1] } }\nrequire: my-rate < 0.5',
      'require "my-rate < 0.5": there is no parameter "my" (column 1); write "my-rate" in backticks.',
    ],
    [
      'objective: { command: x }\ndirection: minimize\nspace: { a: { int: [1, 9] }, b: { int: [1, 9] } }\nrequire: b < a\nstages: [{ trials: 3, startWith: [{ a: 3 }, { a: 1 }] }]',
      'stages[0].startWith[1] can\'t satisfy require "b < a". Change the point, or loosen the rule.',
    ],
    [
      'space: { optimizer: { choices: [adam, sgd] }, beta1: { float: [0.8, 0.9], when: { optimizer: adam } } }\nstages: [{ trials: 3, startWith: [{ beta1: 0.85 }, { optimizer: sgd, beta1: 0.85 }] }]',
      'stages[0].startWith[1].beta1 does not exist where optimizer is "sgd". Drop it from the point.',
    ],
    ['stages: [{ trials: 1, startWith: [{ lr: 1 }] }]', 'Unknown parameter "lr" in stages[0].startWith[0].'],
    [
      'stages: [{ trials: 1, startWith: [{ learningRate: 20 }] }]',
      'stages[0].startWith[0].learningRate must be in the space, got 20.',
    ],
    ['budget: { epochs: 5 }', 'budget: 5 epochs leave no trials for stages[1].'],
    [
      'split: { folds: 3 }\nstages: [{ trials: 9 }, { trials: 2, warmStart: true }]',
      ':2:49  stages[1].warmStart continues the weights of one network; with folds there are several.',
    ],
    ['space: {}', 'space: it has no parameters.'],
    ['space: { learningRate: { flaot: [1, 2] } }', 'got the keys flaot. Did you mean "float"?'],
    [
      'space: { learningRate: { float: [1, 2], lgo: true } }',
      'Unknown key "lgo" in space.learningRate. Did you mean "log"?',
    ],
    [
      'space: { foo: 1, reg: 0 }',
      ':1:10  Unknown key "foo" in space. mlp-classifier can search learningRate,',
    ],
    ['space: { learningRate: .nan }', ':1:24  learningRate: must be a number above 0, got NaN.'],
    [
      'space: { reg: 1 }\nrequire: reg <',
      ':2:10  require "reg <": expected a number or a parameter, got the end',
    ],
    ['space: { reg: 1 }\nrequire: [reg < 2, lr < 1]', ':2:20  require "lr < 1": there is no parameter "lr"'],
    [
      'training: { reg: 1 }\nspace: { reg: 2 }',
      ':1:13  reg is set in training and in space. Keep the one in space',
    ],
    [
      'objective: mpl-classifier',
      ':1:12  objective must be mlp-classifier, a module or a command',
      'Did you mean "mlp-classifier"?',
    ],
    ['objective: {}', ':1:12  objective needs module or command.'],
    ['objective: { comand: x }', ':1:14  Unknown key "comand" in objective. Did you mean "command"?'],
    ['objective: { module: a.ts, command: b }', ':1:12  objective has both a module and a command.'],
    [
      'objective: a.ts',
      ':1:1  direction is missing: a module does not say whether a higher or a lower value is better.',
    ],
    [
      'objective: a.ts\ndirection: minimize\nmodel: {}',
      ':3:1  model applies only to objective mlp-classifier; a module does not use it.',
    ],
    [
      'objective: a.ts\ndirection: minimize\nspace: { a: .inf }',
      ':3:13  a must be a finite number, got .inf.',
    ],
    [
      'objective: { command: x }\ndirection: minimize',
      'space is missing: a command can search only what the file declares.',
    ],
    [
      'objective: { command: "x {lr}" }\ndirection: minimize\nspace: { rate: 1 }',
      ':1:23  command: unknown placeholder {lr}. Placeholders: {rate}, {args}, {epochs}, {seed}, {trial}, {dir},',
    ],
    [
      'objective: a.ts\ndirection: minimize\nspace: { "a b": 1 }',
      ':3:10  A parameter can\'t be called "a b".',
    ],
    [
      'objective: a.ts\ndirection: minimize\nspace: [rate]',
      ':3:8  space: expected parameters by name, got a list.',
    ],
    [
      'objective: a.ts\ndirection: minimize\nrequire: [a < b, a <]',
      ':3:18  require "a <": expected a number or a',
    ],
    [
      "objective: { command: 'x \"y' }\ndirection: minimize\nspace: { rate: 1 }",
      ':1:23  command: a " is never closed',
    ],
  ])('%j', (text, ...expected) => {
    const told = sentences(text)
    for (const part of expected) expect(told.join('\n')).toContain(part)
    expect(told).toHaveLength(1)
  })

  test('files that are missing among them', () => {
    const exists = (): boolean => false
    expect(sentences('data: { source: npy, path: a.npy, labels: b.npy }', { exists })).toEqual([
      `${FILE}:1:28  There is no file or folder ${resolve('experiments/a.npy')}. Paths are relative to the folder of the study file.`,
      `${FILE}:1:43  There is no file ${resolve('experiments/b.npy')}. Paths are relative to the folder of the study file.`,
    ])
    expect(sentences('objective: ./a.ts\ndirection: minimize', { exists })).toEqual([
      `${FILE}:1:12  There is no module ${resolve('experiments/a.ts')}. Paths are relative to the folder of the study file.`,
    ])
  })
})
