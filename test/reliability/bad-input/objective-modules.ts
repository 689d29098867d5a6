import { type BadInput, inTurn, type Kind } from './bad-input.ts'
import { runStudyFile, STUDY_FILE } from './sound-studies.ts'

type Module = readonly [name: string, text: string, says: readonly (string | RegExp)[]]

const GOOD = `import { defineObjective, float } from 'finesweep'
export default defineObjective({ x: float(0, 1) }, function* () { yield { step: 1, value: 1, metrics: {} } })
`

const NO_OBJECTIVE: readonly Module[] = [
  ['empty.ts', '', ['default export']],
  ['comment.mjs', '// nothing\n', ['there is none']],
  [
    'named.ts',
    GOOD.replace('default', 'const objective =').replace(
      'const objective = defineObjective',
      'const objective = defineObjective',
    ),
    ['there is none'],
  ],
  ...[
    '1',
    '"text"',
    'null',
    'true',
    '{}',
    '[]',
    'Symbol("x")',
    '{ run: 1 }',
    '{ space: {} }',
    '{ space: null, run: null }',
    'Promise.resolve(1)',
    'new Map()',
  ].map(
    (value, i): Module => [
      `default-${i}.mjs`,
      `export default ${value}\n`,
      ['default export of an objective must be'],
    ],
  ),
  ['generator.mjs', 'export default function* () {}\n', ['space is missing']],
  ['class.mjs', 'export default class {}\n', ['space is missing']],
  ['void-0.js', 'export default void 0\n', ['there is none']],
  ['commonjs.cjs', 'module.exports = 3\n', ['default export']],
]

const NO_SYNTAX: readonly Module[] = [
  ['half.ts', GOOD.slice(0, 100), ['does not parse']],
  ['half.mjs', GOOD.slice(0, 130), ['does not parse']],
  ['brace.mjs', `${GOOD}}\n`, ['does not parse']],
  ['python.ts', 'def objective(lr):\n    return lr\n', ['does not parse']],
  ['json.mjs', '{ "lr": 1 }\n', ['does not parse']],
  ['binary.mjs', '\u0000\u0001\u0002\u0003', ['does not parse']],
  ['quote.js', 'export default "open\n', ['does not parse']],
  ['enum.ts', `enum A { x }\n${GOOD}`, ['enum', 'stripped']],
  ['namespace.ts', `namespace A { export const x = 1 }\n${GOOD}`, ['stripped']],
  ['property.ts', `class A { constructor(private x: number) {} }\n${GOOD}`, ['stripped']],
  ['twice.mjs', `const a = 1\nconst a = 2\n${GOOD}`, ['does not parse']],
  ['half.cjs', 'module.exports = (\n', ['does not parse']],
  ['two-defaults.mjs', `${GOOD}export default 1\n`, ['does not parse']],
  ['no-name.mjs', `import { nothing } from './other.mjs'\n${GOOD}`, ['nothing']],
  ['no-export.mjs', `import { fload } from 'finesweep'\n${GOOD}`, ['fload']],
  ['no-file.mjs', `import './gone.mjs'\n${GOOD}`, ['gone.mjs']],
  ['no-package.mjs', `import 'no-such-package-at-all'\n${GOOD}`, ['no-such-package-at-all']],
  ['no-scheme.mjs', `import 'https://example.org/x.mjs'\n${GOOD}`, [/no-scheme\.mjs|https/]],
]

const THROWING: readonly Module[] = [
  ['error.mjs', 'throw new Error("out of sorts")', ['out of sorts', /:1:\d+ /]],
  ['error.ts', `const x: number = 1\nthrow new Error("out of " + x)\n`, ['out of 1', /:2:\d+ /]],
  ['type.mjs', 'null.x', ['Cannot read properties of null']],
  ['reference.mjs', 'nowhere()', ['nowhere is not defined']],
  ['text.mjs', 'throw "a text"', ['a text']],
  ['number.mjs', 'throw 7', ['7']],
  ['nothing.mjs', 'throw null', ['null']],
  ['void.mjs', 'throw void 0', ['nothing']],
  ['object.mjs', 'throw { code: 3 }', [/object\.mjs/]],
  ['bare.mjs', 'throw Object.create(null)', [/bare\.mjs/]],
  ['symbol.mjs', 'throw Symbol("sign")', ['sign']],
  ['lines.mjs', 'throw new Error("first line\\nsecond line\\n    at somewhere (file:1:2)")', ['first line']],
  ['long.mjs', 'throw new Error("x".repeat(100000))', ['xxxx']],
  ['silent.mjs', 'throw new Error("")', [/silent\.mjs:1:\d+ /]],
  ['colour.mjs', 'throw new Error("\\u001b[31mred\\u001b[0m")', ['red']],
  [
    'stackless.mjs',
    'const e = new Error("no stack"); delete e.stack; e.stack = undefined; throw e',
    ['no stack'],
  ],
  ['odd-name.mjs', 'throw Object.assign(new Error("odd"), { name: 7, code: {} })', ['odd']],
  ['rejected.mjs', 'await Promise.reject(new Error("rejected late"))', ['rejected late']],
  ['exit-0.mjs', 'process.exit(0)', ['process.exit(0)']],
  ['exit-6.mjs', 'process.exit(6)', ['process.exit(6)']],
  ['deep.mjs', 'const f = () => f(); f()', ['call stack']],
  [
    'getter.mjs',
    'export default { get space() { throw new Error("no space today") }, run() {} }',
    ['no space today'],
  ],
  [
    'proxy.mjs',
    'export default new Proxy({}, { get() { throw new Error("a closed door") } })',
    ['a closed door'],
  ],
  ['range.mjs', 'new Array(-1)', ['nvalid array length']],
  [
    'own-class.mjs',
    'class MyError extends Error {}\nthrow new MyError("of my own")',
    ['of my own', /:2:\d+ /],
  ],
]

const define = (space: string, rest = ''): string =>
  `import { choice, defineObjective, float, int } from 'finesweep'
export default defineObjective(${space}, function* () {}${rest})
`

const UNSOUND: readonly Module[] = [
  ['log.ts', define('{ x: float(0, 1, { log: true }) }'), ['low must be > 0', 'got 0', /:2:\d+ /]],
  ['order.ts', define('{ x: float(1, 0) }'), ['low must be below high']],
  ['half.ts', define('{ x: int(0.5, 3) }'), ['whole number', '0.5']],
  ['nan.ts', define('{ x: float(NaN, 3) }'), ['finite number']],
  ['step.ts', define('{ x: float(0, 1, { step: -1 }) }'), ['step']],
  ['none.ts', define('{ x: choice([]) }'), ['choices']],
  ['twice.ts', define('{ x: choice([1, 1]) }'), ['must be unique']],
  ['text.ts', define('"space"'), [/text\.ts/]],
  ['null.ts', define('null'), [/null\.ts/]],
  ['list.ts', define('[1, 2]'), [/list\.ts/]],
  ['bare.ts', define('{ x: float }'), [/bare\.ts/]],
  ['list-in.ts', define('{ x: [0, 1] }'), [/list-in\.ts/]],
  ['rule.ts', define('{ x: float(0, 1) }', ', { require: "y < 1" }'), ['y']],
  ['no-rule.ts', define('{ x: float(0, 1) }', ', { require: "x <" }'), ['require']],
  ['no-run.ts', GOOD.replace(/function.*$/s, '3)\n'), ['the second argument must be a function']],
  ['by-hand.mjs', 'export default { space: { parameters: 3 }, run() {} }', [/by-hand\.mjs|space/]],
  ['empty-space.mjs', 'export default { space: {}, run() {} }', [/empty-space\.mjs|space/]],
  ['null-space.mjs', 'export default { space: null, run() {} }', ['space is missing']],
]

function moduleKind(modules: readonly Module[]): Kind {
  return ({ turn }): BadInput => {
    const [name, text, says] = inTurn(modules, turn)
    return {
      what: name,
      files: { [STUDY_FILE]: study(name), [name]: text, 'other.mjs': 'export const something = 1\n' },
      args: runStudyFile,
      code: 2,
      says,
      mistakes: null,
    }
  }
}

function study(module: string): string {
  return `objective: ./${module}\ndirection: maximize\nstages: [{ trials: 2, epochs: 1 }]\n`
}

/** What lies at the module's path is no file of a module. */
const noModule: Kind = ({ turn }) => {
  const [name, content] = inTurn(
    [
      ['folder.ts', null],
      ['text.json', '{}'],
      ['program.py', 'print(1)\n'],
      ['picture.png', '\u0089PNG'],
      ['study.yaml', 'name: x\n'],
    ] as const,
    turn,
  )
  const files = { [STUDY_FILE]: study(name), [name]: content }
  return { what: name, files, args: runStudyFile, code: 2, says: [name], mistakes: null }
}

const parameters: readonly (readonly [text: string, says: string])[] = [
  ['space: { y: { float: [0, 1] } }', 'Unknown key "y"'],
  ['require: y < 1', 'y'],
  ['stages: [{ trials: 2, startWith: [{ x: 7 }] }]', '7'],
  ['stages: [{ trials: 2, startWith: [{ z: 0.5 }] }]', '"z"'],
]

/** The file and the module do not fit together. */
const misfit: Kind = ({ turn }) => {
  const [text, says] = inTurn(parameters, turn)
  return {
    what: text,
    files: { [STUDY_FILE]: `objective: ./good.ts\ndirection: maximize\n${text}\n`, 'good.ts': GOOD },
    args: runStudyFile,
    code: 2,
    says: [says],
    mistakes: 1,
  }
}

export const MODULE_KINDS: Readonly<Record<string, Kind>> = {
  'no objective in the module': moduleKind(NO_OBJECTIVE),
  'a module that does not load': moduleKind(NO_SYNTAX),
  'a module that throws': moduleKind(THROWING),
  'an unsound space': moduleKind(UNSOUND),
  'no module at all': noModule,
  'a module and a file that do not fit': misfit,
}
