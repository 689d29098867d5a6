import type { BadInput, Kind } from './bad-input.ts'
import { inTurn } from './bad-input.ts'
import {
  at,
  badStudy,
  CLASSIFIER,
  COMMAND,
  lineOf,
  type Path,
  pathOf,
  shown,
  toYaml,
  withValue,
} from './sound-studies.ts'

/** A field of the sound study with what it can't be. */
interface Field {
  readonly path: Path
  readonly ofWrongType: readonly unknown[]
  readonly outOfRange: readonly unknown[]
}

const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

function whole(path: string, low: number, high = Number.MAX_SAFE_INTEGER, nullable = false): Field {
  return {
    path: pathOf(path),
    ofWrongType: ['many', '7', true, [1], { a: 1 }, low + 0.5, ...(nullable ? [] : [null])],
    outOfRange: [low - 1, -(2 ** 40), ...(high < Number.MAX_SAFE_INTEGER ? [high + 1] : [2 ** 53]), 1e308],
  }
}

function number(path: string, outOfRange: readonly number[], nullable = false): Field {
  return {
    path: pathOf(path),
    ofWrongType: ['much', '0.5', false, [0.5], {}, ...(nullable ? [] : [null])],
    outOfRange,
  }
}

function flag(path: string): Field {
  return {
    path: pathOf(path),
    ofWrongType: [1, 'yes', 'maybe', [], {}, null],
    outOfRange: ['on', 0, -1],
  }
}

function word(path: string, near: string): Field {
  return {
    path: pathOf(path),
    ofWrongType: [3, true, [near], null],
    outOfRange: ['', near, near.toUpperCase().repeat(9), '日本', 'x'.repeat(10_000)],
  }
}

function time(path: string): Field {
  return {
    path: pathOf(path),
    ofWrongType: [true, ['1 h'], {}],
    outOfRange: [0, -1, '', 'soon', '1 week', '5 constructor', '22 d', '1e9 h', 1e308],
  }
}

const FIELDS: readonly Field[] = [
  whole('seed', 0),
  whole('lag', 1, 1_000_000),
  {
    path: ['name'],
    ofWrongType: [5, true, [], {}, null],
    outOfRange: ['', ' x', 'a/b', '../x', 'y'.repeat(81)],
  },
  word('direction', 'maximise'),
  word('metric', 'validAcuracy'),
  word('data.source', 'generate'),
  whole('data.count', 30, 400_000),
  whole('data.seed', 0),
  number('split.train', [-1, 1.5]),
  number('split.valid', [-0.1, 2.25]),
  number('split.test', [-10, 10.5]),
  flag('split.stratified'),
  whole('split.seed', 0),
  whole('split.folds', 2, 100),
  word('preprocess.kind', 'standardise'),
  whole('preprocess.pca', 1),
  flag('preprocess.whiten'),
  flag('preprocess.biasTrick'),
  {
    path: ['model', 'hidden'],
    ofWrongType: ['200', 200, true, { a: 1 }, null],
    outOfRange: [Array.from({ length: 65 }, () => 2)],
  },
  whole('model.hidden.1', 1, 65_536),
  word('model.activation', 'relux'),
  whole('model.maxoutPieces', 1, 64),
  flag('model.batchNorm'),
  number('model.weightScale', [0, -1], true),
  whole('training.batchSize', 1, 65_536),
  word('training.optimizer.kind', 'adm'),
  number('training.optimizer.momentum', [1, -0.1, 1e308]),
  number('training.optimizer.beta1', [1, -0.1]),
  number('training.optimizer.beta2', [1.5, -1]),
  number('training.optimizer.epsilon', [0, -1e-8]),
  flag('training.optimizer.biasCorrection'),
  word('training.schedule.kind', 'cosin'),
  number('training.schedule.factor', [0, 1.1, -0.5], true),
  whole('training.schedule.every', 1, 1_000_000),
  whole('training.schedule.patience', 1, 1_000_000),
  whole('training.schedule.warmup', 0, 1_000_000),
  whole('training.patience', 1, 1_000_000, true),
  word('training.arithmetic', 'mulad'),
  word('training.backend', 'wsam'),
  {
    path: ['space', 'learningRate', 'float'],
    ofWrongType: ['wide', 3, true, {}, null, [1], [1, 2, 3]],
    outOfRange: [
      [1, 0.1],
      [0, 1],
      [-1, 1],
      [0.5, 0.5],
    ],
  },
  number('space.learningRate.float.0', [2, 0, -1]),
  number('space.learningRate.float.1', [1e-5, -1, 0]),
  flag('space.learningRate.log'),
  flag('space.learningRate.hard'),
  number('space.dropout.step', [0, -0.1, 0.6]),
  number('space.dropout.float.1', [-0.5, 1, 2]),
  {
    path: ['space', 'units1', 'int'],
    ofWrongType: ['8', 8, null, [2], [2, 4, 8]],
    outOfRange: [
      [8, 2],
      [0, 8],
      [2.5, 8],
      [2, 70_000],
      [2, 1e308],
    ],
  },
  number('space.units1.step', [0, -1, 0.5, 7]),
  {
    path: ['space', 'optimizer', 'choices'],
    ofWrongType: ['adam', 1, {}, null, [['adam']], ['adam', 'nesterov', null]],
    outOfRange: [
      [],
      ['adam', 'adam', 'nesterov'],
      ['adam', 'nesterov', 'nesterovv'],
      ['adam', 'nesterov', 7],
    ],
  },
  flag('space.optimizer.ordered'),
  { path: ['space', 'reg', 'fixed'], ofWrongType: [[1], {}, null], outOfRange: [-1, 'small', true] },
  {
    path: ['stages', 0, 'name'],
    ofWrongType: [1, true, []],
    outOfRange: [''],
  },
  whole('stages.0.trials', 1),
  whole('stages.1.epochs', 1),
  word('stages.1.sampler', 'pgp'),
  number('stages.1.keep', [0, 1.1, -1]),
  number('stages.1.margin', [-0.1, -1e308]),
  number('stages.1.rootShare', [1, -0.1, 7]),
  flag('stages.1.warmStart'),
  {
    path: ['stages', 0, 'startWith'],
    ofWrongType: ['middle', 1, {}, [1], null],
    outOfRange: [[{ learningRate: 2 }], [{ rate: 0.1 }], Array.from({ length: 5 }, () => ({ dropout: 0.1 }))],
  },
  whole('budget.epochs', 1),
  time('limits.trialTimeout'),
  time('limits.timeout'),
  whole('limits.retries', 0, 100),
  whole('limits.maxFailures', 1, undefined, true),
  whole('limits.maxEpochs', 1, undefined, true),
  ...['data', 'split', 'model', 'training', 'space', 'stages', 'budget', 'limits'].map((block) => ({
    path: [block],
    ofWrongType: [3, true, 'some text', block === 'stages' ? { a: 1 } : [1, 2]],
    outOfRange: ['split', 'model', 'training', 'limits'].includes(block) ? [{ nothing: 1 }] : [],
  })),
]

/** One field set to something that it can't be: told with its name, its value and its line. */
function wrongValue(values: (field: Field) => readonly unknown[]): Kind {
  const fields = FIELDS.filter((field) => values(field).length > 0)
  return ({ pick, turn }): BadInput => {
    const field = inTurn(fields, turn)
    const { path } = field
    const value = pick(values(field))
    const text = toYaml(withValue(CLASSIFIER, path, value))
    // A parameter of the space goes by its own name.
    const names = path.filter((part) => typeof part === 'string')
    const name = names[0] === 'space' && names.length > 1 ? names[1]! : names.at(-1)!
    const says = [
      name,
      ...shown(value),
      names[0] === 'space' && names.length > 1 ? inParameter(text, name) : at(lineOf(text, path)),
    ]
    return badStudy(`${path.join('.')} = ${JSON.stringify(value)?.slice(0, 80)}`, text, says)
  }
}

/** What low and high, a list of choices or its step do not fit is told on one of the parameter's lines. */
function inParameter(text: string, name: string): RegExp {
  const key = text.split('\n').indexOf(`  ${name}:`, lineOf(text, ['space']) - 2)
  const length =
    text
      .split('\n')
      .slice(key + 1)
      .findIndex((line) => !line.startsWith('   ')) + 1
  const lines = Array.from({ length }, (_, i) => key + 1 + i)
  return new RegExp(`:(${lines.join('|')}):\\d+ `)
}

/** Fields that must be there, as paths of a study, with what the message calls them. */
const REQUIRED: readonly (readonly [study: object, path: string, says: string])[] = [
  [CLASSIFIER, 'data.source', 'data.source is missing'],
  [withValue(CLASSIFIER, ['data'], { source: 'csv', path: 'x.csv' }), 'data.path', 'data needs a path'],
  [withValue(CLASSIFIER, ['data'], { source: 'cifar10', path: 'x' }), 'data.path', 'data.path is missing'],
  [withValue(CLASSIFIER, ['data'], { source: 'idx', path: 'x' }), 'data.path', 'data.path is missing'],
  [
    withValue(CLASSIFIER, ['data'], { source: 'npy', labels: 'x', path: '.' }),
    'data.path',
    'data.path is missing',
  ],
  [
    withValue(CLASSIFIER, ['data'], { source: 'npy', path: '.', labels: 'x' }),
    'data.labels',
    'data.labels is missing',
  ],
  [CLASSIFIER, 'preprocess.pca', 'needs pca'],
  [CLASSIFIER, 'space.learningRate.float', 'float, int, choices'],
  [CLASSIFIER, 'space.units1.int', 'float, int, choices'],
  [CLASSIFIER, 'space.optimizer.choices', 'float, int, choices'],
  [CLASSIFIER, 'space.dropout.float.1', 'low, high'],
  [CLASSIFIER, 'budget.epochs', 'epochs or trials'],
  [withValue(CLASSIFIER, ['budget'], undefined), 'stages.1.trials', 'trials is missing'],
  [COMMAND, 'direction', 'direction is missing'],
  [COMMAND, 'space', 'space is missing'],
  [COMMAND, 'objective.command', 'needs module or command'],
]

const missing: Kind = ({ turn }) => {
  const [study, path, says] = inTurn(REQUIRED, turn)
  return badStudy(`without ${path}`, toYaml(withValue(study, pathOf(path), undefined)), [says])
}

export const FIELD_KINDS: Readonly<Record<string, Kind>> = {
  'a field of a wrong type': wrongValue((field) => field.ofWrongType),
  'a field out of its range': wrongValue((field) => field.outOfRange),
  'a field that is no finite number': wrongValue(({ path, outOfRange }) =>
    outOfRange.some((value) => typeof value === 'number') || path.length === 1 ? NOT_FINITE : [],
  ),
  'a missing field': missing,
}
