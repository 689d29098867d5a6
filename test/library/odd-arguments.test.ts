import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import * as api from '../../src/index.ts'
import * as authoring from '../../src/objective/authoring.ts'
import * as program from '../../src/objective/program/client.ts'
import { searchSpace } from '../../src/space/constructors.ts'
import { request } from '../../src/testing/requests.ts'
import * as testing from '../../src/testing/suites.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-odd-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const yaml = path.join(folder, 'odd.yaml')
writeFileSync(yaml, 'direction: minimize\nspace: { x: { float: [0, 1] } }\nobjective: external\n')
const db = path.join(folder, 'odd.db')
const kept = api.study({
  name: 'odd',
  direction: 'minimize',
  space: { x: api.float(0, 1) },
  objective: 'external',
  stages: [{ trials: 4, epochs: 1 }],
  store: db,
})
await kept.ask()
afterAll(() => kept.close())

/** What JavaScript may pass in place of anything. */
const ODD: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  zero: 0,
  minus: -1,
  NaN: Number.NaN,
  big: 1n,
  empty: '',
  word: path.join(folder, 'odd word'),
  true: true,
  symbol: Symbol('odd'),
  function: () => {},
  list: [],
  lists: [[]],
  object: {},
  extra: { odd: 1 },
  bare: Object.create(null),
  proxy: new Proxy({}, {}),
  map: new Map([['odd', 1]]),
  date: new Date(0),
  promise: Promise.resolve(1),
}

const OBJECTS = ['object', 'bare', 'proxy']

interface Call {
  readonly of: unknown
  /** Arguments that are right. */
  readonly args: readonly unknown[]
  /** For each argument the odd values that are right, too. */
  readonly takes: readonly (readonly string[])[]
}

const space = searchSpace({ x: api.float(0, 1) })
const asked = request(space, 1, [])
const draws = api.trialDraws(asked, 'odd')
const runner = { test: () => {}, after: () => {} }
const sampler: api.Sampler = { name: 'odd', adaptive: false, propose: () => ({ x: 0.5 }) }
const options = ['nothing', ...OBJECTS]
const values = ['zero', 'minus', 'empty', 'word', 'true']

const RANGE: Omit<Call, 'of'> = { args: [0, 1, {}], takes: [['minus', 'zero'], ['zero'], options] }
const LEFT_OUT = ['nothing']

/** Every function that finesweep exports, by its name. */
const CALLS: Readonly<Record<string, Omit<Call, 'of'>>> = {
  float: RANGE,
  int: RANGE,
  choice: { args: [[1, 2], {}], takes: [[], options] },
  fixed: { args: [1], takes: [['null', ...values]] },
  when: { args: [{ x: 1 }, api.float(0, 1)], takes: [['extra'], []] },
  defineObjective: {
    args: [{ x: api.float(0, 1) }, () => 1, {}],
    takes: [OBJECTS, ['function'], options],
  },
  study: { args: [{}], takes: [OBJECTS] },
  studyFromFile: { args: [yaml, {}], takes: [[], options] },
  openStudy: { args: [db, 'odd'], takes: [[], LEFT_OUT] },
  createMemoryStore: { args: [{}], takes: [options] },
  openReader: { args: [db, {}], takes: [[], options] },
  openWriter: { args: [db, {}], takes: [['word'], options] },
  trialDraws: { args: [asked, 'odd'], takes: [[], ['empty', 'word']] },
  isAdmissible: { args: [asked, { x: 0.5 }], takes: [[], [...OBJECTS, 'extra']] },
  admissible: { args: [asked, { x: 0.5 }], takes: [[], [...OBJECTS, 'extra']] },
  drawAdmissible: { args: [asked, draws], takes: [[], []] },
  axesOf: { args: [space], takes: [[]] },
  paramsAt: { args: [space, [0.5]], takes: [[], []] },
  fromUnit: { args: [api.float(0, 1), 0.5], takes: [[], ['zero', 'minus']] },
  toUnit: { args: [api.float(0, 1), 0.5], takes: [[], ['zero', 'minus', 'NaN']] },
  readTrial: { args: [{}], takes: [[]] },
  report: { args: [1, {}], takes: [['zero', 'minus', 'NaN'], options] },
  checkSampler: { args: [sampler, runner, {}], takes: [[], [], options] },
  checkStore: {
    args: [api.createMemoryStore, runner, {}],
    takes: [['function'], [], options],
  },
  checkExecutor: { args: [() => ({ close() {} }), runner, {}], takes: [['function'], [], options] },
}

/** What study and openStudy give. */
const METHODS: Readonly<Record<string, Omit<Call, 'of'>>> = {
  run: { args: [{}], takes: [[]] },
  tell: { args: [0, 'again'], takes: [['zero'], []] },
  import: { args: [[], {}], takes: [[], []] },
  trials: { args: [{}], takes: [options] },
  measurements: { args: [0], takes: [['zero']] },
  export: { args: ['csv'], takes: [[]] },
}

/** Errors that are classes take what any error takes. */
const CLASSES = ['UserError', 'UserErrors', 'FailedError', 'DivergedError', 'Study', 'StudyView']

const exported: Readonly<Record<string, unknown>> = { ...api, ...authoring, ...program, ...testing }

test('every export is looked at here', () => {
  const functions = Object.keys(exported).filter((name) => typeof exported[name] === 'function')
  expect(Object.keys(CALLS).sort()).toEqual(functions.filter((name) => !CLASSES.includes(name)).sort())
})

/** What a call says: an error of ours; or how it failed otherwise. */
async function outcome(call: () => unknown): Promise<string> {
  try {
    await call()
    return 'taken'
  } catch (error) {
    const { name, message } = error as Error
    const isOurs =
      error instanceof api.UserError ||
      (name === 'Error' && /^(report|readTrial|FINESWEEP_\w+)\b/.test(message))
    const isSentence = message.length > 10 && !/of undefined|is not a function|Cannot /.test(message)
    return isOurs && isSentence ? 'refused' : `${name}: ${message}`
  }
}

function* oddCalls({ args, takes }: Omit<Call, 'of'>) {
  for (const [position, usual] of takes.entries()) {
    for (const [name, value] of Object.entries(ODD)) {
      yield {
        what: `argument ${position} ${name}`,
        args: args.with(position, value),
        takes: usual.includes(name),
      }
    }
  }
}

async function wrongAnswers(of: Call['of'], call: Omit<Call, 'of'>): Promise<string[]> {
  const wrong: string[] = []
  for (const { what, args, takes } of oddCalls(call)) {
    const answer = await outcome(() => (of as (...args: unknown[]) => unknown)(...args))
    if (answer !== (takes ? 'taken' : 'refused')) wrong.push(`${what}: ${answer}`)
  }
  return wrong
}

describe('a wrong kind of argument is refused in a sentence', () => {
  test.each(Object.entries(CALLS))('%s', async (name, call) => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const wrong = await wrongAnswers(exported[name], call)
    vi.restoreAllMocks()
    expect(wrong).toEqual([])
  })

  test.each(Object.entries(METHODS))('of a study: %s', async (name, call) => {
    const method = (...args: unknown[]) =>
      (kept as unknown as Record<string, (...all: unknown[]) => unknown>)[name]!(...args)
    expect(await wrongAnswers(method, call)).toEqual([])
  })
})
