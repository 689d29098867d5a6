import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TrialQueueSetup } from '../../src/study/trial-queue.ts'
import { begin } from './led-stage.ts'
import { settled } from './manual-executor.ts'

describe('the lanes of a stage', () => {
  it('run a trial in each slot, the lowest free one, and record where', async () => {
    const { store, id, executor, run, told, trials } = begin()
    const ended = run()
    await settled()
    expect(executor.runs.map(({ task }) => task)).toEqual([
      expect.objectContaining({
        slot: 0,
        attempt: 1,
        timeoutMs: 5000,
        rungs: [],
        continued: null,
        artifactFloor: null,
      }),
      expect.objectContaining({ slot: 1 }),
    ])
    expect(told()).toEqual(['trial-started 6', 'trial-started 7'])
    expect(store.trial(id, 7)).toMatchObject({ state: 'running', host: 'there', slot: 1 })
    await executor.runs[0]!.end('complete', {
      measurements: [{ step: 4, value: 2, metrics: {}, seconds: 1 }],
    })
    expect(executor.runs[2]!.task).toMatchObject({ slot: 0, spec: { number: 8 } })
    expect(executor.runs[2]!.task.artifactFloor).toEqual({ value: 2, direction: 'maximize' })
    expect(store.trial(id, 6)).toMatchObject({ state: 'complete', value: 2, attempts: 1, slot: 0 })
    await executor.runs[1]!.end('diverged')
    await executor.runs[2]!.end('complete')
    await ended
    expect(told().slice(-3)).toEqual(['trial-started 8', 'trial-finished 7', 'trial-finished 8'])
    expect(executor.listeners).toBe(0)
    expect([trials.finished, trials.complete]).toEqual([3, true])
  })

  it('come and go with the slots', async () => {
    const { executor, run } = begin({ slots: 0 })
    const ended = run()
    await settled()
    expect(executor.runs).toHaveLength(0)
    executor.setSlots(2)
    executor.setSlots(1)
    expect(executor.runs).toHaveLength(2)
    await executor.runs[0]!.end('complete')
    expect(executor.runs).toHaveLength(2)
    await executor.runs[1]!.end('complete')
    await executor.runs[2]!.end('complete')
    await ended
  })

  it('begin no trial once the signal is aborted, and listen to it no longer at their end', async () => {
    const { store, id, executor, control, run } = begin()
    const ended = run()
    await settled()
    control.abort('enough')
    await executor.runs[0]!.end('complete')
    await executor.runs[1]!.end('stopped')
    await ended
    expect(executor.runs).toHaveLength(2)
    expect(store.trials(id).map(({ state }) => state)).toEqual(['complete', 'waiting'])
    expect(getEventListeners(control.signal, 'abort')).toEqual([])
    const never = begin()
    never.control.abort('enough')
    await never.run()
    expect(never.executor.runs).toEqual([])
  })

  it('end at once when the signal is aborted while no trial may begin', async () => {
    const { control, run } = begin({ slots: 0 })
    const ended = run()
    control.abort('enough')
    await ended
  })

  it('run an interrupted trial again from its beginning, before later ones', async () => {
    const { store, id, executor, run } = begin({ slots: 1 })
    const ended = run()
    executor.runs[0]!.measure(1, 5)
    await executor.runs[0]!.end('stopped')
    expect(executor.runs[1]!.task).toMatchObject({ attempt: 2, spec: { number: 6 } })
    for (let index = 1; index < 4; index++) await executor.runs[index]!.end('complete')
    await ended
    expect(store.trials(id).map(({ attempts }) => attempts)).toEqual([2, 1, 1])
  })
})

describe('a trial that fails', () => {
  it('is run again in its slot, as often as it may, and said to be', async () => {
    const { store, id, executor, run, events } = begin({ slots: 1, queue: { retries: 1, trials: 1 } })
    const ended = run()
    await executor.runs[0]!.end('failed')
    const error = { code: 'threw', message: 'no luck', stack: null }
    expect(events.filter(({ kind }) => kind === 'trial-retried')).toEqual([
      { kind: 'trial-retried', trial: 6, attempt: 1, error },
    ])
    expect(executor.runs[1]!.task).toMatchObject({ attempt: 2, slot: 0 })
    await executor.runs[1]!.end('failed')
    await ended
    expect(executor.runs).toHaveLength(2)
    const record = store.trial(id, 6)
    expect(record).toMatchObject({ state: 'failed', attempts: 2, error })
    expect(events.at(-1)).toEqual({ kind: 'trial-finished', record })
  })

  it('waits for a resume if it may run again but the study is to stop, else it has failed', async () => {
    for (const [retries, state] of [
      [1, 'waiting'],
      [0, 'failed'],
    ] as const) {
      const { store, id, executor, control, run, told } = begin({ slots: 1, queue: { retries } })
      const ended = run()
      await settled()
      control.abort('enough')
      await executor.runs[0]!.end('failed')
      await ended
      expect(store.trial(id, 6)!.state).toBe(state)
      expect(told()).toEqual(['trial-started 6', ...(state === 'failed' ? ['trial-finished 6'] : [])])
    }
  })
})

describe('what goes wrong outside of trials', () => {
  it('ends the stage once nothing runs', async () => {
    const propose: TrialQueueSetup['propose'] = (index) => {
      if (index === 1) throw new Error('no sampler')
      return { number: 6, stage: 1, params: {}, seed: 1, budget: { epochs: 4 }, continues: null }
    }
    const { store, id, executor, run } = begin({ queue: { propose } })
    let isOver = false
    const ended = run().finally(() => {
      isOver = true
    })
    ended.catch(() => {})
    await settled()
    expect([executor.runs.length, isOver]).toEqual([1, false])
    await executor.runs[0]!.end('complete')
    await expect(ended).rejects.toThrow('no sampler')
    expect(store.trial(id, 6)!.state).toBe('complete')
  })

  it('is told by the first error, of an executor too', async () => {
    const { executor, run } = begin()
    const ended = run()
    ended.catch(() => {})
    await executor.runs[0]!.reject(new Error('first'))
    await executor.runs[1]!.reject(new Error('second'))
    await expect(ended).rejects.toThrow('first')
    expect(executor.runs).toHaveLength(2)
  })

  it('is told if the store fails, and no trial is reported that is not committed', async () => {
    const { executor, run, told } = begin({ slots: 1, flushes: 1 })
    const ended = run()
    ended.catch(() => {})
    await settled()
    await executor.runs[0]!.end('complete')
    await executor.runs[1]?.end('stopped')
    await expect(ended).rejects.toThrow('disk full')
    expect(told()).toEqual(['trial-started 6'])
  })
})

describe('what a trial measures', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => vi.useRealTimers())

  it('is told and, after a while, stored; but not what comes after its end', async () => {
    const { store, id, executor, run, told } = begin({ slots: 1, queue: { trials: 1 } })
    const ended = run()
    await settled()
    executor.runs[0]!.measure(1, 5)
    expect(told()).toEqual(['trial-started 6', 'measured 6'])
    vi.advanceTimersByTime(300)
    await settled()
    expect(store.measurements(id, 6).map(({ value }) => value)).toEqual([5])
    executor.runs[0]!.measure(2, 6)
    await executor.runs[0]!.end('complete')
    executor.runs[0]!.measure(3, 7)
    vi.advanceTimersByTime(300)
    await ended
    expect(told()).toEqual(['trial-started 6', 'measured 6', 'measured 6', 'trial-finished 6'])
  })

  it('is not stored once the trial has ended, or the stage', async () => {
    const { store, id, executor, run } = begin({ slots: 2 })
    const ended = run()
    ended.catch(() => {})
    await settled()
    executor.runs[0]!.measure(1, 5)
    await executor.runs[0]!.end('diverged', { measurements: [] })
    vi.advanceTimersByTime(300)
    expect(store.measurements(id, 6)).toEqual([])
    executor.runs[1]!.measure(1, 5)
    await executor.runs[1]!.reject(new Error('the executor'))
    await executor.runs[2]!.end('complete')
    await expect(ended).rejects.toThrow('the executor')
    vi.advanceTimersByTime(300)
    store.flush()
    expect(store.measurements(id, 7)).toEqual([])
  })

  it('decides at rungs: a trial that runs on is stopped when it is pruned', async () => {
    const { store, id, executor, run } = begin({ slots: 3, rungs: [1] })
    const ended = run()
    await settled()
    const [first, second, third] = executor.runs
    expect(first!.task.rungs).toEqual([1])
    third!.measure(1, 3)
    first!.measure(1, 5)
    const verdict = second!.reachRung(1, 4)
    expect(await verdict).toBe('go-on')
    expect(executor.stopped).toEqual([8])
    await third!.end('stopped')
    await first!.end('complete')
    await second!.end('complete')
    await ended
    expect(store.trials(id).map(({ state }) => state)).toEqual(['complete', 'complete', 'pruned'])
  })
})

describe('what a trial leaves behind', () => {
  const measured = (value: number) => ({ measurements: [{ step: 4, value, metrics: {}, seconds: 1 }] })

  it('is kept if the trial is among the best, as long as it is', async () => {
    const { store, id, executor, run } = begin({ slots: 1 })
    const ended = run()
    const kept = (): number[] => [6, 7, 8].filter((number) => store.artifact(id, number) !== undefined)
    await executor.runs[0]!.end('complete', measured(1))
    expect(kept()).toEqual([6])
    await executor.runs[1]!.end('complete', measured(0))
    expect(kept()).toEqual([6])
    await executor.runs[2]!.end('complete', measured(2))
    await ended
    expect(kept()).toEqual([8])
  })

  it('is not dropped for a better trial that left nothing', async () => {
    const { store, id, executor, run } = begin({ slots: 1, queue: { trials: 2 } })
    const ended = run()
    await executor.runs[0]!.end('complete', measured(1))
    await executor.runs[1]!.end('complete', { ...measured(2), artifact: null })
    await ended
    expect(store.artifact(id, 6)).toEqual(Uint8Array.of(1))
  })

  it('fails the trial if it is too large to be kept', async () => {
    const { store, id, executor, run } = begin({ slots: 1, queue: { trials: 1 } })
    const ended = run()
    await executor.runs[0]!.end('complete', { artifact: { byteLength: 512_000_001 } as Uint8Array })
    await ended
    expect(store.trial(id, 6)).toMatchObject({ state: 'failed', error: { code: 'artifact-too-large' } })
  })
})
