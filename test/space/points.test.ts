import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { checkParams } from '../../src/space/check-params.ts'
import { choice, fixed, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import {
  allPoints,
  axesOf,
  constraintsHold,
  countPointsAtMost,
  paramsAt,
  pointKey,
  sampleUniform,
} from '../../src/space/points.ts'

const space = searchSpace(
  {
    optimizer: choice(['adam', 'sgd']),
    beta: when({ optimizer: 'adam' }, float(0.8, 0.99, { hard: true })),
    momentum: when({ optimizer: 'sgd' }, float(0, 0.99)),
    units1: int(16, 256, { log: true }),
    units2: int(16, 256, { log: true }),
    epochs: fixed(5),
  },
  { require: 'units2 <= units1' },
)

describe('points of a space', () => {
  it('have exactly the active parameters, in the order of the space', () => {
    expect(axesOf(space)).toEqual(['optimizer', 'beta', 'momentum', 'units1', 'units2'])
    expect(Object.keys(paramsAt(space, [0, 0.5, 0.5, 0.5, 0.5]))).toEqual([
      'optimizer',
      'beta',
      'units1',
      'units2',
      'epochs',
    ])
    expect(Object.keys(paramsAt(space, [0.9, 0.5, 0.5, 0.5, 0.5]))).toEqual([
      'optimizer',
      'momentum',
      'units1',
      'units2',
      'epochs',
    ])
  })

  it('pass their own check when drawn uniformly, but for the constraints', () => {
    const draws = fastGenerator(['points', 42])
    for (let i = 0; i < 200; i++) {
      const params = sampleUniform(space, draws)
      expect(checkParams(space, params)).toEqual(
        constraintsHold(space, params) ? [] : ['the rule "units2 <= units1" is not satisfied'],
      )
    }
  })

  it('are told what keeps them from being one', () => {
    const good = { optimizer: 'adam', beta: 0.9, units1: 32, units2: 16, epochs: 5 }
    expect(checkParams(space, good)).toEqual([])
    expect(checkParams(space, { ...good, beta: 0.5 })).toEqual(['beta: 0.5 lies outside its range'])
    expect(checkParams(space, { ...good, momentum: 0.5 })).toEqual([
      'momentum: it does not exist, since its condition is not met',
    ])
    expect(checkParams(space, { ...good, unit: 1 })).toEqual(['unit: there is no such parameter'])
    const { beta: _, ...without } = good
    expect(checkParams(space, without)).toEqual(['beta: it has no value'])
  })

  it('share a key exactly if they are the same', () => {
    expect(pointKey({ a: 1, b: 'x' })).toBe(pointKey({ b: 'x', a: 1 }))
    expect(pointKey({ a: 1 })).not.toBe(pointKey({ a: '1' }))
  })

  it('are counted and listed if they are finite, with conditions and constraints', () => {
    expect(countPointsAtMost(space)).toBe(Infinity)
    const finite = searchSpace(
      { a: int(1, 4), b: int(1, 4), c: when({ a: 2 }, choice(['x', 'y', 'z'])) },
      { require: 'a <= b' },
    )
    expect(countPointsAtMost(finite)).toBe(48)
    // 10 pairs with a <= b, of which 3 have a = 2 and stand three times.
    expect(allPoints(finite, 1000)).toHaveLength(16)
    expect(allPoints(finite, 10)).toBeNull()
  })

  it('are active through chains of conditions only', () => {
    const chained = searchSpace({
      c: when({ b: [1, 2] }, int(0, 5)),
      b: when({ a: true }, int(0, 3)),
      a: choice([true, false]),
    })
    expect(Object.keys(paramsAt(chained, [0, 0.4, 0]))).toEqual(['c', 'b', 'a'])
    expect(Object.keys(paramsAt(chained, [0, 0.9, 0]))).toEqual(['b', 'a'])
    expect(Object.keys(paramsAt(chained, [0, 0.4, 0.9]))).toEqual(['a'])
  })
})
