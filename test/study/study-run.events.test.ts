import { describe, expect, it } from 'vitest'
import type { StageEntry } from '../../src/search/plan.ts'
import { float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import type { StudyEvent } from '../../src/study/events.ts'
import type { StudyCourse } from '../../src/study/open-stage.ts'
import { runStudy } from '../../src/study/study-run.ts'
import { courseOf } from './course.ts'
import { createSimulatedExecutor } from './simulated-executor.ts'

const LINE = searchSpace({ x: float(0, 1) })
const STAGES: StageEntry[] = [
  { name: 'coarse', trials: 3, epochs: 1, sampler: 'random' },
  { name: 'fine', trials: 2, epochs: 2, sampler: 'random' },
]

/** Runs the study up to its end or, if it is stopped, up to that event. */
async function run(
  course: StudyCourse,
  stopAt: (event: StudyEvent) => boolean = () => false,
  reason?: string,
) {
  const events: StudyEvent[] = []
  const control = new AbortController()
  const end = await runStudy({
    ...course,
    limits: { trialTimeoutMs: null, ...course.limits },
    executor: createSimulatedExecutor(1, 0, ({ spec }) => Array(spec.budget.epochs).fill(spec.number + 1)),
    listener: (event) => {
      events.push(event)
      if (stopAt(event)) control.abort(reason)
    },
    say: () => {},
    host: 'here',
    signal: control.signal,
  })
  return { end, events, kinds: events.map(({ kind }) => kind) }
}

describe('the events of a study', () => {
  it('tell its start, each stage and its end', async () => {
    const course = courseOf({ space: LINE, stages: STAGES })
    const { end, events, kinds } = await run(course)
    expect(end).toEqual({ state: 'complete', endReason: null })
    expect(kinds.filter((kind) => !kind.startsWith('trial'))).toEqual([
      'study-started',
      'stage-started',
      'stage-finished',
      'stage-started',
      'stage-finished',
      'study-finished',
    ])
    const { study, stages } = course
    expect(events[0]).toEqual({
      kind: 'study-started',
      study,
      stages,
      workers: 1,
      host: 'here',
      finished: 0,
      best: null,
    })
    const [coarse] = course.store.stages(study.id)
    expect(events[1]).toEqual({ kind: 'stage-started', stage: coarse, finished: 0 })
    expect(events.at(-1)).toEqual({ kind: 'study-finished', state: 'complete', endReason: null })
  })

  it('tell on a resume what was there already, and of a stage that was stopped no end', async () => {
    const course = courseOf({ space: LINE, stages: [STAGES[0]!, { ...STAGES[1]!, trials: 4 }] })
    const isThird = (event: StudyEvent): boolean =>
      event.kind === 'trial-finished' && event.record.number === 3
    // The next trial has begun when one is reported.
    const stopped = await run(course, isThird, 'stopped by SIGINT')
    expect(stopped.end).toEqual({ state: 'stopped', endReason: 'stopped by SIGINT' })
    expect(stopped.kinds.filter((kind) => kind === 'stage-finished')).toHaveLength(1)
    expect(course.store.findStudy('course')).toMatchObject(stopped.end)
    course.store.acquireLease(course.study.id)
    const { events } = await run(course)
    expect(events[0]).toMatchObject({ finished: 5, best: { number: 0, value: 1 } })
    expect(events.flatMap((event) => (event.kind === 'stage-started' ? event.finished : []))).toEqual([3, 2])
    expect(
      course.store
        .trials(course.study.id)
        .slice(0, 5)
        .map(({ attempts }) => attempts),
    ).toEqual([1, 1, 1, 1, 1])
  })
})

describe('the end of a study', () => {
  it('says which stages have tried every point', async () => {
    const course = courseOf({ space: searchSpace({ n: int(1, 2) }), stages: STAGES })
    const { end } = await run(course)
    expect(end).toEqual({
      state: 'complete',
      endReason: 'stage coarse has tried every possible point (2 trials)',
    })
  })

  it('comes with the stage in which a target is reached', async () => {
    const course = courseOf({ space: LINE, stages: STAGES, stop: { target: 1, patience: null } })
    const { end, kinds } = await run(course)
    expect(end).toEqual({ state: 'complete', endReason: 'trial 0 reached the target of 1 (stop.target)' })
    expect(kinds.filter((kind) => kind.startsWith('stage'))).toEqual(['stage-started'])
  })

  it('has the stop rule as its reason only if that kept a trial from beginning', async () => {
    const ended = async (trials: number) => {
      const stages = [{ ...STAGES[1]!, trials }]
      const course = courseOf({ space: LINE, stages, stop: { target: null, patience: 3 } })
      const { end } = await run(course)
      return [end.endReason, course.store.trials(course.study.id).length]
    }
    expect(await ended(12)).toEqual(['3 trials in a row brought no improvement (stop.patience)', 7])
    expect(await ended(7)).toEqual([null, 7])
  })

  it('is where the epochs of all stages reach their limit', async () => {
    const limits = { retries: 0, maxFailures: null, maxEpochs: 6 }
    const course = courseOf({ space: LINE, stages: STAGES, limits })
    expect((await run(course)).end.endReason).toBe('limit of 6 epochs reached')
    expect(course.store.trials(course.study.id)).toHaveLength(4)
  })
})

it('imported trials are passed over: no event tells of their stage, and their epochs count towards no limit', async () => {
  const given = Array.from({ length: 9 }, (_, i): [Params, number] => [{ x: i / 9 }, i])
  const limits = { retries: 0, maxFailures: null, maxEpochs: 7 }
  const course = courseOf({ space: LINE, stages: STAGES, given, limits })
  const { end, events } = await run(course)
  expect(end).toEqual({ state: 'complete', endReason: null })
  expect(events[0]).toMatchObject({ finished: 9, best: { number: 0 } })
  expect(events.flatMap((event) => (event.kind === 'stage-started' ? event.stage.name : []))).toEqual([
    'coarse',
    'fine',
  ])
  expect(course.store.trials(course.study.id)).toHaveLength(14)
})
