import { describe, expect, it } from 'vitest'
import { compareFigure } from '../../src/picture/figures/compare.ts'
import { bestSoFar, expectedBest, historyData } from '../../src/picture/figures/history.ts'
import { study, trial, twoStages } from './studies.ts'

describe('the history', () => {
  it('steps where the best improves, in either direction', () => {
    const values = [3, 1, 4, 1, 5].map((value, x) => ({ x, value }))
    expect(bestSoFar(values, 'maximize').map(({ x }) => x)).toEqual([0, 2, 4])
    expect(bestSoFar(values, 'minimize').map(({ x }) => x)).toEqual([0, 1])
  })

  it('expects of n random draws what all subsets of n give on average', () => {
    const values = [1, 2, 4, 8]
    const subsets = (n: number): number[][] =>
      Array.from({ length: 16 }, (_, bits) => values.filter((_, i) => bits & (1 << i))).filter(
        (s) => s.length === n,
      )
    for (const direction of ['maximize', 'minimize'] as const) {
      const best = direction === 'maximize' ? Math.max : Math.min
      const expected = [1, 2, 3, 4].map((n) => {
        const all = subsets(n).map((subset) => best(...subset))
        return all.reduce((sum, value) => sum + value, 0) / all.length
      })
      expectedBest(values, 0, direction).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 10)
      })
    }
    expect(expectedBest([5], 1, 'maximize')).toEqual([5, 5])
  })

  it('takes the value of the rung that ended a pruned trial for no best, unless all were pruned', () => {
    const pruned = { state: 'pruned', epochs: 1 } as const
    const trials = [trial(0, 7), trial(1, 2, pruned), trial(2, 5), trial(3, 1, pruned)]
    const steps = (records: ReturnType<typeof study>) => historyData(records).best.map(({ value }) => value)
    const direction = 'minimize'
    expect(steps(study({ direction, trials }))).toEqual([7, 5])
    expect(steps(study({ direction, trials: [trials[1]!, trials[3]!] }))).toEqual([2, 1])
    const random = historyData(study({ direction, trials }), { random: true }).random!
    expect(random.at(-1)).toBe(5)
    const other = study({ name: 'other', direction, trials: [trial(0, 6)] })
    const [panel] = compareFigure([study({ direction, trials }), other]).panels
    const [line] = panel!.marks.flatMap((mark) => (mark.kind === 'lines' ? mark.lines : []))
    expect(line!.at(-1)![1]).toBeLessThan(0.2)
    expect(line!.map(([, y]) => y).every((y) => y >= 0.01)).toBe(true)
  })

  it('stands at the epochs spent if asked to', () => {
    const data = historyData(twoStages(), { epochs: true })
    expect(data.places.at(-1)).toBe(14 + 8 * 4)
    expect(data.mishaps.map((each) => each.trial)).toEqual([5, 11])
  })
})
