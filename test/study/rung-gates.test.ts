import { describe, expect, it } from 'vitest'
import { RungGates } from '../../src/study/rung-gates.ts'
import type { TrialQueue } from '../../src/study/trial-queue.ts'
import type { TimedMeasurement, TrialOutcome, TrialSpec } from '../../src/trial.ts'

const RUNGS = [1, 3]
const SPEC: TrialSpec = { number: 7, stage: 0, params: {}, seed: 1, budget: { epochs: 6 }, continues: null }

const at = (step: number): TimedMeasurement => ({ step, value: step, metrics: {}, seconds: 0 })

function outcome(state: TrialOutcome['state'], ...steps: number[]): TrialOutcome {
  return {
    state,
    measurements: steps.map(at),
    error: state === 'failed' ? { code: 'threw', message: 'no', stack: null } : null,
    artifact: Uint8Array.of(1),
    arithmetic: null,
    slot: null,
    host: null,
    startedAt: 0,
    durationMs: 1,
  }
}

/** Gates before a queue that decides what `verdicts` says of a trial's step, like `7@1`; nothing as long as it is silent. */
function gatesOf() {
  const verdicts = new Map<string, boolean>()
  const heard: string[] = []
  const stopped: number[] = []
  let changes = 0
  const queue = {
    goesOn: (trial: number, step: number) => verdicts.get(`${trial}@${step}`) ?? null,
    measured: (trial: number, { step }: TimedMeasurement) => heard.push(`${trial}@${step}`),
  }
  const gates = new RungGates(
    queue as unknown as TrialQueue,
    (trial) => stopped.push(trial),
    () => changes++,
  )
  const judge = (...given: readonly (readonly [string, boolean])[]): void => {
    for (const [place, goesOn] of given) verdicts.set(place, goesOn)
    gates.judge()
  }
  const follow = (number: number) => gates.follow({ ...SPEC, number }, RUNGS)
  return { gates, judge, follow, heard, stopped, changes: () => changes }
}

describe('a trial that waits at its rungs', () => {
  it('goes on when the queue says so, and is asked for once at each rung', async () => {
    const { gates, judge, follow, heard, stopped, changes } = gatesOf()
    const trial = follow(7)
    trial.measured(at(1))
    expect([changes(), gates.blocked]).toEqual([1, 0])
    const verdict = trial.verdict()
    expect([changes(), gates.blocked]).toEqual([2, 1])
    judge(['7@1', true])
    expect([await verdict, gates.blocked]).toEqual(['go-on', 0])
    trial.measured(at(2))
    expect(changes()).toBe(2)
    trial.measured(at(3))
    expect([changes(), heard]).toEqual([3, ['7@1', '7@2', '7@3']])
    judge(['7@3', true])
    // The verdict was there before anybody waited.
    expect([await trial.verdict(), gates.blocked, changes()]).toEqual(['go-on', 0, 3])
    trial.measured(at(6))
    const complete = outcome('complete', 1, 2, 3, 6)
    expect(await trial.ended(complete)).toBe(complete)
    expect(stopped).toEqual([])
  })

  it('is pruned there without being stopped: the executor ends it by the verdict', async () => {
    const { judge, follow, stopped } = gatesOf()
    const trial = follow(7)
    trial.measured(at(1))
    const verdict = trial.verdict()
    judge(['7@1', false])
    expect([await verdict, stopped]).toEqual(['prune', []])
    expect((await trial.ended(outcome('pruned', 1))).state).toBe('pruned')
  })

  it('is not held at a step that is its last', async () => {
    const { gates, follow, changes } = gatesOf()
    const trial = follow(7)
    trial.measured(at(6))
    expect([changes(), gates.blocked]).toEqual([1, 0])
    const complete = outcome('complete', 6)
    expect(await trial.ended(complete)).toBe(complete)
  })

  it('is held once at the last of several rungs that a step passes', async () => {
    const { judge, follow, changes } = gatesOf()
    const trial = follow(7)
    trial.measured(at(5))
    const verdict = trial.verdict()
    judge(['7@1', false], ['7@3', false])
    expect(changes()).toBe(2)
    judge(['7@5', true])
    expect(await verdict).toBe('go-on')
  })
})

describe('a trial that runs on past its rungs', () => {
  it('is heard of past a rung only after the verdict', async () => {
    const { judge, follow, heard } = gatesOf()
    const trial = follow(7)
    for (const step of [1, 2, 3, 4]) trial.measured(at(step))
    expect(heard).toEqual(['7@1'])
    judge(['7@1', true])
    trial.measured(at(5))
    expect(heard).toEqual(['7@1', '7@2', '7@3'])
    const ended = trial.ended(outcome('complete', 1, 2, 3, 4, 5))
    judge(['7@3', true])
    expect((await ended).state).toBe('complete')
    expect(heard).toEqual(['7@1', '7@2', '7@3', '7@4', '7@5'])
  })

  it('is stopped when it is pruned, and what it did past the rung is dropped, a failure too', async () => {
    const { judge, follow, heard, stopped } = gatesOf()
    const trial = follow(7)
    for (const step of [1, 2]) trial.measured(at(step))
    judge(['7@1', false])
    expect(stopped).toEqual([7])
    expect(await trial.ended(outcome('failed', 1, 2))).toEqual({
      ...outcome('pruned', 1),
      artifact: null,
    })
    expect(heard).toEqual(['7@1'])
  })

  it('counts as waiting once it has ended, until the verdict is there', async () => {
    const { gates, judge, follow, stopped } = gatesOf()
    const trial = follow(7)
    trial.measured(at(1))
    const ended = trial.ended(outcome('complete', 1, 2))
    expect(gates.blocked).toBe(1)
    judge(['7@1', false])
    expect([(await ended).measurements, stopped]).toEqual([[at(1)], []])
  })

  it('that was stopped before a verdict has ended, to be run again', async () => {
    const { gates, follow } = gatesOf()
    const trial = follow(7)
    trial.measured(at(1))
    expect((await trial.ended(outcome('stopped', 1))).state).toBe('stopped')
    expect(gates.blocked).toBe(0)
  })
})

describe('trials that wait for ones that cannot run', () => {
  /** Trials 4, 6 and 8 wait at a rung, trial 9 has come to one and runs on. */
  function waiting() {
    const all = gatesOf()
    const trials = [9, 6, 8, 4].map((number) => {
      const trial = all.follow(number)
      trial.measured(at(1))
      return { number, trial, verdict: number === 9 ? null : trial.verdict() }
    })
    const verdictOf = (number: number) => trials.find((each) => each.number === number)!.verdict
    return { ...all, verdictOf }
  }

  it('are counted, and all stopped together', async () => {
    const { gates, verdictOf, stopped } = waiting()
    expect(gates.blocked).toBe(3)
    gates.stopBlocked()
    expect(await Promise.all([4, 6, 8].map(verdictOf))).toEqual(['stop', 'stop', 'stop'])
    expect([gates.blocked, stopped]).toEqual([0, []])
  })

  it('give way from the highest on, above a number', async () => {
    const { gates, verdictOf } = waiting()
    gates.stopHighestAbove(8)
    expect(gates.blocked).toBe(3)
    gates.stopHighestAbove(7)
    expect([await verdictOf(8), gates.blocked]).toEqual(['stop', 2])
    gates.stopHighestAbove(6)
    expect(gates.blocked).toBe(2)
    gates.stopHighestAbove(3)
    expect([await verdictOf(6), gates.blocked]).toEqual(['stop', 1])
    gates.stopBlocked()
    gates.stopHighestAbove(0)
    expect(gates.blocked).toBe(0)
  })
})
