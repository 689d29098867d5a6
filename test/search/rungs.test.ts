import { describe, expect, it } from 'vitest'
import { decideAtRung, evenRungs, lagsByRung } from '../../src/search/rungs.ts'

describe('even rungs', () => {
  it('divide the epochs again and again, and leave out the last epoch', () => {
    expect(evenRungs(27, 3)).toEqual([1, 3, 9])
    expect(evenRungs(12, 3)).toEqual([1, 4])
    expect(evenRungs(2, 1.2)).toEqual([1])
    expect(evenRungs(1, 3)).toEqual([])
  })
})

describe('a decision at a rung', () => {
  it('lets a trial go on while fewer than its share of the trials so far are ahead', () => {
    expect(decideAtRung(5, [1, 2, 3, 4, 9], 3, 'minimize')).toEqual({
      peers: 5,
      ahead: 4,
      allowed: 2,
      goesOn: false,
    })
    expect(decideAtRung(1.5, [1, 2, 3, 4, 9], 3, 'minimize')).toMatchObject({ ahead: 1, goesOn: true })
    expect(decideAtRung(2.5, [1, 2, 3, 4, 9], 3, 'minimize')).toMatchObject({ ahead: 2, goesOn: false })
    expect(decideAtRung(2.5, [1, 2, 3, 4, 9, 9], 3, 'minimize')).toMatchObject({ allowed: 3, goesOn: true })
    expect(decideAtRung(4, [1, 2, 9], 3, 'maximize')).toMatchObject({ ahead: 1, allowed: 2, goesOn: true })
  })

  it('puts the lower number ahead of an equal value, and nothing behind a trial that diverged', () => {
    expect(decideAtRung(2, [2, 2, 5], 3, 'minimize')).toMatchObject({ ahead: 2, allowed: 2, goesOn: false })
    expect(decideAtRung(9, [null, null, null], 3, 'minimize')).toMatchObject({ ahead: 0, goesOn: true })
  })

  it('needs two trials to compare with', () => {
    expect(decideAtRung(9, [1], 3, 'minimize').goesOn).toBe(true)
    expect(decideAtRung(9, [1, 1], 3, 'minimize').goesOn).toBe(false)
  })
})

describe('the lag of results at rungs', () => {
  it('is that of the study without rungs, and grows with the epochs that a result takes', () => {
    expect(lagsByRung([], 9, 3, 4)).toEqual([4])
    // On average a trial runs 1 + 2 / 3 + 6 / 9 = 7 / 3 epochs.
    expect(lagsByRung([1, 3], 9, 3, 8)).toEqual([8, 11, 31])
  })
})
