import { describe, expect, it } from 'vitest'
import { judgeReplicates, pointsToReplicate, replicateOf } from '../../src/search/replication.ts'
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
    expect(new Set(turns.map(({ seedName }) => seedName.join())).size).toBe(6)
  })

  it('are fewer where fewer succeeded, and none where none did', () => {
    const two = [pastTrial(0, { x: 0.1 }, 1, 1), pastTrial(1, { x: 0.2 }, 2, 1)]
    const turns = Array.from({ length: 4 }, (_, index) => replicateOf(two, index, replicate)!)
    expect(turns.map(({ original, seedName }) => [original.number, seedName.at(-1)])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ])
    expect(replicateOf([], 0, replicate)).toBeNull()
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
