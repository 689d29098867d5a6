import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { describeError, UserErrors } from '../../src/errors.ts'
import { experimentFromJson, experimentToJson } from '../../src/study-file/experiment-json.ts'
import { type ParseOptions, parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { parseYaml } from '../../src/study-file/yaml-file.ts'

const DOCUMENT = readFileSync('docs/study-file.md', 'utf8')
const TEXTS = [
  ...[...DOCUMENT.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!),
  ...readdirSync('experiments')
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(`experiments/${name}`, 'utf8')),
]

/** What must never be shown to people: the program's own words. */
const OURS = /undefined|\[object|Zod|TypeError|RangeError|\n|\0|\bat .*:\d+:\d+\)|node_modules|\.\. /

/** Reads a text that may be anything: it is an experiment that survives the store, or a list of sentences. */
function readAnything(text: string, options: ParseOptions = {}): void {
  let mistakes: UserErrors
  try {
    const experiment = parseExperiment(text, 'mine.yaml', options)
    expect(experimentFromJson(experimentToJson(experiment))).toEqual(JSON.parse(JSON.stringify(experiment)))
    return
  } catch (error) {
    if (!(error instanceof UserErrors)) throw error
    mistakes = error
  }
  expect(mistakes.code).toBe('usage')
  expect(mistakes.mistakes.length).toBeGreaterThan(0)
  expect(mistakes.mistakes.length).toBeLessThan(22)
  for (const mistake of mistakes.mistakes) {
    const sentence = describeError(mistake)
    expect(sentence).not.toMatch(OURS)
    expect(sentence).toMatch(/^(mine\.yaml(:\d+:\d+)?|--set( .*?)?|--seed|--name) {2}.*[.!?"')]$/)
    expect(sentence.length).toBeLessThan(1000)
  }
}

const JUNK: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      Number.NaN,
      Infinity,
      -Infinity,
      1e308,
      -1e308,
      2 ** 53,
      5e-324,
      -1,
      0,
      0.5,
      1,
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      null,
      true,
      '',
      ' ',
      'yes',
      '1e-3',
      'adam',
      'x'.repeat(5000),
      '../..',
      '\u0007\u2028é😀',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      [],
      {},
      [[]],
      [null],
      { float: [0, 1] },
      { kind: 'adam' },
      { kind: null },
    ),
  },
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.array(fc.oneof(fc.integer(), fc.string(), fc.constant(null)), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string(), fc.constant(null)), { maxKeys: 3 }),
)

type Tree = Record<string | number, unknown>

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value)
  return [path, ...keys.flatMap((key) => pathsOf((value as Tree)[key], [...path, key]))]
}

/** The tree with the value at a path put in place, dropped, or moved to another key. */
function mutate(tree: unknown, pick: number, action: 'replace' | 'drop' | 'rename', junk: unknown): unknown {
  const copy = structuredClone(tree)
  const paths = pathsOf(copy)
  const path = paths[pick % paths.length]!
  if (path.length === 0) return action === 'replace' ? junk : copy
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Tree)[key], copy) as Tree
  const key = path.at(-1)!
  if (action === 'replace') parent[key] = junk
  else if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else {
    if (action === 'rename') parent[`${key}`.slice(0, -1) || 'x'] = parent[key]
    delete parent[key]
  }
  return copy
}

describe('whatever is done to a study file, it is an experiment or a list of sentences', () => {
  const trees = TEXTS.map((text) => parseYaml(text, 'mine.yaml').value)

  test('when fields are missing, misnamed, of wrong type, out of range or huge', { timeout: 120_000 }, () => {
    const mutation = fc.tuple(fc.nat(), fc.constantFrom('replace', 'replace', 'drop', 'rename'), JUNK)
    fc.assert(
      fc.property(
        fc.nat(trees.length - 1),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (index, mutations) => {
          const tree = mutations.reduce(
            (value, [pick, action, junk]) => mutate(value, pick, action, junk),
            trees[index],
          )
          readAnything(stringify(tree, { aliasDuplicateObjects: false }))
        },
      ),
      { numRuns: 600 },
    )
  })

  test('when its text is cut, doubled or sprinkled with anything', { timeout: 120_000 }, () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        '\t',
        '\n',
        '- ',
        ': ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '&a ',
        '*a',
        '!!x ',
        '---\n',
        '|',
        '>',
        '#',
        '? ',
        ', ',
      ),
    )
    const change = fc.tuple(fc.nat(), fc.nat(20), piece)
    fc.assert(
      fc.property(
        fc.nat(TEXTS.length - 1),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (index, changes) => {
          const text = changes.reduce((current, [position, length, inserted]) => {
            const start = position % (current.length + 1)
            return current.slice(0, start) + inserted + current.slice(start + length)
          }, TEXTS[index]!)
          readAnything(text)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('when it is nothing but noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readAnything(Buffer.from(bytes).toString('latin1'))
        readAnything(Buffer.from(bytes).toString('utf8'))
      }),
      { numRuns: 100 },
    )
  })

  test('when anything is set from outside', () => {
    const name = fc.constantFrom(
      'stages',
      'trials',
      'space',
      'reg',
      'training',
      'optimizer',
      'kind',
      'data',
      '0',
      'x',
      'float',
    )
    const step = fc.oneof(
      name.map((key) => `.${key}`),
      fc.nat(3).map((index) => `[${index}]`),
      fc.string({ maxLength: 3 }),
    )
    const path = fc
      .tuple(name, fc.array(step, { maxLength: 3 }))
      .map(([first, rest]) => first + rest.join(''))
    const value = fc.oneof(
      fc.string({ maxLength: 8 }),
      JUNK.map((junk) => JSON.stringify(junk) ?? ''),
    )
    const overrides = fc.array(
      fc.tuple(path, value).map(([key, text]) => `${key}=${text}`),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(fc.nat(TEXTS.length - 1), overrides, (index, texts) => {
        readAnything(TEXTS[index]!, { overrides: texts })
      }),
      { numRuns: 200 },
    )
  })
})
