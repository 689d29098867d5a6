import { describe, expect, it } from 'vitest'
import { minimize } from '../../src/numerics/minimize.ts'

const options = { evaluations: 200, firstStep: 0.1, tolerance: 1e-9 }

describe('going downhill in a box', () => {
  it('finds the bottom of a curved valley', () => {
    const { place, value } = minimize(
      ([x, y], gradient) => {
        gradient[0] = -400 * x! * (y! - x! * x!) - 2 * (1 - x!)
        gradient[1] = 200 * (y! - x! * x!)
        return 100 * (y! - x! * x!) ** 2 + (1 - x!) ** 2
      },
      [-1.2, 1],
      { ...options, low: [-5, -5], high: [5, 5] },
    )
    expect(value).toBeLessThan(1e-9)
    expect(place[0]).toBeCloseTo(1, 4)
  })

  it('stops at a bound, and goes on along it', () => {
    const { place } = minimize(
      ([x, y], gradient) => {
        gradient[0] = 2 * (x! - 3)
        gradient[1] = 2 * (y! - 0.25)
        return (x! - 3) ** 2 + (y! - 0.25) ** 2
      },
      [0.2, 0.9],
      { ...options, low: [0, 0], high: [1, 1] },
    )
    expect(place[0]).toBe(1)
    expect(place[1]).toBeCloseTo(0.25, 5)
  })

  it('never leaves where the function has a value, and never ends higher than it began', () => {
    const { value } = minimize(
      ([x], gradient) => {
        gradient[0] = 1
        return x! < 0.3 ? Infinity : x!
      },
      [0.5],
      { ...options, low: [0], high: [1] },
    )
    expect(value).toBeGreaterThanOrEqual(0.3)
    expect(value).toBeLessThan(0.31)
  })

  it('evaluates no more often than it is told', () => {
    let count = 0
    minimize(
      ([x], gradient) => {
        count++
        gradient[0] = 4 * x! ** 3
        return x! ** 4
      },
      [1],
      { ...options, evaluations: 7, low: [-1], high: [1] },
    )
    expect(count).toBeLessThanOrEqual(7)
  })
})
