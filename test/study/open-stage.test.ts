import { describe, expect, it } from 'vitest'
import { seedFrom } from '../../src/random/stream.ts'
import type { StageEntry } from '../../src/search/plan.ts'
import type { Sampler } from '../../src/search/sampler.ts'
import { float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import {
  afterStage,
  type Before,
  beginStage,
  openStage,
  type StudyCourse,
} from '../../src/study/open-stage.ts'
import { courseOf, outcomeOf } from './course.ts'

const LINE = searchSpace({ x: float(0, 1) })
const FEW = searchSpace({ n: int(1, 4) })
const NOTHING: Before = { stage: undefined, trials: [], epochs: 0 }

/** Runs trials of a stage as far as they come; each measures the distance from 0.3, or what `value` says. */
function runAll(course: StudyCourse, before: Before, value = distance, most = Infinity) {
  const { store, study } = course
  const index = before.stage === undefined ? 0 : before.stage.index + 1
  const stage = beginStage(course, index, before)
  const { queue, kept } = openStage(course, stage, before, [])
  const params: Params[] = []
  for (
    let taken = queue.take();
    typeof taken === 'object';
    taken = params.length < most ? queue.take() : 'none'
  ) {
    const { spec } = taken
    params.push(spec.params)
    store.startTrial(study.id, spec, 'here')
    store.finishTrial(study.id, spec.number, outcomeOf(value(spec.params), spec.budget.epochs), true)
    store.flush()
    queue.finish(store.trial(study.id, spec.number)!)
    kept.offer(store.trial(study.id, spec.number)!)
  }
  return { stage, queue, kept, params, after: afterStage(course, stage, before, queue.epochs) }
}

const distance = ({ x, n }: Params): number => Math.abs(((x ?? n) as number) - 0.3)

describe('a stage that begins', () => {
  it('is recorded as planned: the first in the whole space, the next in the box that the first led to', () => {
    const stages: StageEntry[] = [
      { trials: 20, epochs: 1, sampler: 'random' },
      { trials: 4, epochs: 4, sampler: 'tpe', rungs: [1, 2], reduce: 4 },
      { replicate: { top: 2, seeds: 2 } },
    ]
    const course = courseOf({ space: LINE, stages })
    const first = runAll(course, NOTHING)
    expect(first.stage).toMatchObject({ index: 0, trials: 20, epochs: 1, sampler: 'random', firstTrial: 0 })
    expect([first.stage.space, first.stage.narrowing, first.stage.rungs]).toEqual([LINE, null, null])
    expect(first.after).toMatchObject({ stage: first.stage, epochs: 20 })
    const second = runAll(course, first.after)
    expect(second.stage).toMatchObject({ sampler: 'tpe', firstTrial: 20, rungs: { at: [1, 2], reduce: 4 } })
    expect(second.stage.narrowing).toMatchObject({ trials: 20 })
    const { low, high } = second.stage.space.parameters.x as { low: number; high: number }
    expect([low < 0.3, high > 0.3, high - low < 1]).toEqual([true, true, true])
    expect(second.after.epochs).toBe(20 + second.queue.epochs)
    expect(second.after.trials.map(({ number }) => number)).toEqual(Array.from({ length: 24 }, (_, i) => i))
    const third = runAll(course, second.after)
    expect(third.stage).toMatchObject({ sampler: 'replicate', narrowing: null, firstTrial: 24, rungs: null })
    expect(third.stage.space).toEqual(second.stage.space)
    expect(course.store.stages(course.study.id)).toEqual([first.stage, second.stage, third.stage])
  })

  it('gives each trial its seed by its stage and place, and a replicate one by what it repeats', () => {
    const course = courseOf({
      space: LINE,
      stages: [{ trials: 3, epochs: 2 }, { replicate: { top: 2, seeds: 2 } }],
    })
    const first = runAll(course, NOTHING)
    const { params } = runAll(course, first.after)
    const trials = course.store.trials(course.study.id)
    expect(trials.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(trials.slice(0, 3).map(({ seed }) => seed)).toEqual(
      [0, 1, 2].map((i) => seedFrom([7, 'trial', 0, i])),
    )
    const [best, next] = trials.slice(0, 3).sort((a, b) => a.value! - b.value!)
    expect(params).toEqual([best, next, best, next].map((trial) => trial!.params))
    expect(trials.slice(3).map(({ seed }) => seed)).toEqual(
      [
        [best, 0],
        [next, 0],
        [best, 1],
        [next, 1],
      ].map(([trial, round]) =>
        seedFrom([7, 'replicate', (trial as { number: number }).number, round as number]),
      ),
    )
    expect(trials.slice(3).every(({ budget, continues }) => budget.epochs === 2 && continues === null)).toBe(
      true,
    )
  })

  it.each([
    [true, 24],
    [false, null],
  ])('is narrowed by imported trials if they were added for that (%s)', (narrow, trials) => {
    const given = Array.from({ length: 24 }, (_, i): [Params, number] => [
      { x: i / 24 },
      Math.abs(i / 24 - 0.3),
    ])
    const course = courseOf({ space: LINE, stages: [{ trials: 4, epochs: 1 }], given, narrow })
    const [imported] = course.store.stages(course.study.id)
    const before = afterStage(course, imported!, NOTHING, 0)
    expect([before.trials.length, before.epochs]).toEqual([24, 0])
    const stage = beginStage(course, 1, before)
    expect([stage.narrowing?.trials ?? null, stage.firstTrial]).toEqual([trials, 24])
    if (trials === null) expect(stage.space).toEqual(LINE)
    // An imported trial brings no artifact, however good its value.
    const { kept } = openStage(course, stage, before, [])
    expect(kept.numbers()).toEqual([])
  })
})

describe('the points of a stage', () => {
  it.each(['random', 'sobol', 'grid', 'tpe'])(
    'of a finite space are each tried once by %s, and then none',
    (sampler) => {
      const course = courseOf({ space: FEW, stages: [{ trials: 9, epochs: 1, sampler }] })
      const { params, queue } = runAll(course, NOTHING)
      expect(params.map(({ n }) => n).sort()).toEqual([1, 2, 3, 4])
      expect(queue.end).toBe('exhausted')
    },
  )

  it('are not those that a stage before tried for as many epochs, but those of another number of epochs', () => {
    const stages = (epochs: number): StageEntry[] => [
      { trials: 3, epochs: 1, sampler: 'random' },
      { trials: 9, epochs, sampler: 'random', rootShare: 0.9 },
    ]
    for (const [epochs, count] of [
      [1, 1],
      [2, 4],
    ] as const) {
      const course = courseOf({ space: FEW, stages: stages(epochs) })
      const first = runAll(course, NOTHING, () => 1)
      const second = runAll(course, first.after, () => 1)
      expect([second.params.length, second.queue.end]).toEqual([count, 'exhausted'])
    }
  })

  it('begin with those that were asked for, also if they were asked for twice', () => {
    const startWith = [{ n: 3 }, { n: 3 }, { n: 1 }]
    const course = courseOf({ space: FEW, stages: [{ trials: 9, epochs: 1, sampler: 'random', startWith }] })
    const { params, queue } = runAll(course, NOTHING)
    expect(params.slice(0, 3)).toEqual(startWith)
    expect(
      params
        .slice(3)
        .map(({ n }) => n)
        .sort(),
    ).toEqual([2, 4])
    expect(queue.end).toBe('exhausted')
  })

  it.each(['random', 'tpe'])('are known again on a resume (%s)', (sampler) => {
    const space = searchSpace({ n: int(1, 8) })
    const course = courseOf({ space, stages: [{ trials: 20, epochs: 1, sampler }] })
    const { stage, params } = runAll(course, NOTHING, distance, 7)
    const { queue } = openStage(course, stage, NOTHING, course.store.trials(course.study.id))
    const last = queue.take()
    if (typeof last === 'string') throw new Error(last)
    expect([...params.map(({ n }) => n), last.spec.params.n].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    queue.finish({ ...course.store.trial(course.study.id, 0)!, number: 7, params: last.spec.params })
    expect([queue.take(), queue.end]).toEqual(['none', 'exhausted'])
  })

  it('are exhausted where all were asked for', () => {
    const startWith = [1, 2, 3, 4].map((n) => ({ n }))
    const course = courseOf({ space: FEW, stages: [{ trials: 9, epochs: 1, sampler: 'random', startWith }] })
    expect(runAll(course, NOTHING).params).toEqual(startWith)
  })

  it('are left alone where somebody else runs their trials', () => {
    const course = courseOf({ space: FEW, stages: [{ trials: 2, epochs: 1, sampler: 'random' }] })
    const stage = beginStage(course, 0, NOTHING)
    const { queue } = openStage(course, stage, NOTHING, [])
    for (let index = 0; index < 2; index++) {
      const taken = queue.take()
      if (typeof taken === 'object') course.store.startTrial(course.study.id, taken.spec, 'here')
    }
    course.store.flush()
    const begun = course.store.trials(course.study.id)
    const again = openStage(course, stage, NOTHING, begun, new Set([0])).queue
    expect(again.take()).toMatchObject({ spec: { number: 1 }, attempt: 2 })
    expect(again.take()).toBe('none')
  })

  it.each([true, false])(
    'so far are shown to a sampler of the program (which waits for results: %s)',
    (adaptive) => {
      const seen: [number, number, number][] = []
      const own: Sampler = {
        name: 'mine',
        adaptive,
        propose: ({ index, history, pending, taken }) => {
          seen.push([history.length, pending.length, taken.size])
          return { x: index / 8 }
        },
      }
      const stages = [{ trials: 6, epochs: 1, sampler: 'mine' }]
      const course = courseOf({ space: LINE, stages, samplers: new Map([['mine', own]]) })
      runAll(course, NOTHING)
      // With a lag of 4 trial i sees the results of trials 0 to i - 4.
      expect(seen).toEqual(
        [0, 1, 2, 3, 4, 5].map((index) => {
          const results = adaptive ? Math.max(0, index - 3) : 0
          return [results, index - results, index]
        }),
      )
    },
  )
})

describe('the limits of a stage', () => {
  const stages: StageEntry[] = [
    { trials: 8, epochs: 2, sampler: 'random' },
    { trials: 8, epochs: 2, sampler: 'random' },
    { replicate: { top: 1, seeds: 1 } },
  ]

  it('are the epochs that the stages before have left over', () => {
    const limits = { retries: 0, maxFailures: null, maxEpochs: 21 }
    const course = courseOf({ space: LINE, stages, limits })
    const first = runAll(course, NOTHING)
    expect([first.params.length, first.after.epochs]).toEqual([8, 16])
    const second = runAll(course, first.after)
    expect([second.params.length, second.queue.end]).toEqual([2, 'out-of-epochs'])
    const overspent = runAll(course, { ...second.after, epochs: 30 })
    expect(overspent.params).toEqual([])
  })

  it('are a target in every stage, and patience in the last one that draws', () => {
    const stop = { target: null, patience: 1 }
    const course = courseOf({ space: LINE, stages, stop })
    const first = runAll(course, NOTHING, () => 1)
    expect([first.params.length, first.queue.end]).toEqual([8, null])
    const second = runAll(course, first.after, () => 1)
    // The second trial is no better than the first; those that the lag does not let see it have begun.
    expect([second.params.length, second.queue.end]).toEqual([5, 'stop-rule'])
    const reached = runAll(
      courseOf({ space: LINE, stages, stop: { target: 1, patience: null } }),
      NOTHING,
      () => 1,
    )
    expect([reached.params.length, reached.queue.end]).toEqual([4, 'stop-rule'])
  })
})

it('the best three of a study keep what they left behind, and as many of a stage as the next one continues', () => {
  const stages = (warmStart: boolean) => [
    { trials: 12, epochs: 1, sampler: 'random' },
    { trials: 5, epochs: 2, sampler: 'random', warmStart },
  ]
  for (const [warmStart, count] of [
    [true, 5],
    [false, 3],
  ] as const) {
    const course = courseOf({ space: LINE, stages: stages(warmStart) })
    const first = runAll(course, NOTHING)
    const best = course.store.bestTrials(course.study.id, count).map(({ number }) => number)
    expect(first.kept.numbers().sort()).toEqual(best.sort())
    // A resume and the next stage find the same.
    expect(openStage(course, first.stage, NOTHING, []).kept.numbers().sort()).toEqual(best)
    const stage = beginStage(course, 1, first.after)
    expect(openStage(course, stage, first.after, []).kept.numbers().sort()).toEqual(best)
  }
})
