import { describe, expect, it } from 'vitest'
import { fitTrials } from '../../src/import/fit-trials.ts'
import { type GivenTrial, UNSAID } from '../../src/import/given-trial.ts'
import { readCsvTrials } from '../../src/import/read-csv.ts'
import { float } from '../../src/index.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { SPACE } from './sources.ts'

const csv = (text: string, columns = {}) =>
  readCsvTrials(text, 'runs.csv', { space: SPACE, metric: 'loss', columns })

describe('a CSV cell that may be a text or another choice', () => {
  const alike: SearchSpace = {
    parameters: { kind: { kind: 'categorical', choices: ['a', 1, '1'], ordered: false } },
    conditions: {},
    constraints: [],
  }
  const read = (...cells: readonly string[]) =>
    readCsvTrials(['kind,loss', ...cells.map((cell) => `${cell},1`)].join('\n'), 'runs.csv', {
      space: alike,
      metric: 'loss',
      columns: {},
    })

  it('is a text in quotes, else the other choice, which is said where no text has quotes', () => {
    const quoted = read('"""1"""', '1', '"""a"""')
    expect(quoted.trials.map(({ params }) => params.kind)).toEqual(['1', 1, 'a'])
    expect(quoted.remarks).toEqual([])
    const plain = read('a', '1')
    expect(plain.trials.map(({ params }) => params.kind)).toEqual(['a', 1])
    expect(plain.remarks).toEqual([
      'kind: cells containing 1 were read as the value 1, not as the text "1"; for the text, write """1"""',
    ])
    expect(read('a', 'b').remarks).toEqual([])
  })
})

it('a CSV cell with null is the choice null, also beside the text "null"', () => {
  const space: SearchSpace = {
    parameters: { kind: { kind: 'categorical', choices: ['null', null, 'a'], ordered: false } },
    conditions: {},
    constraints: [],
  }
  const text = 'kind,loss\nnull,1\n"""null""",1\n'
  const { trials } = readCsvTrials(text, 'runs.csv', { space, metric: 'loss', columns: {} })
  expect(trials.map(({ params }) => params.kind)).toEqual([null, 'null'])
})

describe('a CSV file', () => {
  it('finds columns by parameter, by prefix and by map, with any of three separators', () => {
    const plain = csv('lr,layers,kind,loss\n0.1,2,relu,0.5\n')
    expect(plain.trials[0]).toMatchObject({ label: 'line 2', value: 0.5, state: 'complete' })
    for (const text of [
      'params.lr;params_layers;kind;value\n0.1;2;relu;0.5\n',
      '\ufefflearning rate\tlayers\tkind\tloss\r\n0.1\t2\trelu\t0.5\r\n',
    ]) {
      const { trials } = csv(text, text.includes('rate') ? { lr: 'learning rate' } : {})
      expect(trials[0]!.params).toEqual({ lr: '0.1', layers: '2', kind: 'relu' })
      expect(trials[0]!.value).toBe(0.5)
    }
  })

  it('reads the states of other tools, and drops their trials that have no end', () => {
    const states = (title: string, ...words: string[]) =>
      csv(
        [`lr,layers,kind,value,${title}`, ...words.map((word) => `0.1,2,relu,1,${word}`)].join('\n'),
      ).trials.map(({ state }) => state)
    expect(states('State', 'finished', 'crashed', 'running', 'killed')).toEqual([
      ...['complete', 'failed', null, null],
    ])
    expect(states('state', 'TERMINATED', 'SUCCEEDED', 'EARLY_STOPPED', 'PAUSED')).toEqual([
      ...['complete', 'complete', 'pruned', null],
    ])
  })

  it('says which columns it did not use', () => {
    expect(csv('lr,layers,kind,value,colour\n0.1,2,relu,1,red\n').remarks).toEqual([
      'Ignored columns: colour',
    ])
  })

  it.each([
    ['layers,kind,value\n', 'There is no column named lr'],
    ['lr,layers,kind\n', 'There is no column named value or loss'],
    ['lr,layers,kind,value\n0.1,2,relu,high\n', 'value must be a number, got "high"'],
    ['lr,layers,kind,value,state\n0.1,2,relu,1,odd\n', 'state must be complete'],
    ['lr,layers,kind,value\n0.1,2,relu\n', 'Invalid Record Length'],
    ['', 'This file is empty'],
    ...['epochs', 'budgetEpochs', 'seed'].flatMap((field) =>
      ['-3', '2.5', '1e30', '99999999999999999999', 'inf'].map((cell): [string, string] => [
        `lr,layers,kind,value,${field}\n0.1,2,relu,1,${cell}\n`,
        `${field} must be a whole number from 0 to 2^53 - 1, got "${cell}"`,
      ]),
    ),
    ['lr,layers,kind,value,epochs\n0.1,2,relu,1,many\n', 'epochs must be a number, got "many"'],
    ['lr,layers,kind,value,metrics.acc\n0.1,2,relu,1,good\n', 'metrics.acc must be a number, got "good"'],
    ['lr,layers,kind,value\n0.1,2,relu,0x1F\n', 'value must be a number, got "0x1F"'],
    ['lr,layers,kind,value\n0.1,2,relu,0b11\n', 'value must be a number, got "0b11"'],
    ['lr,layers,kind,value,value\n0.1,2,relu,1,2\n', 'There are two columns named "value"'],
    ['lr,lr,layers,kind,value\n0.1,0.2,2,relu,1\n', 'There are two columns named "lr"'],
    [
      'lr,layers,kind,value,metrics.a,metrics.a\n0.1,2,relu,1,2,3\n',
      'There are two columns named "metrics.a"',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => csv(text)).toThrow(message)
  })

  it('names the column of values once where the metric is called value, too', () => {
    const read = () =>
      readCsvTrials('lr,layers,kind\n', 'runs.csv', { space: SPACE, metric: 'value', columns: {} })
    expect(read).toThrow(/There is no column named value$/)
  })

  it('names the line of a cell that it refuses', () => {
    const text = 'lr,layers,kind,value,seed\n0.1,2,relu,1,7\n0.1,2,relu,1,-3\n'
    expect(() => csv(text)).toThrow(expect.objectContaining({ where: { file: 'runs.csv', line: 3 } }))
  })

  it('takes empty cells, None and NaN of whole numbers for unsaid, and reads 5.0 as Python writes it', () => {
    const { trials } = csv(
      'lr,layers,kind,value,epochs,seed,metrics.acc\n1,2,relu,1,5.0,281474976710655,1e-1\n1,2,relu,1,NaN,,None\n1,2,relu,1,None,nan,\n',
    )
    expect(trials.map(({ epochs, seed, metrics }) => [epochs, seed, metrics])).toEqual([
      [5, 281474976710655, { acc: 0.1 }],
      [null, 0, {}],
      [null, 0, {}],
    ])
  })

  it('says that columns of user attributes which are no numbers, and columns of one name, have no use', () => {
    const { trials, remarks } = csv(
      'lr,layers,kind,value,user_attrs_acc,user_attrs_sha,x,x\n1,2,relu,1,0.5,12,a,a\n1,2,relu,1,,3f,a,a\n',
    )
    expect(trials.map(({ metrics }) => metrics)).toEqual([{ acc: 0.5 }, {}])
    expect(remarks).toEqual(['Ignored columns: user_attrs_sha, x, x'])
  })

  it('refuses a map of a column or a name that is not there', () => {
    expect(() => csv('lr,layers,kind,value\n', { lr: 'rate' })).toThrow('There is no column "rate" for lr')
    expect(() => csv('lr,layers,kind,value\n', { rl: 'lr' })).toThrow('There is no parameter or field "rl"')
  })
})

describe('fitting to a study', () => {
  const given = (params: GivenTrial['params'], more: Partial<GivenTrial> = {}): GivenTrial => ({
    ...UNSAID,
    label: 'trial 1',
    params,
    state: 'complete',
    value: 1,
    ...more,
  })
  const whole: SearchSpace = {
    parameters: {
      ...SPACE.parameters,
      width: { kind: 'fixed', value: 7 },
      momentum: float(0, 1),
      soft: float(1, 2, { soft: true }),
    },
    conditions: { momentum: { kind: 'relu' } },
    constraints: ['layers <= width'],
  }
  const fitAll = (...trials: GivenTrial[]) =>
    fitTrials(
      { name: 'source', direction: null, metric: null, remarks: [], trials },
      { space: whole, direction: 'minimize', epochs: { count: 5, from: 'fine' } },
    )
  const good = { lr: '0.1', layers: '2', kind: 'tanh', soft: 1.5 }

  it('reads texts as what the parameter is, and fills in what is fixed', () => {
    const { groups } = fitAll(
      given(good),
      given({ ...good, kind: 'None' }),
      given({ ...good, kind: 'True' }),
      given({ ...good, kind: '8.0' }),
      given({ ...good, kind: 'relu', momentum: '0.5', soft: 20 }),
    )
    expect(groups[0]!.trials.map(({ params }) => params)).toEqual([
      { lr: 0.1, layers: 2, kind: 'tanh', width: 7, soft: 1.5 },
      { lr: 0.1, layers: 2, kind: null, width: 7, soft: 1.5 },
      { lr: 0.1, layers: 2, kind: true, width: 7, soft: 1.5 },
      { lr: 0.1, layers: 2, kind: 8, width: 7, soft: 1.5 },
      { lr: 0.1, layers: 2, kind: 'relu', width: 7, momentum: 0.5, soft: 20 },
    ])
  })

  it('takes hundreds of thousands of trials', () => {
    const trials = Array.from({ length: 200_000 }, () => given(good))
    const source = { name: 'source', direction: null, metric: null, remarks: [], trials }
    const fitted = fitTrials(source, {
      space: whole,
      direction: 'minimize',
      epochs: { count: 5, from: 'fine' },
    })
    expect(fitted.groups[0]!.trials).toHaveLength(200_000)
  })

  it('drops what the space does not hold and counts it with an example', () => {
    const { remarks, groups } = fitAll(
      given(good),
      given({ ...good, lr: 20 }, { label: 'trial 7' }),
      given({ ...good, lr: 30 }),
      given({ ...good, layers: 1.5 }),
      given({ ...good, layers: '0x2' }),
      given({ ...good, kind: 'swish' }),
      given({ ...good, kind: 'relu' }),
      given(good, { state: null }),
      given(good, { value: null }),
      given({ ...good, momentum: 0.5, extra: 1 }),
    )
    expect(groups[0]!.trials).toHaveLength(2)
    expect(remarks[0]).toMatch(
      /^Dropped 8 of 10 trials: lr is outside the space, .* \(2, such as lr 20 in trial 7\); layers/,
    )
    expect(remarks[0]).toContain('momentum is missing (1: trial 1)')
    expect(remarks[0]).toContain('it has not finished (1: trial 1); it has no value (1: trial 1)')
    expect(remarks).toContain('Ignored extra in 1 trial: no such parameter exists there')
    expect(remarks).toContain('Ignored momentum in 1 trial: no such parameter exists there')
  })

  it('groups by the epochs that trials were to run, and gives those that do not say the usual ones', () => {
    const { groups, remarks } = fitAll(
      given(good, { epochs: 9 }),
      given(good, { epochs: 2, state: 'pruned' }),
      given(good),
      given(good, { state: 'failed', value: null }),
      given(good, { value: Number.NaN, epochs: 1 }),
    )
    expect(
      groups.map(({ epochs, trials }) => [epochs, trials.map(({ state, epochs }) => [state, epochs])]),
    ).toEqual([
      [5, [['complete', 5]]],
      [
        9,
        [
          ['complete', 9],
          ['pruned', 2],
          ['failed', 0],
          ['diverged', 1],
        ],
      ],
    ])
    expect(remarks).toEqual([
      'Assumed 5 epochs for 1 trial, as in stage fine: source does not specify them (the option epochs sets them)',
    ])
  })

  it('refuses another direction, and a source of which nothing is left', () => {
    expect(() => fitAll(given({}))).toThrow('Nothing to import from source: 1 of 1 trial: lr is missing')
    expect(() => fitAll()).toThrow('it has no trials')
    const settings = { space: whole, direction: 'minimize', epochs: { count: 1, from: null } } as const
    const other = {
      name: 'source',
      direction: 'maximize',
      metric: 'acc',
      remarks: [],
      trials: [given(good)],
    } as const
    expect(() => fitTrials(other, settings)).toThrow(
      "maximizes acc, but this study minimizes: their values can't be compared",
    )
  })
})
