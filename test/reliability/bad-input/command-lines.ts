import { COMMANDS } from '../../../src/cli/commands.ts'
import { type BadInput, inTurn, type Kind, type Places } from './bad-input.ts'
import { CLASSIFIER, mistyped, STUDY_FILE, toYaml } from './sound-studies.ts'

const NAMES = COMMANDS.map(({ usage }) => usage.split(' ')[0]!)

/** Some options of each command that has them. */
const OPTIONS: readonly (readonly [command: string, options: readonly string[]])[] = [
  ['run x.yaml', ['workers', 'grace', 'set', 'seed', 'name', 'quiet']],
  ['resume', ['workers', 'add', 'force', 'grace']],
  ['best', ['json', 'count', 'quiet']],
  ['trials', ['stage', 'state', 'sort', 'limit']],
  ['export', ['format', 'output']],
  ['predict --data x.csv', ['trial', 'output']],
  ['data info generated', ['json', 'quiet']],
  ['doctor', ['json']],
]

function commandLine(
  args: readonly string[] | ((places: Places) => readonly string[]),
  ...says: (string | RegExp)[]
): BadInput {
  const make = typeof args === 'function' ? args : () => args
  return { what: '', files: {}, args: make, code: 2, says, mistakes: null }
}

const unknownCommand: Kind = ({ turn, below }) => {
  const typed = mistyped(inTurn(NAMES, turn), below(4))
  return commandLine([typed], `Unknown command "${typed}"`, /Did you mean "[a-z]+"\?/)
}

const unknownOption: Kind = ({ turn, pick, below }) => {
  const [command, options] = inTurn(OPTIONS, turn)
  const typed = mistyped(pick(options), below(4))
  return commandLine(
    [...command.split(' '), `--${typed}`],
    `Unknown option --${typed}`,
    /Did you mean --[a-z-]+\?/,
  )
}

const NUMBERS = [
  'x',
  '-1',
  '0.5',
  '1e3',
  'NaN',
  'Infinity',
  '9007199254740993',
  '0x10',
  '٣',
  ' ',
  '1,000',
  '-',
  '1 2',
]
const NUMBER_OPTIONS = [
  ['best', '--count'],
  ['trials', '--limit'],
  ['resume', '--add'],
  ['resume', '--workers'],
  ['run', 'x.yaml', '--workers'],
  ['run', 'x.yaml', '--grace'],
  ['predict', '--data', 'x.csv', '--trial'],
]

const wrongNumber: Kind = ({ turn, pick }) => {
  const words = inTurn(NUMBER_OPTIONS, turn)
  const option = words.at(-1)!
  const value = pick(NUMBERS)
  return commandLine([...words.slice(0, -1), `${option}=${value}`], option, JSON.stringify(value))
}

const WRONG_LINES: readonly (readonly [args: string, says: string])[] = [
  ['', 'No command was given'],
  ['best --db a --db b', '--db was given 2 times'],
  ['best --db', '--db needs a value'],
  ['best --db=', '--db needs a value'],
  ['best -n', '-n needs a value'],
  ['best one two', '"two"'],
  ['studies one', '"one"'],
  ['doctor now', '"now"'],
  ['show', 'argument is missing'],
  ['replay', 'argument is missing'],
  ['replay only', 'argument is missing'],
  ['run', 'argument is missing'],
  ['data', 'argument is missing'],
  ['data info', 'argument is missing'],
  ['data inform x', 'data inform'],
  ['backup', 'argument is missing'],
  ['predict', 'data'],
  ['run a.yaml b.yaml', '"b.yaml"'],
  ['run x.yaml --set', '--set'],
  ['-z', 'No command'],
  ['--colour', 'No command'],
  ['__proto__', '"__proto__"'],
  ['constructor', '"constructor"'],
  ['best --__proto__', '__proto__'],
  ['best --constructor=1', 'constructor'],
  ['best --__proto__.x=1', '__proto__'],
  ['show x', 'whole number'],
  ['show 1.5', '1.5'],
  ['show some -7', '7'],
  ['best --\u001b[31mred', 'red'],
  ['\u001b]0;title\u0007', 'title'],
]

const wrongLine: Kind = ({ turn }) => {
  const [args, says] = inTurn(WRONG_LINES, turn)
  return commandLine(args === '' ? [] : args.split(' '), says)
}

const SETTINGS: readonly (readonly [args: readonly string[], says: string])[] = [
  ...(
    [
      ['stages', '--set'],
      ['=3', 'no path'],
      ['stages[0]trials=3', 'path'],
      ['stages[0].trials=', 'trials'],
      ['stages[0].trials=many', '"many"'],
      ['stages[0].trials=-1', '-1'],
      ['stages[0].trials=.inf', 'trials'],
      ['stages[7].trials=1', '[7]'],
      ['stages[-1].trials=1', 'path'],
      ['stages[99999999999].trials=1', 'path'],
      ['stages.corse.trials=1', 'Did you mean "coarse"?'],
      ['seed.x=1', 'seed'],
      ['nothing=1', '"nothing"'],
      ['trainin.batchSize=1', '"training"'],
      ['training.batchSize={', 'YAML'],
      ['training.batchSize=*x', 'YAML'],
      ['training.batchSize=1: 2: 3', 'YAML'],
      ['__proto__.x=1', 'path'],
      ['constructor=1', 'Unknown key'],
      ['training.__proto__=1', 'path'],
      ['model..hidden=1', 'path'],
      ['.seed=1', 'path'],
      ['seed.=1', 'path'],
      ['[0]=1', 'path'],
      [' = ', 'path'],
      ['seed=\u0000', 'YAML'],
      ['seed=\u001b[31m', 'YAML'],
      [`seed=${'['.repeat(5000)}`, 'YAML'],
      [`${'a.'.repeat(5000)}b=1`, 'steps'],
    ] as const
  ).map(([text, says]) => [['--set', text], says] as const),
  [['--seed', 'x'], '"x"'],
  [['--seed=-1'], '-1'],
  [['--seed', '1.5'], '1.5'],
  [['--seed', '9007199254740993'], 'seed'],
  [['--seed', ''], '--seed needs a value'],
  [['--name', 'a/b'], 'name'],
  [['--name', '../x'], 'name'],
  [['--name', 'x'.repeat(81)], '80'],
  [['--name', ''], '--name needs a value'],
  [['--name', '\u001b[31mred'], 'name'],
]

/** A sound study file, and something set from outside that is not. */
const wrongSetting: Kind = ({ turn }) => {
  const [args, says] = inTurn(SETTINGS, turn)
  const alone = says.endsWith('needs a value')
  return {
    what: JSON.stringify(args).slice(0, 100),
    // A null byte can't stand in an argument; its escape can.
    files: { [STUDY_FILE]: toYaml(CLASSIFIER) },
    args: ({ folder, db }) => [
      'run',
      `${folder}/${STUDY_FILE}`,
      '--db',
      db,
      ...args.map((word) => word.replaceAll('\u0000', '"\\x0"x')),
    ],
    code: 2,
    says: [says],
    mistakes: alone ? null : 1,
  }
}

/** What lies at the path is no study file. */
const noStudy: Kind = ({ turn }) => {
  const cases: readonly (readonly [file: string, files: BadInput['files'], says: string])[] = [
    ['gone.yaml', {}, 'no such file'],
    ['quikstart.yaml', { 'quickstart.yaml': 'name: x\n' }, 'quickstart.yaml?'],
    ['gone/deep/study.yaml', {}, 'no such file'],
    ['folder.yaml', { 'folder.yaml': null }, 'is a folder'],
    ['study.yaml/more.yaml', { 'study.yaml': 'name: x\n' }, 'no such file'],
    [`${'x'.repeat(300)}.yaml`, {}, "can't be read"],
    ['../../../../../../../../../../dev/null', {}, 'not a regular file'],
  ]
  const [file, files, says] = inTurn(cases, turn)
  const args = ({ folder, db }: Places): string[] => ['run', `${folder}/${file}`, '--db', db]
  return { what: file.slice(0, 60), files, args, code: 2, says: [says], mistakes: 1 }
}

/** Commands on a sound store that ask for what there can't be. */
export function commandLineKinds(sound: Buffer): Readonly<Record<string, Kind>> {
  const cases: readonly (readonly [args: readonly string[], says: string])[] = [
    [['trials', '--stage', 'corse'], 'Did you mean "coarse"?'],
    [['trials', '--stage', '7'], '"7"'],
    [['trials', '--stage=-1'], '"-1"'],
    [['trials', '--state', 'dead'], '"dead"'],
    [['trials', '--state', 'complete,faild'], '"faild"'],
    [['trials', '--state', 'constructor'], '"constructor"'],
    [['trials', '--sort', 'lerningRate'], 'Did you mean "learningRate"?'],
    [['trials', '--sort', '__proto__'], '"__proto__"'],
    [['trials', '--sort', '-'], '--sort'],
    [['export', '--format', 'cvs'], 'Did you mean "csv"?'],
    [['export', '--format', 'xlsx'], '"xlsx"'],
    [['export', '-o', 'gone/folder/x.csv'], 'folder does not exist'],
    [['export', '-o', '.'], 'it is a folder'],
    [['weights', '-o', 'gone/w.safetensors'], 'folder does not exist'],
    [['resume', '--set', 'seed=1'], 'seed'],
    [['resume', '--set', 'stages[0].trials=x'], 'trials'],
    [['resume', '--set', 'stages[0].trials=1'], 'at least 2'],
    [['resume', '--set', 'limits.retries=1000'], 'retries'],
    [['resume', '--set', 'limits.retires=1'], 'retires'],
    [['resume', '--set', '__proto__.x=1'], 'path'],
    [['predict', '--data', 'gone.csv'], 'gone.csv'],
    [['predict', '--data', 'wide.csv'], 'wide.csv'],
    [['predict', '--data', 'text.csv'], 'text.csv'],
    [['predict', '--data', 'x.npy'], 'x.npy'],
    [['predict', '--data', 'x.parquet'], 'x.parquet'],
  ]
  const wrongQuestion: Kind = ({ turn }) => {
    const [args, says] = inTurn(cases, turn)
    return {
      what: args.join(' '),
      files: {
        'sound.db': sound,
        'wide.csv': '1,2,3,4,5\n',
        'text.csv': 'a,b\n1,x\n',
        'x.npy': 'NUMPY',
        'x.parquet': 'PAR1',
      },
      args: ({ folder }) => [
        ...args.map((word) =>
          /\.(csv|npy|parquet|safetensors)$|^\.$/.test(word) ? `${folder}/${word}` : word,
        ),
        '--db',
        `${folder}/sound.db`,
      ],
      code: 2,
      says: [says],
      mistakes: null,
    }
  }
  return {
    'an unknown command': unknownCommand,
    'an unknown option': unknownOption,
    'a wrong number': wrongNumber,
    'a wrong command line': wrongLine,
    'a wrong setting': wrongSetting,
    'no study file': noStudy,
    'a wrong question': wrongQuestion,
  }
}
