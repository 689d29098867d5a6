import { expect, test } from 'vitest'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Distribution } from '../../src/space/distribution.ts'
import { redeclared } from '../../src/space/redeclared.ts'

function now(part: Distribution, before: Distribution, declared: Distribution): Distribution | undefined {
  const [box, old, space] = [part, before, declared].map((a) => searchSpace({ a, b: int(1, 9) }))
  return redeclared(box!, old!, space!).parameters.a
}

test('a box is the same object where its study still has the ranges that it was drawn from', () => {
  const box = searchSpace({ a: float(0.2, 0.4) })
  expect(redeclared(box, searchSpace({ a: float(0, 1) }), searchSpace({ a: float(0, 1) }))).toBe(box)
})

test.each([
  ['cut by narrower hard bounds', float(2, 6), float(0, 10), float(5, 20), float(5, 6)],
  ['left to narrowing where they are wider', float(2, 10), float(0, 10), float(0, 20), float(2, 10)],
  ['all of the new range where nothing of it is left', float(2, 4), float(0, 10), float(5, 20), float(5, 20)],
  ['soft where they are now', int(2, 8), int(1, 8), int(1, 8, { soft: true }), int(2, 8, { soft: true })],
  [
    'not cut by soft ones',
    float(2, 6),
    float(0, 10),
    float(5, 9, { soft: true }),
    float(2, 6, { soft: true }),
  ],
  [
    'all of another scale',
    float(2, 6),
    float(1, 10),
    float(1, 10, { log: true }),
    float(1, 10, { log: true }),
  ],
  [
    'all of another grid',
    int(3, 5, { step: 2 }),
    int(1, 9, { step: 2 }),
    int(2, 8, { step: 2 }),
    int(2, 8, { step: 2 }),
  ],
  ['all of another kind', float(2, 6), float(1, 10), int(1, 10), int(1, 10)],
] as const)('bounds are %s', (_, part, before, declared, expected) => {
  expect(now(part, before, declared)).toEqual(expected)
})

test('choices are those that were left and those that came, in the new order, and none that was removed', () => {
  const [part, before] = [choice(['a', 'b']), choice(['a', 'b', 'c'])]
  expect(now(part, before, choice(['d', 'c', 'b']))).toEqual(choice(['d', 'b']))
  expect(now(part, before, choice(['c', 'e']))).toEqual(choice(['e']))
  expect(now(choice(['a']), before, choice(['c', 'b']))).toEqual(choice(['c', 'b']))
})

test('a parameter that the box had not has its whole range', () => {
  const space = searchSpace({ a: float(0, 1), z: float(0, 5) })
  const old = searchSpace({ a: float(0, 1) })
  expect(redeclared(searchSpace({ a: float(0.2, 0.3) }), old, space).parameters).toEqual({
    a: float(0.2, 0.3),
    z: float(0, 5),
  })
})
