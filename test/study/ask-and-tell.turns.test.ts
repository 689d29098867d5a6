import { describe, expect, it } from 'vitest'
import type { StageEntry } from '../../src/search/plan.ts'
import { float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { AskedStudy } from '../../src/study/ask-and-tell.ts'
import type { StudyCourse } from '../../src/study/open-stage.ts'
import type { TrialOutcome } from '../../src/trial.ts'
import { courseOf, outcomeOf } from './course.ts'

const LINE = searchSpace({ x: float(0, 1) })
const STAGES: StageEntry[] = [
  { name: 'coarse', trials: 3, epochs: 1, sampler: 'random' },
  { name: 'fine', trials: 2, epochs: 2, sampler: 'random' },
]

/** The number of the trial that is asked for next, or the kind of another answer. */
function ask(asked: AskedStudy): number | string {
  const answer = asked.ask()
  return answer.kind === 'trial' ? answer.spec.number : answer.kind
}

/** Asks for all trials that are there and tells each, up to the end. */
function tellAll(asked: AskedStudy, state: TrialOutcome['state'] = 'complete'): number[] {
  const numbers: number[] = []
  for (let answer = asked.ask(); answer.kind === 'trial'; answer = asked.ask()) {
    numbers.push(answer.spec.number)
    asked.tell(answer.spec.number, outcomeOf(1, 1, state))
  }
  return numbers
}

describe('a trial that is asked for', () => {
  it('is there for others to read, runs on the host without a slot, and comes with its stage', () => {
    const course = courseOf({ space: LINE, stages: STAGES })
    const asked = new AskedStudy(course, 'my-laptop')
    expect(asked.ask()).toMatchObject({
      kind: 'trial',
      attempt: 1,
      stage: 'coarse',
      spec: { number: 0, stage: 0 },
    })
    const record = course.store.trial(course.study.id, 0)!
    expect(record).toMatchObject({ state: 'running', host: 'my-laptop', slot: null, attempts: 1 })
    expect(asked.pending()).toEqual([record])
  })

  it('is told for good: its record is there for others to read, and nothing that it left behind', () => {
    const course = courseOf({ space: LINE, stages: STAGES })
    const asked = new AskedStudy(course, 'here')
    asked.ask()
    const told = asked.tell(0, outcomeOf(0.25, 1))
    expect(told).toMatchObject({ number: 0, state: 'complete', value: 0.25 })
    expect(course.store.trial(course.study.id, 0)).toEqual(told)
    expect(course.store.artifact(course.study.id, 0)).toBeUndefined()
    expect(asked.pending()).toEqual([])
    expect(() => asked.tell(0, outcomeOf(0.25, 1))).toThrow('Trial 0 has not been handed out.')
  })

  it('is pending in order of number, also when it was handed out again', () => {
    const asked = new AskedStudy(courseOf({ space: LINE, stages: STAGES }), 'here')
    expect([ask(asked), ask(asked), ask(asked)]).toEqual([0, 1, 2])
    asked.tell(0, outcomeOf(1, 0, 'stopped'))
    expect(asked.pending().map(({ number }) => number)).toEqual([1, 2])
    expect(ask(asked)).toBe(0)
    expect(asked.pending().map(({ number }) => number)).toEqual([0, 1, 2])
    expect(asked.ask()).toEqual({ kind: 'wait', pending: [0, 1, 2] })
  })
})

describe('an asked study', () => {
  it('begins a stage when it is asked for its first trial, and ends when the last one is told', () => {
    const course = courseOf({ space: LINE, stages: STAGES })
    const asked = new AskedStudy(course, 'here')
    for (let number = 0; number < 3; number++) ask(asked)
    for (let number = 0; number < 3; number++) asked.tell(number, outcomeOf(number, 1))
    expect(course.store.stages(course.study.id)).toHaveLength(1)
    expect(asked.end).toBeNull()
    expect(asked.ask()).toMatchObject({ stage: 'fine', spec: { number: 3, budget: { epochs: 2 } } })
    expect(ask(asked)).toBe(4)
    asked.tell(4, outcomeOf(1, 2))
    expect(asked.end).toBeNull()
    asked.tell(3, outcomeOf(1, 2))
    expect(asked.end).toEqual({ state: 'complete', endReason: null })
    expect(course.store.findStudy('course')).toMatchObject({ state: 'complete', endReason: null })
    expect(asked.ask()).toEqual({ kind: 'end', end: asked.end })
  })

  it('that has ended stays so in another process, with its date', () => {
    let now = 1000
    const store = createMemoryStore({ now: () => now })
    const course = courseOf({ space: LINE, stages: STAGES, store })
    expect(tellAll(new AskedStudy(course, 'here'))).toEqual([0, 1, 2, 3, 4])
    now = 2000
    store.acquireLease(course.study.id)
    const again = new AskedStudy(course, 'here')
    expect(ask(again)).toBe('end')
    expect(again.end).toEqual({ state: 'complete', endReason: null })
    expect(store.findStudy('course')!.finishedAt).toBe(1000)
  })

  it('goes on in another process in the stage it was in, with what was handed out', () => {
    const course = courseOf({ space: LINE, stages: STAGES })
    const first = new AskedStudy(course, 'here')
    for (let number = 0; number < 3; number++) {
      ask(first)
      first.tell(number, outcomeOf(number, 1))
    }
    expect(ask(first)).toBe(3)
    course.store.releaseLease(course.study.id)
    course.store.acquireLease(course.study.id)
    const second = new AskedStudy(course, 'there')
    expect(second.pending().map(({ number, host }) => [number, host])).toEqual([[3, 'here']])
    expect(ask(second)).toBe(4)
    second.tell(4, outcomeOf(1, 2))
    expect(ask(second)).toBe('wait')
    second.tell(3, outcomeOf(1, 2))
    expect(second.end?.state).toBe('complete')
  })

  it('hands out again what a run had begun that was killed, and keeps what was handed out', () => {
    const course = courseOf({ space: LINE, stages: STAGES })
    const { store, study } = course
    const first = new AskedStudy(course, 'here')
    for (const slot of [null, 0, 1]) {
      const answer = first.ask()
      if (answer.kind !== 'trial') throw new Error(answer.kind)
      if (slot !== null) store.startTrial(study.id, answer.spec, 'here', slot)
    }
    store.flush()
    store.releaseLease(study.id)
    store.acquireLease(study.id)
    const second = new AskedStudy(course, 'there')
    expect(second.pending().map(({ number }) => number)).toEqual([0])
    // The first attempt was asked for, the second one run.
    expect(second.ask()).toMatchObject({ kind: 'trial', spec: { number: 1 }, attempt: 3 })
    expect(second.ask()).toMatchObject({ kind: 'trial', spec: { number: 2 }, attempt: 3 })
    expect(ask(second)).toBe('wait')
    for (const number of [2, 1, 0]) second.tell(number, outcomeOf(1, 1))
    expect(ask(second)).toBe(3)
  })

  it('fails after too many failures in a row, once nothing is handed out', () => {
    const limits = { retries: 0, maxFailures: 2, maxEpochs: null }
    const asked = new AskedStudy(courseOf({ space: LINE, stages: STAGES, limits }), 'here')
    expect([ask(asked), ask(asked), ask(asked)]).toEqual([0, 1, 2])
    asked.tell(0, outcomeOf(1, 0, 'failed'))
    asked.tell(1, outcomeOf(1, 0, 'failed'))
    expect([asked.end, ask(asked)]).toEqual([null, 'wait'])
    asked.tell(2, outcomeOf(1, 1))
    expect(asked.end).toEqual({ state: 'failed', endReason: '2 trials failed in a row' })
  })

  it('goes on to the next stage where a stage has no point left, and says so at its end', () => {
    const few = searchSpace({ n: int(1, 2) })
    const course = courseOf({ space: few, stages: STAGES })
    const asked = new AskedStudy(course, 'here')
    expect(tellAll(asked)).toEqual([0, 1, 2, 3])
    expect(asked.end).toEqual({
      state: 'complete',
      endReason: 'stage coarse has tried every possible point (2 trials)',
    })
  })

  it.each([true, false])('takes imported trials as they are (box narrowed by them: %s)', (narrow) => {
    const given = Array.from({ length: 20 }, (_, i): [Params, number] => [
      { x: i / 20 },
      Math.abs(i / 20 - 0.3),
    ])
    // Their epochs count towards no limit.
    const limits = { retries: 0, maxFailures: null, maxEpochs: 7 }
    const course: StudyCourse = courseOf({ space: LINE, stages: STAGES, given, narrow, limits })
    const asked = new AskedStudy(course, 'here')
    expect(asked.ask()).toMatchObject({ stage: 'coarse', spec: { number: 20, stage: 1 } })
    asked.tell(20, outcomeOf(1, 1))
    const again = new AskedStudy(course, 'here')
    for (const number of [21, 22, 23, 24]) {
      expect(ask(again)).toBe(number)
      again.tell(number, outcomeOf(1, number < 23 ? 1 : 2))
    }
    expect(again.end).toEqual({ state: 'complete', endReason: null })
    const [, coarse] = course.store.stages(course.study.id)
    expect(coarse!.narrowing !== null).toBe(narrow)
  })

  it('has only what its limit of epochs leaves to the stages after the first', () => {
    const limits = { retries: 0, maxFailures: null, maxEpochs: 6 }
    const asked = new AskedStudy(courseOf({ space: LINE, stages: STAGES, limits }), 'here')
    for (let number = 0; number < 4; number++) {
      expect(ask(asked)).toBe(number)
      asked.tell(number, outcomeOf(number, number < 3 ? 1 : 2))
    }
    expect(ask(asked)).toBe('end')
    expect(asked.end?.endReason).toBe('limit of 6 epochs reached')
  })

  it('spends its limit of epochs to the last one', () => {
    const limits = { retries: 0, maxFailures: null, maxEpochs: 7 }
    const asked = new AskedStudy(courseOf({ space: LINE, stages: STAGES, limits }), 'here')
    for (let number = 0; number < 5; number++) {
      expect(ask(asked)).toBe(number)
      asked.tell(number, outcomeOf(number, number < 3 ? 1 : 2))
    }
    expect(asked.end).toEqual({ state: 'complete', endReason: null })
  })
})
