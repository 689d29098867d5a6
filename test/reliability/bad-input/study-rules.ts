import { inTurn, type Kind } from './bad-input.ts'
import { badStudy, CLASSIFIER, COMMAND, type Path, toYaml, withValue } from './sound-studies.ts'

type Rule = readonly [path: Path, value: unknown, says: string | RegExp]

/** What a condition or a rule between parameters can't say. */
const CONDITIONS: readonly Rule[] = [
  [['space', 'momentum', 'when'], { optimiser: 'adam' }, 'optimiser'],
  [['space', 'momentum', 'when'], { optimizer: 'sgd' }, 'sgd'],
  [['space', 'momentum', 'when'], { optimizer: ['adam', 'adamw'] }, 'adamw'],
  [['space', 'momentum', 'when'], { momentum: 0.9 }, 'depends on itself'],
  [['space', 'momentum', 'when'], 'nesterov', 'when'],
  [['space', 'momentum', 'when'], ['optimizer'], 'when'],
  [['space', 'momentum', 'when'], { optimizer: { is: 'adam' } }, 'when'],
  [['space', 'momentum', 'when'], null, 'when'],
  [['space', 'momentum', 'when'], 3, 'when'],
  ...[
    'dropout <',
    '< 3',
    'dropout << 3',
    '(dropout < 3',
    'dropout < 3)',
    'dropout 3',
    'dropout + 1',
    'dropout = 0.5',
    'dropout < "half',
    'dropout && 1',
    'dropout < 1 or',
    'not',
    '',
    '   ',
    '()',
    'dropout < 1; reg < 1',
    'width < 3',
    'constructor < 3',
    '__proto__ == 1',
    'process.exit(1) < 2',
    '$dropout < 1',
    'dropout < 1e',
    '日本 < 1',
    `${'('.repeat(20_000)}dropout < 1`,
    `${'not '.repeat(20_000)}dropout < 1 <`,
    `${'-'.repeat(50_000)}dropout < 1`,
    `${'('.repeat(20_000)}dropout < 1${')'.repeat(20_000)}`,
  ].flatMap((rule): Rule[] => [
    [['require'], rule, 'require'],
    [['require', 0], rule, 'require'],
  ]),
  [['require'], 3, 'require'],
  [['require'], { a: 'dropout < 1' }, 'require'],
  [['require'], [['dropout < 1']], 'require'],
  [['require'], [null], 'require'],
  [['require'], null, 'require'],
]

const condition: Kind = ({ turn }) => {
  const [path, value, says] = inTurn(CONDITIONS, turn)
  const what = `${path.join('.')} = ${JSON.stringify(value).slice(0, 80)}`
  return badStudy(what, toYaml(withValue(CLASSIFIER, path, value)), [says])
}

const STAGES = CLASSIFIER.stages
const contradictory = (changes: object): object => ({ ...CLASSIFIER, ...changes })

/** What is right by itself, and not together. */
const CONTRADICTIONS: readonly (readonly [study: object, says: string | RegExp])[] = [
  [contradictory({ metric: 'validLoss' }), 'direction must be minimize'],
  [contradictory({ budget: { epochs: 3 } }), 'more than the 3'],
  [contradictory({ budget: { epochs: 10, trials: 10 } }), 'epochs or trials'],
  [contradictory({ stages: [{ ...STAGES[0], warmStart: true }, STAGES[1]] }), 'warmStart'],
  [contradictory({ stages: [STAGES[0], { ...STAGES[1], name: 'coarse' }] }), 'is taken'],
  [contradictory({ stages: [STAGES[0], { ...STAGES[1], startWith: [{ momentums: 0.6 }] }] }), 'momentums'],
  [contradictory({ stages: [{ ...STAGES[0], trials: 2_000_000 }], budget: undefined }), '1000000'],
  [
    contradictory({ split: { folds: 3 }, stages: [STAGES[0], { ...STAGES[1], warmStart: true }] }),
    'warmStart',
  ],
  [contradictory({ training: { learningRate: 0.1 } }), 'is set in training and in space'],
  [contradictory({ training: { reg: 0.1 } }), 'is set in training and in space'],
  [contradictory({ model: { dropout: 0.1 } }), 'is set in model and in space'],
  [contradictory({ preprocess: { whiten: true } }), 'needs pca'],
  [contradictory({ space: { ...CLASSIFIER.space, units3: { int: [2, 8] } } }), 'units3'],
  [contradictory({ space: { ...CLASSIFIER.space, color: 'red' } }), 'color'],
  [contradictory({ space: {} }), 'no parameters'],
  [contradictory({ space: { reg: { float: [0, 1], int: [0, 1] } } }), 'float and int'],
  [contradictory({ space: { reg: { fixed: 1, log: true } } }), 'log'],
  [contradictory({ space: { optimizer: { choices: ['adam'], log: true } } }), 'log'],
  [contradictory({ space: { learningRate: { float: [0.1, 1], log: true, step: 0.1 } } }), 'step'],
  [{ ...COMMAND, data: { source: 'generated' } }, 'data applies only to objective mlp-classifier'],
  [{ ...COMMAND, space: { rate: { float: [0, 1] }, '1': 2 } }, "can't be called"],
  [{ ...COMMAND, space: { rate: { float: [0, 1] }, 'a b': 2 } }, "can't be called"],
]

const contradiction: Kind = ({ turn }) => {
  const [study, says] = inTurn(CONTRADICTIONS, turn)
  const { require: _, ...rest } = study as { require?: unknown }
  return badStudy(String(says), toYaml(rest), [says])
}

/** What can't be an objective, nor a command. */
const OBJECTIVES: readonly (readonly [objective: unknown, says: string])[] = [
  ['mlp-clasifier', 'Did you mean "mlp-classifier"?'],
  ['transformer', '"transformer"'],
  ['', 'objective'],
  [3, 'objective'],
  [true, 'objective'],
  [null, 'objective'],
  [['./a.ts'], 'objective'],
  [{}, 'needs module or command'],
  ['./missing.ts', 'missing.ts'],
  [{ module: './no/such/objective.mjs' }, 'objective.mjs'],
  [{ module: 5 }, 'module'],
  [{ module: './a.ts', command: 'cat' }, 'both'],
  [{ module: './a.ts', cwd: '.' }, 'objective is a module, which has no cwd'],
  [{ cwd: '.' }, 'needs module or command'],
  [{ modul: './a.ts' }, 'Did you mean "module"?'],
  [{ command: '' }, 'command'],
  [{ command: '   ' }, 'must name a program'],
  [{ command: '""' }, 'must name a program'],
  [{ command: [] }, 'command'],
  [{ command: ['cat', 7] }, 'command'],
  [{ command: `cat ${'x'.repeat(10_000)}` }, 'command'],
  [{ command: 'cat "now' }, 'never closed'],
  [{ command: "cat 'now" }, 'never closed'],
  [{ command: 'cat a | tee b' }, '"|"'],
  [{ command: 'cat a > b' }, '">"'],
  [{ command: 'cat a && rm b' }, '"&&"'],
  [{ command: 'cat a\0b' }, 'no program can be given a NUL character'],
  [{ command: ['cat', 'a\0b'] }, 'no program can be given a NUL character'],
  [{ command: 'cat', env: { A: 'a\0b' } }, 'env.A: no program can be given a NUL character'],
  [{ command: 'cat', devices: ['a\0b'] }, 'devices: no program can be given a NUL character'],
  [{ command: 'cat {rat}' }, '{rat}'],
  [{ command: 'cat {learningRate} {rate}' }, '{learningRate}'],
  [{ command: 'cat {beta}' }, '{beta}'],
  [{ command: 'cat --{constructor}' }, '{constructor}'],
  [{ command: 'cat {__proto__}' }, '{__proto__}'],
  [{ command: 'cat {Epochs}' }, '{Epochs}'],
  [{ command: 'cat {rate} {seeds}', cwd: '.' }, '{seeds}'],
  [{ command: 'cat {rate}', cwd: 'no-such-folder' }, 'no-such-folder'],
  [{ command: 'cat {rate}', cwd: 7 }, 'cwd'],
  [{ command: 'cat {rate}', shell: true }, 'shell'],
]

const objective: Kind = ({ turn }) => {
  const [value, says] = inTurn(OBJECTIVES, turn)
  const study =
    typeof value === 'object' ? { ...COMMAND, objective: value } : { objective: value, direction: 'minimize' }
  return badStudy(JSON.stringify(value).slice(0, 80), toYaml(study), [says])
}

export const RULE_KINDS: Readonly<Record<string, Kind>> = {
  'a condition or a rule without sense': condition,
  'settings that contradict each other': contradiction,
  'a wrong objective': objective,
}
