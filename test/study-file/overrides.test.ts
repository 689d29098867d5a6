import { describe, expect, test } from 'vitest'
import { describeError, UserError } from '../../src/errors.ts'
import { applyOverrides, labelOf, parseOverride } from '../../src/study-file/overrides.ts'

const SHORTHANDS = { 'training.optimizer': 'kind' }
const parse = (text: string) => parseOverride(text, '--set')

const TREE = {
  stages: [{ name: 'coarse', trials: 64 }, { name: 'fine' }],
  training: { optimizer: 'adam' },
  space: { lr: 1 },
}

function applied(...texts: string[]): unknown {
  return applyOverrides(
    TREE,
    texts.map((text) => parse(text)),
    SHORTHANDS,
  ).value
}

function sentence(...texts: string[]): string {
  try {
    applied(...texts)
  } catch (error) {
    if (error instanceof UserError) return describeError(error)
    throw error
  }
  throw new Error('these overrides were taken')
}

describe('an override', () => {
  test('sets a field of the file, and leaves the file as it was', () => {
    expect(applied('stages[0].trials=8')).toEqual({
      ...TREE,
      stages: [{ name: 'coarse', trials: 8 }, { name: 'fine' }],
    })
    expect(TREE.stages[0]?.trials).toBe(64)
  })

  test('has a value in YAML', () => {
    expect(parse('space.lr={ float: [1e-4, 1e-2], log: true }').value).toEqual({
      float: [1e-4, 1e-2],
      log: true,
    })
    expect(parse('a==b').value).toBe('=b')
    expect(parse('a=').value).toBe(null)
    expect(parse('a="1"').value).toBe('1')
  })

  test('makes the blocks that are missing on its way', () => {
    expect(applied('limits.retries=2', 'budget.epochs=400')).toMatchObject({
      limits: { retries: 2 },
      budget: { epochs: 400 },
    })
  })

  test('may name an entry of a list, or append one', () => {
    expect(applied('stages.fine.trials=8', 'stages[2].name=finer')).toMatchObject({
      stages: [{ name: 'coarse' }, { name: 'fine', trials: 8 }, { name: 'finer' }],
    })
  })

  test('turns a short form into the block it stands for', () => {
    expect(applied('training.optimizer.beta1=0.8')).toMatchObject({
      training: { optimizer: { kind: 'adam', beta1: 0.8 } },
    })
  })

  test('comes after those before it', () => {
    expect(applied('space={ a: 1 }', 'space.b=2')).toMatchObject({ space: { a: 1, b: 2 } })
    expect(applied('space.b=2', 'space={ a: 1 }')).toMatchObject({ space: { a: 1 } })
  })

  test('labels the places of what it set', () => {
    const overrides = [parse('space={ a: 1 }'), parse('space.b=2')]
    expect(labelOf(overrides, ['space', 'b'])).toBe('--set space.b')
    expect(labelOf(overrides, ['space', 'a'])).toBe('--set space')
    expect(labelOf(overrides, ['stages'])).toBeUndefined()
  })

  test.each([
    ['stages', '--set  "stages" sets nothing. Write path=value, for example stages[0].trials=8.'],
    ['=3', '--set  The path before the = is missing.'],
    ['stages[x]=3', '--set  "stages[x]" is not a path in a study file (at character 7).'],
    ['a..b=3', '--set  "a..b" is not a path in a study file'],
    ['.a=3', '--set  ".a" is not a path in a study file'],
    ['__proto__.a=3', '--set  "__proto__.a" is not a path in a study file'],
    ['stages[0].__proto__=3', '--set  "stages[0].__proto__" is not a path in a study file'],
    ['space["a.b]=3', 'is not a path in a study file'],
    [`${'a.'.repeat(5000)}a=1`, 'has more than 40 steps'],
    ['a={ b: 1', '--set a  The value "{ b: 1" is not valid YAML.'],
    ['stages[5].trials=8', '--set stages[5].trials  stages has 2 entries, numbered from 0; there is no [5].'],
    ['stages.fien.trials=8', '--set stages.fien.trials  No entry is named "fien". Did you mean "fine"?'],
    ['space[0]=8', '--set space[0]  space is not a list. Write space without [0].'],
    [
      'space.lr.low=8',
      '--set space.lr.low  space.lr is 1 in the file, which has no keys. Set space.lr as a whole.',
    ],
  ])('%s is refused with a sentence', (text, expected) => {
    expect(sentence(text)).toContain(expected)
  })

  test.each(['|', '>', '#', '#;', '%', '&', '*', '!', '?', '@', '`', '-', '[', ']', '{', '}', ',', '|-'])(
    'with the bare sign %s as its value says to quote it, with the key at hand',
    (sign) => {
      expect(sentence(`data.comment=${sign}`)).toBe(
        `--set data.comment  "${sign}" has a special meaning in YAML. Text like this needs quotes: 'data.comment="${sign}"'.`,
      )
      expect(parse(`data.comment="${sign}"`).value).toBe(sign)
    },
  )

  test('drops no comment without a word', () => {
    expect(sentence('name=run #2')).toContain(`'name="run #2"'.`)
    expect(parse('name="run #2"').value).toBe('run #2')
    expect(parse('name=run#2').value).toBe('run#2')
    expect(parse('space=# ranges\na: 1 # the first\nb: 2').value).toEqual({ a: 1, b: 2 })
  })

  test('that is no YAML shows how its own key is quoted', () => {
    expect(sentence('name=@home')).toBe(
      `--set name  The value "@home" is not valid YAML. YAML needs quotes inside those of the whole: 'name="@home"'.`,
    )
  })

  test('keeps every digit of a whole number, or is refused', () => {
    expect(sentence('seed=9007199254740993')).toBe(
      '--set seed  seed must be at most 9007199254740991 to be represented exactly, got 9007199254740993.',
    )
    expect(sentence('space.id.choices=[1, 123456789012345678901234567890]')).toBe(
      '--set space.id.choices  id: choices[1] must be at most 9007199254740991 to be represented exactly, got 123456789012345678901234567890. Put it in quotes.',
    )
  })

  test('reaches names that hold a dot, and names that every object has', () => {
    const tree = { space: { 'my.rate': { float: [0, 1] }, constructor: { int: [1, 2] } } }
    const overrides = [
      'space["my.rate"].float=[1, 2]',
      "space['my.rate'].log=true",
      'space.constructor.int=[3, 4]',
      'space.toString=5',
    ]
    expect(
      applyOverrides(
        tree,
        overrides.map((text) => parse(text)),
        {},
      ).value,
    ).toEqual({
      space: {
        'my.rate': { float: [1, 2], log: true },
        constructor: { int: [3, 4] },
        toString: 5,
      },
    })
  })
})
