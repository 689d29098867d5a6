import { describe, expect, it } from 'vitest'
import { checkSamplers, createSampler, samplerSentence } from '../../src/search/create-sampler.ts'
import { randomSampler } from '../../src/search/random-sampler.ts'
import { stage } from '../../src/testing/requests.ts'

const own = new Map([['mine', { ...randomSampler, name: 'mine' }]])

describe('a sampler by its name', () => {
  it('is one of the program, else one of ours', () => {
    expect(createSampler('random')).toBe(randomSampler)
    expect(createSampler('mine', own)).toBe(own.get('mine'))
    expect(createSampler('random', new Map([['random', own.get('mine')!]]))).toBe(own.get('mine'))
    expect(createSampler('random', own)).toBe(randomSampler)
  })

  it.each(['mine', 'toString'])('is refused where its program is not here: %s', (name) => {
    const refusal = expect.objectContaining({
      code: 'usage',
      message: `Sampler "${name}" is code in another program, which cannot be called from here`,
      hint: 'Run that program again: it continues the study.',
    })
    expect(() => createSampler(name)).toThrow(refusal)
    expect(() => checkSamplers([stage(), stage({ sampler: name })])).toThrow(refusal)
  })

  it('is looked for in all stages', () => {
    expect(() => checkSamplers([stage({ sampler: 'mine' }), stage()], own)).not.toThrow()
    expect(() => checkSamplers([])).not.toThrow()
  })
})

describe('how a stage was drawn', () => {
  it('is said in words, of ours as of others', () => {
    expect(['random', 'sobol', 'grid', 'imported', 'mine', 'toString'].map(samplerSentence)).toEqual([
      'drawn at random',
      'drawn from a Sobol sequence',
      'on a grid',
      'imported',
      'drawn by mine',
      'drawn by toString',
    ])
  })
})
