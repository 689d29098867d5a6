import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { constraintHolds, parseConstraint } from '../../src/space/constraint.ts'
import { choice, fixed, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import { paramsAt } from '../../src/space/points.ts'
import { mayHold } from '../../src/space/possible.ts'

const space = searchSpace({
  a: float(-2, 3),
  b: int(1, 9),
  c: choice(['x', 'y', 2, null]),
  d: fixed(4),
  e: when({ b: [1, 2] }, float(0, 1)),
})

test.each([
  ['a > 3', {}, false],
  ['a >= 3', {}, true],
  ['a * b <= -18', {}, true],
  ['a * b < -18.1', {}, false],
  ['b / d > 2.26', {}, false],
  ['b / a > 1000', {}, true],
  ['c == "z"', {}, false],
  ['c != "x"', {}, true],
  ['c != "x"', { c: 'x' }, false],
  ['c == null and d == 4', {}, true],
  ['not (d == 4)', {}, false],
  ['not (a < 5 or b > 2)', {}, false],
  ['b < a', { a: 1 }, false],
  ['1 < b < 2.5', { b: 2 }, true],
  ['-a > 2', {}, false],
  ['e > 5', {}, true],
  ['e > 5', { e: 0.5 }, false],
] as const)('%s with %j may hold: %s', (rule, given, expected) => {
  expect(mayHold(rule, space, given)).toBe(expected)
})

const term = fc.constantFrom('a', 'b', 'd', 'e', '1', '-2', '0.5', 'a * b', 'b - a', 'd / a', '-(a + e)')
const comparison = fc
  .tuple(term, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), term)
  .map(([left, operator, right]) => `${left} ${operator} ${right}`)
const rules = fc.oneof(
  comparison,
  fc.tuple(comparison, fc.constantFrom('and', 'or'), comparison).map((parts) => parts.join(' ')),
  comparison.map((inner) => `not (${inner})`),
)

test('a rule that holds at a point was never called impossible, whatever part of the point is known', () =>
  fc.assert(
    fc.property(
      rules,
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 4, maxLength: 4 }),
      fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      (rule, unit, known) => {
        const params = paramsAt(space, unit)
        if (!constraintHolds(parseConstraint(rule), params)) return
        const given = Object.fromEntries(Object.entries(params).filter((_, i) => known[i]))
        expect(mayHold(rule, space, given)).toBe(true)
      },
    ),
    { numRuns: 1000 },
  ))
