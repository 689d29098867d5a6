import { describe, expect, it } from 'vitest'
import { float, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import {
  afterStage,
  type Before,
  beginStage,
  openStage,
  type StudyCourse,
} from '../../src/study/open-stage.ts'
import { readReplicates, readWinner, winnerFirst, winningTrial } from '../../src/study/winning-trial.ts'
import { courseOf, outcomeOf } from './course.ts'

const LINE = searchSpace({ x: float(0, 1) })

/** Runs the stages, or only the first `most` trials; each measures what `value` says of its point and number. */
function studyOf(
  stages: Parameters<typeof courseOf>[0]['stages'],
  value: (params: Params, number: number) => number | null,
  most = Infinity,
): StudyCourse {
  const course = courseOf({ space: LINE, stages })
  const { store, study } = course
  let before: Before = { stage: undefined, trials: [], epochs: 0 }
  for (const index of course.stages.keys()) {
    const stage = beginStage(course, index, before)
    const { queue } = openStage(course, stage, before, [])
    for (let taken = queue.take(); typeof taken === 'object'; taken = queue.take()) {
      const { spec } = taken
      store.startTrial(study.id, spec, 'here')
      if (spec.number >= most) {
        store.flush()
        return course
      }
      const measured = value(spec.params, spec.number)
      const outcome =
        measured === null ? outcomeOf(0, 0, 'diverged') : outcomeOf(measured, spec.budget.epochs)
      store.finishTrial(study.id, spec.number, outcome, false)
      store.flush()
      queue.finish(store.trial(study.id, spec.number)!)
    }
    before = afterStage(course, stage, before, queue.epochs)
  }
  return course
}

const bowl = ({ x }: Params): number => ((x as number) - 0.4) ** 2

describe('the winner of a study', () => {
  it('is not there where no trial has a value', () => {
    const { store, study } = studyOf([{ trials: 3, epochs: 1, sampler: 'random' }], () => null)
    expect([readWinner(store, study), winningTrial(store, study)]).toEqual([null, null])
    expect(winnerFirst(store, study, null, 2)).toEqual(store.bestTrials(study.id, 2))
  })

  it('is the trial with the best value where too few tell more', () => {
    const { store, study } = studyOf([{ trials: 5, epochs: 1, sampler: 'random' }], bowl)
    const [best] = store.bestTrials(study.id, 1)
    expect(readWinner(store, study)).toEqual({
      trial: best,
      luckiest: best,
      expectation: null,
      replicates: null,
    })
    expect(winningTrial(store, study)).toEqual(best)
  })

  it('is the one that its replicates speak for, before the luckiest', () => {
    // The best trial was lucky: run again, its point is the worst of the three.
    const again = new Map<number, number>()
    const { store, study } = studyOf(
      [{ trials: 5, epochs: 1, sampler: 'random' }, { replicate: { top: 3, seeds: 2 } }],
      ({ x }, number) => {
        if (number < 5) {
          again.set(x as number, 4 - number)
          return number
        }
        return again.get(x as number)!
      },
    )
    const winner = readWinner(store, study)!
    expect([winner.trial.number, winner.luckiest.number]).toEqual([2, 0])
    expect(winner.replicates!.points.map(({ original, value, again }) => [original, value, again])).toEqual([
      [0, 0, [4, 4]],
      [1, 1, [3, 3]],
      [2, 2, [2, 2]],
    ])
    expect(winningTrial(store, study)!.number).toBe(2)
    const first = winnerFirst(store, study, winner, 3)
    const others = store.bestTrials(study.id, 3).filter(({ number }) => number !== 2)
    expect(first.map(({ number }) => number)).toEqual([2, ...others.map(({ number }) => number)].slice(0, 3))
    expect(winnerFirst(store, study, winner, 1).map(({ number }) => number)).toEqual([2])
  })

  it('has no replicates before the first of them has ended, and then those of the points that were run', () => {
    const stages = [{ trials: 5, epochs: 1, sampler: 'random' }, { replicate: { top: 3, seeds: 2 } }]
    const begun = studyOf(stages, bowl, 5)
    expect(begun.store.stages(begun.study.id)).toHaveLength(2)
    expect(readReplicates(begun.store, begun.study)).toBeNull()
    const further = studyOf(stages, bowl, 7)
    expect(readReplicates(further.store, further.study)!.points).toHaveLength(2)
  })

  it('is expected by all trials of a study of up to a thousand, and their number is known for a longer one too', () => {
    const noisy = ({ x }: Params, number: number): number => bowl({ x: x! }) + (number % 7) / 50
    for (const count of [40, 1200]) {
      const { store, study } = studyOf([{ trials: count, epochs: 1, sampler: 'random' }], noisy)
      const { trial, luckiest, expectation } = readWinner(store, study)!
      expect(luckiest).toEqual(store.bestTrials(study.id, 1)[0])
      expect(expectation).toMatchObject({ trials: count, best: { trial: luckiest.number } })
      expect(trial.number).toBe(expectation!.chosen.trial)
    }
  })

  it('of a long study is judged where its best trial comes last', () => {
    const { store, study } = studyOf(
      [{ trials: 1200, epochs: 1, sampler: 'random' }],
      (_, number) => 2 - number / 1200,
    )
    const { luckiest, expectation } = readWinner(store, study)!
    expect([luckiest.number, expectation!.best.trial]).toEqual([1199, 1199])
  })
})
