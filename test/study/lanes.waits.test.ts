import { describe, expect, it } from 'vitest'
import type { RungVerdict } from '../../src/execute/executor.ts'
import { outcomeOf } from './course.ts'
import { begin } from './led-stage.ts'
import { settled } from './manual-executor.ts'

describe('a trial that waits at a rung', () => {
  /** Trial 6 runs, and trial 7 waits for it at a rung. */
  async function waiting() {
    const stage = begin({ rungs: [1], queue: { trials: 2 } })
    const ended = stage.run()
    await settled()
    const verdicts: RungVerdict[] = []
    const [first, second] = stage.executor.runs
    void second!.reachRung(1, 5).then((verdict) => verdicts.push(verdict))
    await settled()
    return { ...stage, ended, verdicts, first: first!, second: second! }
  }

  it('goes on waiting as long as the trial that it waits for runs', async () => {
    const { executor, control, ended, verdicts, first, second } = await waiting()
    executor.setSlots(1)
    control.abort('enough')
    await settled()
    expect(verdicts).toEqual([])
    first.measure(1, 4)
    await settled()
    expect(verdicts).toEqual(['go-on'])
    await first.end('complete')
    await second.end('complete')
    await ended
  })

  it('ends, to be run again, once no trial begins any more and all that run wait', async () => {
    const { store, id, control, ended, verdicts, first, second } = await waiting()
    control.abort('enough')
    await first.end('stopped')
    expect(verdicts).toEqual(['stop'])
    await second.end('stopped')
    await ended
    expect(store.trials(id).map(({ state }) => state)).toEqual(['waiting', 'waiting'])
  })

  it('keeps its slot where the one it waits for finds another to start again in', async () => {
    const { executor, ended, verdicts, first, second } = await waiting()
    await first.end('stopped')
    expect([executor.runs.length, verdicts]).toEqual([3, []])
    executor.runs[2]!.measure(1, 4)
    await executor.runs[2]!.end('complete')
    expect(verdicts).toEqual(['go-on'])
    await second.end('complete')
    await ended
  })

  it('makes room for a lower number that has to start again where there is no other slot', async () => {
    const { store, id, executor, ended, verdicts, first, second } = await waiting()
    executor.setSlots(1)
    await first.end('stopped')
    expect([executor.runs.length, verdicts]).toEqual([2, ['stop']])
    await second.end('stopped')
    expect(executor.runs[2]!.task).toMatchObject({ spec: { number: 6 }, attempt: 2 })
    await executor.runs[2]!.end('complete')
    await executor.runs[3]!.end('complete')
    await ended
    expect(store.trials(id).map(({ number, state, attempts }) => [number, state, attempts])).toEqual([
      [6, 'complete', 2],
      [7, 'complete', 2],
    ])
  })
})

describe('a trial that continues another', () => {
  /** Trial 6 continues trial 2, which continues trial 1; their artifacts are in the store if `stored`. */
  function continuing(stored: boolean) {
    const stage = begin({ slots: 1, queue: { trials: 1 }, kept: { continued: [2] }, continues: 2 })
    const { store, id } = stage
    for (const [number, continues] of [
      [1, null],
      [2, 1],
    ] as const) {
      const spec = { number, stage: 0, params: {}, seed: number, budget: { epochs: 1 }, continues }
      store.startTrial(id, spec, 'here')
      const artifact = Uint8Array.of(number)
      store.finishTrial(id, number, { ...outcomeOf(1, 1), artifact }, stored)
      store.flush()
    }
    const ended = stage.run()
    ended.catch(() => {})
    return { ...stage, ended }
  }

  it('gets what that one left behind, which is dropped once it has ended', async () => {
    const { store, id, executor, ended } = continuing(true)
    await settled()
    expect(executor.runs[0]!.task).toMatchObject({ spec: { number: 6 }, continued: Uint8Array.of(2) })
    await executor.runs[0]!.end('diverged')
    await ended
    expect(store.artifact(id, 2)).toBeUndefined()
  })

  it('has it made again where the store has lost it, from the first that is lost on', async () => {
    const { store, id, executor, ended } = continuing(false)
    await settled()
    const { spec, ...rest } = executor.runs[0]!.task
    expect(spec.number).toBe(1)
    expect(rest).toEqual({ continued: null, slot: 0, attempt: 1, timeoutMs: 5000 })
    await executor.runs[0]!.end('complete', { artifact: Uint8Array.of(11) })
    expect(executor.runs[1]!.task).toMatchObject({ spec: { number: 2 }, continued: Uint8Array.of(11) })
    await executor.runs[1]!.end('complete', { artifact: Uint8Array.of(12) })
    expect(executor.runs[2]!.task).toMatchObject({ spec: { number: 6 }, continued: Uint8Array.of(12) })
    await executor.runs[2]!.end('complete')
    await ended
    expect(store.trials(id).map(({ number, attempts }) => [number, attempts])).toEqual([
      [1, 1],
      [2, 1],
      [6, 1],
    ])
  })

  it.each([0, 1])('fails as the one before it does when that is run again (the one at %i)', async (place) => {
    const { store, id, executor, ended } = continuing(false)
    await settled()
    if (place === 1) await executor.runs[0]!.end('complete')
    executor.runs[place]!.measure(1, 5)
    await executor.runs[place]!.end('failed')
    await ended
    expect(executor.runs).toHaveLength(place + 1)
    const error = { code: 'threw', message: 'no luck', stack: null }
    expect(store.trial(id, 6)).toMatchObject({ state: 'failed', epochs: 0, error })
  })

  it('is told if that one leaves nothing', async () => {
    const { executor, ended } = continuing(false)
    await settled()
    await executor.runs[0]!.end('complete', { artifact: null })
    await expect(ended).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('Trial 1 left no artifact that a warm start could continue'),
      hint: 'Return { artifact } from the objective, or drop warmStart from the stage.',
    })
  })
})
