import { describe, expect, it } from 'vitest'
import { describeError, UserError } from '../src/errors.ts'

describe('a sentence about a mistake', () => {
  it('has its place, its message and its way out', () => {
    const error = new UserError('usage', 'low must be > 0', {
      where: { file: 'a', line: 2 },
      hint: 'Raise it.',
    })
    expect(describeError(error)).toBe('a:2  low must be > 0. Raise it.')
  })

  it('is one line that writes nothing to the terminal, whatever it quotes', () => {
    const error = new UserError('usage', 'got \u001b[31mred\nand more')
    expect(describeError(error)).toBe('got \\u001b[31mred\\u000aand more.')
  })

  it('quotes no megabyte', () => {
    expect(describeError(new UserError('usage', 'x'.repeat(1e6))).length).toBeLessThan(1100)
  })
})
