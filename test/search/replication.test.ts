import { describe, expect, it } from 'vitest'
import { judgeReplicates, pointsToReplicate, replicateOf } from '../../src/search/replication.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'

const space = searchSpace({ x: float(0, 1) })
const stages = [
  stage({ epochs: 1 }),
  stage({ epochs: 5 }),
  stage({ epochs: 5, replicate: { top: 3, seeds: 2 } }),
]

describe('the points that are run again', () => {
  const replicate = { top: 3, seeds: 2 }

  it('are the best complete ones of full epochs, each once', () => {
    const trials = [
      pastTrial(0, { x: 0.1 }, 0, 0),
      pastTrial(1, { x: 0.2 }, 0.3, 1),
      pastTrial(2, { x: 0.3 }, 0.1, 1),
      pastTrial(3, { x: 0.3 }, 0.2, 1),
      { ...pastTrial(4, { x: 0.4 }, 0.05, 1), state: 'pruned' as const },
      pastTrial(5, { x: 0.5 }, Number.NaN, 1),
      pastTrial(6, { x: 0.6 }, 0.9, 1),
      pastTrial(7, { x: 0.7 }, 0.8, 1),
    ]
    const points = pointsToReplicate(trials, stages, 5, replicate, 'minimize')
    expect(points.map(({ number }) => number)).toEqual([2, 1, 7])
    expect(pointsToReplicate(trials, stages, 5, replicate, 'maximize').map(({ number }) => number)).toEqual([
      6, 7, 1,
    ])
    const turns = Array.from({ length: 6 }, (_, index) => replicateOf(points, index, replicate)!)
    expect(turns.map(({ original }) => original.number)).toEqual([2, 1, 7, 2, 1, 7])
    expect(turns.map(({ seedName }) => seedName)).toEqual([
      ...[2, 1, 7].map((number) => ['replicate', number, 0]),
      ...[2, 1, 7].map((number) => ['replicate', number, 1]),
    ])
  })

  it('are of the epochs that the stage has, and those that ended with a value', () => {
    const trials = [
      pastTrial(0, { x: 0.1 }, 4, 0),
      { ...pastTrial(1, { x: 0.2 }, 1, 1), value: null },
      pastTrial(2, { x: 0.3 }, 3, 1),
      pastTrial(3, { x: 0.4 }, 1, 7),
    ]
    const numbers = (epochs: number) =>
      pointsToReplicate(trials, stages, epochs, replicate, 'minimize').map(({ number }) => number)
    expect([1, 5, 9].map(numbers)).toEqual([[0], [2], []])
  })

  it('are fewer where fewer succeeded, each with as many seeds, and none where none did', () => {
    const two = [pastTrial(0, { x: 0.1 }, 1, 1), pastTrial(1, { x: 0.2 }, 2, 1)]
    const turns = Array.from({ length: 4 }, (_, index) => replicateOf(two, index, replicate)!)
    expect(turns.map(({ original, seedName }) => [original.number, seedName.at(-1)])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ])
    expect(replicateOf(two, 4, replicate)).toBeNull()
    expect(replicateOf([], 0, replicate)).toBeNull()
  })
})

describe('what replicates say', () => {
  const judge = (trials: readonly PastTrial[], direction: 'minimize' | 'maximize' = 'minimize') =>
    judgeReplicates({ space, trials, stages, direction, stage: 2, replicate: { top: 3, seeds: 2 } })
  const earlier = [
    pastTrial(0, { x: 0.1 }, 2, 1),
    pastTrial(1, { x: 0.2 }, 1, 1),
    pastTrial(2, { x: 0.3 }, 3, 1),
    pastTrial(3, { x: 0.4 }, 0, 0),
  ]

  it('is of each point by its rank: what it measured first, what again in order, the mean of these, the deviation of all', () => {
    const again = [
      pastTrial(7, { x: 0.1 }, 6, 2),
      pastTrial(4, { x: 0.2 }, 4, 2),
      pastTrial(5, { x: 0.1 }, 4, 2),
      pastTrial(6, { x: 0.2 }, Number.NaN, 2),
    ]
    expect(judge([...earlier, ...again])!.points).toEqual([
      {
        ...{ original: 1, params: { x: 0.2 }, value: 1, again: [4], mean: 4, expected: null },
        // Of 1 and 4, from their mean 2.5.
        deviation: Math.sqrt(2 * 1.5 ** 2),
      },
      {
        ...{ original: 0, params: { x: 0.1 }, value: 2, again: [4, 6], mean: 5, expected: null },
        // Of 2, 4 and 6: the squares of 2, 0 and 2, over two.
        deviation: 2,
      },
      { original: 2, params: { x: 0.3 }, value: 3, again: [], mean: null, deviation: null, expected: null },
    ])
  })

  it('is which point is best by the mean of all its trainings, the better rank among equals', () => {
    const again = (...values: readonly number[]) =>
      values.map((value, i) => pastTrial(4 + i, { x: [0.2, 0.1, 0.3][i]! }, value, 2))
    expect(judge([...earlier, ...again(3, 1, 9)])!.winner).toBe(0)
    expect(judge([...earlier, ...again(3, 2, 1)])!.winner).toBe(1)
    expect(judge([...earlier, ...again(3, 3, 0)])!.winner).toBe(2)
    expect(judge([...earlier, ...again(9, 4, 2)], 'maximize')!.winner).toBe(1)
    expect(judge([...earlier, ...again(5, 9, 4)], 'maximize')!.winner).toBe(0)
    expect(judge([...earlier, ...again(5, 4, 1)], 'maximize')!.winner).toBe(0)
    expect(judge([...earlier, ...again(5, 4, 3)], 'maximize')!.winner).toBe(2)
    expect(judge(earlier)!.winner).toBe(1)
  })

  it('is nothing where there was nothing to repeat', () => {
    expect(judge([earlier[3]!])).toBeNull()
    expect(judge([earlier[3]!, pastTrial(4, { x: 0.2 }, 1, 2)])).toBeNull()
  })
})

describe('the winner after replication', () => {
  it('is not the luckiest, if its replicates are worse; means, deviations and expectations are of each point', () => {
    const noise = (i: number) => ((i * 7) % 11) / 100 - 0.05
    const drawn = Array.from({ length: 30 }, (_, i) =>
      pastTrial(i, { x: i / 30 }, (i / 30 - 0.5) ** 2 + noise(i), 1),
    )
    const lucky = { ...drawn[3]!, value: -0.2 }
    const earlier = drawn.with(3, lucky)
    const points = pointsToReplicate(earlier, stages, 5, { top: 2, seeds: 2 }, 'minimize')
    expect(points[0]!.number).toBe(3)
    const second = points[1]!
    const again = [0.17, second.value! + 0.02, 0.15, second.value!].map((value, i) => {
      return pastTrial(30 + i, points[i % 2]!.params, value, 2)
    })
    const judged = judgeReplicates({
      space,
      trials: [...earlier, ...again],
      stages,
      direction: 'minimize',
      stage: 2,
      replicate: { top: 2, seeds: 2 },
    } as const)!
    expect(judged.winner).toBe(second.number)
    const [first] = judged.points
    expect(first).toMatchObject({
      original: 3,
      value: -0.2,
      again: [0.17, 0.15],
      mean: expect.closeTo(0.16, 10),
    })
    expect(first!.deviation).toBeCloseTo(Math.sqrt((0.24 ** 2 + 0.13 ** 2 + 0.11 ** 2) / 2), 6)
    // Neither the mean of all nor that of the replicates: shrunk towards what the others say.
    expect(first!.expected!.value).toBeGreaterThan(0)
    expect(first!.expected!.trial).toBe(3)
  })

  it('is by the mean of all trainings where too few trials have a value for a process', () => {
    const earlier = [pastTrial(0, { x: 0.1 }, 1, 1), pastTrial(1, { x: 0.2 }, 2, 1)]
    const again = [pastTrial(2, { x: 0.1 }, 5, 2), pastTrial(3, { x: 0.2 }, 1, 2)]
    const judged = judgeReplicates({
      space,
      trials: [...earlier, ...again],
      stages,
      direction: 'minimize',
      stage: 2,
      replicate: { top: 2, seeds: 1 },
    } as const)!
    expect(judged.points.map(({ expected }) => expected)).toEqual([null, null])
    expect(judged.winner).toBe(1)
  })
})
