import { describe, expect, it } from 'vitest'
import {
  ConstraintSyntaxError,
  constraintHolds,
  constraintNames,
  parseConstraint,
} from '../../src/space/constraint.ts'
import type { Params } from '../../src/space/distribution.ts'

const holds = (rule: string, params: Params): boolean => constraintHolds(parseConstraint(rule), params)

describe('a rule between parameters', () => {
  it.each([
    ['units2 <= units1', { units1: 8, units2: 8 }, true],
    ['units2 < units1', { units1: 8, units2: 8 }, false],
    ['a + b * 2 == 7', { a: 1, b: 3 }, true],
    ['(a + b) * 2 == 7', { a: 1, b: 3 }, false],
    ['a - b - 1 == -3', { a: 1, b: 3 }, true],
    ['12 / a / 2 == 3', { a: 2 }, true],
    ['-a < 0', { a: 2 }, true],
    ['1 <= a < b', { a: 1, b: 3 }, true],
    ['1 <= a < b', { a: 4, b: 3 }, false],
    ['a > 5 or b > 2 and a > 0', { a: 1, b: 3 }, true],
    ['not (a > b) and a != b', { a: 1, b: 3 }, true],
    ['kind == "adam" or a >= 2', { kind: 'adam', a: 1 }, true],
    ["kind != 'adam'", { kind: 'adam' }, false],
    ['batchNorm == true', { batchNorm: true }, true],
    ['a * 1e-3 <= .5', { a: 400 }, true],
    ['`my-rate` + `a.b` < 1', { 'my-rate': 0.5, 'a.b': 0.25 }, true],
    ['`not` > 1', { not: 1 }, false],
    ['größe < 3', { größe: 2 }, true],
    ['decay == null or decay < 0.5', { decay: null }, true],
  ])('%s for %j: %s', (rule, params, expected) => {
    expect(holds(rule, params as unknown as Params)).toBe(expected)
  })

  it('holds where it speaks of a parameter that does not exist', () => {
    expect(holds('constructor < 0.5', {})).toBe(true)
    expect(holds('beta < 0.5', {})).toBe(true)
  })

  it.each([
    ['a <= ', 4],
    ['a $ b', 2],
    ['(a < b', 6],
    ['a < b c', 6],
    ['a + b', 0],
    ['', 0],
    ['a and b < 1', 0],
    ['and < 1', 0],
    [`${'('.repeat(1000)}a < 1`, 65],
    [`${'not '.repeat(400)}a < 1`, 65 * 4],
    [`a < ${'-'.repeat(1000)}1`, 69],
    [`a < 1${' and a < 1'.repeat(10_000)}`, 2000],
  ])('refuses %j at position %i', (rule, position) => {
    try {
      parseConstraint(rule)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ConstraintSyntaxError)
      expect((error as ConstraintSyntaxError).position).toBe(position)
    }
  })

  it('runs nothing: a call is no rule', () => {
    expect(() => parseConstraint('process.exit(1) == 1')).toThrow(ConstraintSyntaxError)
    expect(() => parseConstraint('constructor("x") == 1')).toThrow(ConstraintSyntaxError)
  })

  it('tells the names it speaks of, with their positions', () => {
    expect([...constraintNames(parseConstraint('a + b <= 2 * a'))]).toEqual([
      ['a', 0],
      ['b', 4],
    ])
  })
})
