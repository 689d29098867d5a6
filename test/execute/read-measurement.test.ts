import { describe, expect, it } from 'vitest'
import { readMeasurement } from '../../src/execute/read-measurement.ts'

/** The sentence with which it is refused. */
function refusal(yielded: unknown, lastStep = 0): string {
  try {
    readMeasurement(yielded, lastStep, 0)
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: 'FailedError', code: 'bad-measurement' })
    return (thrown as Error).message
  }
  throw new Error('it was taken')
}

describe('what an objective yields', () => {
  it('is copied, with the seconds it took', () => {
    const metrics = { loss: 0.5 }
    const yielded = { step: 3, value: 0.25, metrics }
    const read = readMeasurement(yielded, 2, 1.5)
    metrics.loss = 9
    expect(read).toEqual({ step: 3, value: 0.25, metrics: { loss: 0.5 }, seconds: 1.5 })
  })

  it('needs no metrics, and its numbers may be NaN or infinite', () => {
    for (const metrics of [undefined, null, {}]) {
      expect(readMeasurement({ step: 1, value: Number.NaN, metrics }, 0, 0).metrics).toEqual({})
    }
    const metrics = { a: Number.NaN, b: -Infinity }
    expect(readMeasurement({ step: 1, value: Infinity, metrics }, 0, 0)).toMatchObject({
      value: Infinity,
      metrics,
    })
  })

  it('may have metrics of any name', () => {
    const metrics = JSON.parse('{"__proto__": 1, "constructor": 2}')
    expect(Object.entries(readMeasurement({ step: 1, value: 1, metrics }, 0, 0).metrics)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ])
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [7, '7'],
    [7n, '7n'],
    [true, 'true'],
    ['x', '"x"'],
    [() => 1, 'a function'],
  ])('must be a record, not %s', (yielded, shown) => {
    expect(refusal(yielded)).toBe(
      `Bad measurement: an objective must yield { step, value, metrics }, got ${shown}`,
    )
  })

  it('has no other keys', () => {
    expect(refusal({ step: 1, value: 1, loss: 2 })).toBe(
      'Bad measurement: unknown key "loss"; other numbers belong in metrics',
    )
    expect(refusal([1])).toContain('unknown key "0"')
  })

  it.each([
    [0, '0'],
    [1.5, '1.5'],
    [-1, '-1'],
    [2 ** 53, '9007199254740992'],
    ['1', '"1"'],
    [undefined, 'undefined'],
    [[1], 'a list'],
    [{}, 'an object'],
    [Promise.resolve(1), 'a promise'],
  ])('has a whole step from 1, not %s', (step, shown) => {
    expect(refusal({ step, value: 1 })).toBe(
      `Bad measurement: step must be a whole number from 1, got ${shown}`,
    )
  })

  it('has steps that increase', () => {
    expect(readMeasurement({ step: 1, value: 1 }, 0, 0).step).toBe(1)
    expect(readMeasurement({ step: 5, value: 1 }, 4, 0).step).toBe(5)
    expect(refusal({ step: 4, value: 1 }, 4)).toBe('Bad measurement: steps must increase, got 4 after 4')
    expect(refusal({ step: 3, value: 1 }, 4)).toBe('Bad measurement: steps must increase, got 3 after 4')
  })

  it.each([
    [null, 'null'],
    ['0.5', '"0.5"'],
    ['x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
    [{}, 'an object'],
  ])('has a number as its value, not %s', (value, shown) => {
    expect(refusal({ step: 2, value })).toBe(
      `Bad measurement: value must be a number, got ${shown} at step 2`,
    )
  })

  it('has numbers as its metrics', () => {
    expect(refusal({ step: 2, value: 1, metrics: [1] })).toBe(
      'Bad measurement: metrics must be an object of numbers, got a list at step 2',
    )
    expect(refusal({ step: 2, value: 1, metrics: 'loss' })).toBe(
      'Bad measurement: metrics must be an object of numbers, got "loss" at step 2',
    )
    expect(refusal({ step: 2, value: 1, metrics: { a: 1, b: null } })).toBe(
      'Bad measurement: metrics.b must be a number, got null at step 2',
    )
  })
})
