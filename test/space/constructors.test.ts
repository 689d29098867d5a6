import { describe, expect, expectTypeOf, it } from 'vitest'
import { describeError, UserError } from '../../src/errors.ts'
import { checkParams } from '../../src/space/check-params.ts'
import { choice, fixed, float, int, type ParamsOf, searchSpace, when } from '../../src/space/constructors.ts'
import { DEFAULT_SPACE } from '../../src/space/default-space.ts'
import type { Params } from '../../src/space/distribution.ts'
import { paramsAt } from '../../src/space/points.ts'

function sentence(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    if (error instanceof UserError) return describeError(error)
    throw error
  }
  return 'no error'
}

describe('spaces written in code', () => {
  it('say in a sentence what is wrong with a range', () => {
    expect(sentence(() => float(0, 1, { log: true }))).toBe(
      'float(0, 1): low must be > 0 on a log scale, got 0. Raise low, or drop log.',
    )
    expect(sentence(() => float(0.5, 0.4))).toBe(
      'float(0.5, 0.4): low must be below high, got 0.5 and 0.4. Swap them.',
    )
    expect(sentence(() => int(1, 2.5))).toMatch('high must be a whole number, got 2.5')
    expect(sentence(() => int(0, 8, { log: true }))).toMatch('low must be at least 1 on a log scale, got 0')
    expect(sentence(() => float(0, 1, { step: 2 }))).toMatch('step must fit between low and high, got 2')
    expect(sentence(() => float(1, 2, { log: true, step: 0.1 }))).toMatch('step cannot be combined with log')
    expect(sentence(() => choice([]))).toMatch('choices must not be empty')
    expect(sentence(() => choice(['a', 'a']))).toMatch('choices must be unique; "a" is repeated')
    expect(sentence(() => float(Number.NaN, 1))).toMatch('low must be a finite number, got NaN')
    expect(sentence(() => int(1, 2 ** 53))).toMatch('high must lie within ±(2^53 - 1), got 9007199254740992')
    expect(sentence(() => float(0, 1, { soft: true, hard: true }))).toMatch(
      'soft and hard cannot be combined',
    )
  })

  it.each<[make: () => unknown, expected: string]>([
    [
      () => float(0.1, 1, { lgo: true } as object),
      'float(0.1, 1): unknown option "lgo". Did you mean "log"?',
    ],
    [
      () => int(1, 8, { base: 2 } as object),
      'int(1, 8): unknown option "base". Known options: log, soft, hard, step.',
    ],
    [
      () => float(0.1, 1, 'log' as never),
      'float(0.1, 1): its options must be an object, got "log". Write { log: true }.',
    ],
    [
      () => float(0.1, 1, { log: 1 } as object),
      'float(0.1, 1): log must be true or false, got 1. Write { log: true }.',
    ],
    [
      () => float([0, 1] as never, undefined as never),
      'float(a list, undefined): low must be a finite number, got a list. Use two numbers.',
    ],
    [
      () => float(1, undefined as never),
      'float(1, undefined): high must be a finite number, got undefined. Use two numbers.',
    ],
    [() => int(1n as never, 5), 'int(1n, 5): low must be a finite number, got 1n. Use two numbers.'],
    [
      () => choice('abc' as never),
      `choice: its choices must be a list, got "abc". Write choice(['relu', 'tanh']).`,
    ],
    [
      () => choice(['a'], 'b' as never),
      `choice: its options must be an object, got "b". Write all choices in one list: choice(['relu', 'tanh']).`,
    ],
    [
      () => choice(['a'], { order: true } as object),
      'choice: unknown option "order". Known options: ordered.',
    ],
    [
      () => when(((p: { a: number }) => p.a === 1) as never, float(0, 1)),
      `when: the condition must be an object, got a function. Write when({ optimizer: 'adam' }, float(0.8, 0.99)).`,
    ],
    [
      () => when(float(0, 1) as never, { a: 1 } as never),
      `when: the distribution must be made by float, int, choice or fixed, got a block of keys. Write when({ optimizer: 'adam' }, float(0.8, 0.99)).`,
    ],
    [
      () => when({ a: 1 }, 5 as never),
      `when: the distribution must be made by float, int, choice or fixed, got 5. Write when({ optimizer: 'adam' }, float(0.8, 0.99)).`,
    ],
    [
      () => when({ a: 1 }, when({ b: 2 }, float(0, 1)) as never),
      `when: the distribution already has a condition. Write one condition: when({ optimizer: 'sgd', nesterov: true }, float(0, 1)).`,
    ],
  ])('refuse what only types keep out (%#)', (make, expected) => {
    expect(sentence(make)).toBe(expected)
  })

  it('refuse a condition that names no value', () => {
    const parameters = { a: choice([1, 2]), b: when({ a: [] }, float(0, 1)) }
    expect(sentence(() => searchSpace(parameters))).toBe(
      'b: when lists no value of a. List one, or drop the parameter.',
    )
  })

  it('are hard unless they say soft, and fixed if they hold one value', () => {
    expect(float(0, 1)).toMatchObject({ hard: true })
    expect(int(0, 9, { soft: true })).toMatchObject({ hard: false })
    expect(float(0.5, 0.5)).toEqual(fixed(0.5))
    expect(int(3, 3, { log: true })).toEqual(fixed(3))
    expect(choice([null, 0.1]).choices).toEqual([null, 0.1])
  })

  it('say what a condition or a rule names that is not there', () => {
    expect(sentence(() => searchSpace({ a: when({ b: 1 }, float(0, 1)) }))).toMatch(
      'when refers to "b", which is not a parameter',
    )
    const optimizer = choice(['adam', 'sgd'])
    expect(sentence(() => searchSpace({ optimizer, a: when({ optimizer: 'adm' }, float(0, 1)) }))).toBe(
      'a: when requires optimizer "adm", which is not one of its choices. Its choices are "adam", "sgd".',
    )
    expect(sentence(() => searchSpace({ a: when({ a: 1 }, int(1, 2)) }))).toMatch(
      'its condition depends on itself',
    )
    expect(sentence(() => searchSpace({ a: int(1, 2) }, { require: 'a <= b' }))).toBe(
      'require "a <= b": there is no parameter "b" (column 6). Correct the rule.',
    )
  })

  it('have names by one rule, those of every object among them', () => {
    for (const name of ['$number', 'a b', '1st', '__proto__', '', 'x'.repeat(81)]) {
      expect(sentence(() => searchSpace({ [name]: int(1, 2) }))).toMatch(/^A parameter can't be called /)
    }
    const space = searchSpace({
      kind: choice(['a', 'b']),
      constructor: when({ kind: 'a' }, float(0, 1)),
      'my-rate': float(0, 1),
      'a.b': int(1, 3),
      toString: fixed(1),
    })
    const params = paramsAt(space, [0.9, 0.5, 0.5, 0.5])
    expect(params).toEqual({ kind: 'b', 'my-rate': 0.5, 'a.b': 2, toString: 1 })
    expect(checkParams(space, params)).toEqual([])
    expect(Object.keys(paramsAt(space, [0.1, 0.5, 0.5, 0.5]))).toContain('constructor')
  })

  it('are plain frozen data', () => {
    const space = searchSpace({ lr: float(1e-5, 1, { log: true }), act: choice(['relu', 'tanh']) })
    expect(Object.isFrozen(space) && Object.isFrozen(space.parameters)).toBe(true)
    expect(JSON.parse(JSON.stringify(space))).toEqual({
      parameters: {
        lr: { kind: 'float', low: 1e-5, high: 1, log: true, step: null, hard: true },
        act: { kind: 'categorical', choices: ['relu', 'tanh'], ordered: false },
      },
      conditions: {},
      constraints: [],
    })
  })

  it('infer the params they give', () => {
    const parameters = {
      lr: float(1e-5, 1),
      units: int(1, 8),
      act: choice(['relu', 'tanh']),
      kind: fixed('mlp'),
      beta: when({ act: 'relu' }, float(0, 1)),
    }
    type P = ParamsOf<typeof parameters>
    expectTypeOf<P['lr']>().toEqualTypeOf<number>()
    expectTypeOf<P['units']>().toEqualTypeOf<number>()
    expectTypeOf<P['act']>().toEqualTypeOf<'relu' | 'tanh'>()
    expectTypeOf<P['kind']>().toEqualTypeOf<'mlp'>()
    const point: P = { lr: 0.1, units: 2, act: 'relu', kind: 'mlp' }
    expectTypeOf(point).toMatchTypeOf<Params>()
    expectTypeOf<P['beta']>().toEqualTypeOf<number | undefined>()
  })

  it.each([
    ['text', 'A space must be an object of parameters by name, got "text"'],
    [null, 'A space must be an object of parameters by name, got null'],
    [[1, 2], 'A space must be an object of parameters by name, got a list'],
    [{ lr: [0, 1] }, 'lr: must be made by float, int, choice, fixed or when'],
    [{ lr: float }, 'lr: must be made by float, int, choice, fixed or when'],
    [{ lr: null }, 'lr: must be made by float, int, choice, fixed or when'],
  ])('are refused if they are %j', (space, message) => {
    expect(() => searchSpace(space as never)).toThrow(message)
  })

  it("have the recipe's ranges as the default", () => {
    expect(DEFAULT_SPACE.parameters).toMatchObject({
      learningRate: { kind: 'float', low: 1e-6, high: 10, log: true, hard: false },
      reg: { kind: 'float', low: 1e-5, high: 1e5, log: true, hard: false },
      dropout: { kind: 'float', low: 0, high: 0.95, log: false, hard: true },
    })
  })
})
