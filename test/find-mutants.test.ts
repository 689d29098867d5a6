import { describe, expect, it } from 'vitest'
import { findMutants, plant } from '../scripts/find-mutants.ts'

const SOURCE = `import { a } from './a.ts'
export function clamp(x: number): number {
  if (x < 0) return 0
  log(x)
  return Math.min(x, 1) + a
}
`

describe('planting faults', () => {
  it('finds operators, conditions, numbers, methods and statements', () => {
    expect(findMutants('clamp.ts', SOURCE).map(({ description }) => description)).toEqual([
      '3: x < 0 is negated',
      '3: < becomes <=',
      '3: 0 becomes 1',
      '3: 0 becomes 1',
      '4: log(x) is left out',
      '5: min becomes max',
      '5: 1 becomes 2',
      '5: + becomes -',
    ])
  })

  it('changes one place and nothing else', () => {
    const [, less] = findMutants('clamp.ts', SOURCE)
    expect(plant(SOURCE, less!)).toBe(SOURCE.replace('x < 0', 'x <= 0'))
  })
})
