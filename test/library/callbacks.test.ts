import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { float, type RunOptions, type Study, study } from '../../src/index.ts'

function small(): Study<{ readonly x: number }> {
  return study({
    direction: 'minimize',
    space: { x: float(0, 1) },
    objective: ({ params }) => params.x,
    stages: [{ trials: 4, epochs: 1 }],
  })
}

const boom = (): never => {
  throw new Error('mine')
}

describe('the callbacks of a run', () => {
  afterEach(() => vi.restoreAllMocks())

  test.each(['onTrial', 'onEvent'] as const)(
    'a promise of %s that is rejected is reported once, and changes nothing',
    async (name) => {
      const said: string[] = []
      const { state } = await small().run({
        [name]: async () => boom(),
        onMessage: (text) => said.push(text),
      })
      await new Promise(setImmediate)
      expect(state).toBe('complete')
      expect(said).toEqual([expect.stringMatching(/^A listener threw on ".*": mine\. The study continues/)])
    },
  )

  test('an onEvent that throws keeps no trial from onTrial', async () => {
    const told: number[] = []
    const onTrial = ({ number }: { number: number }) => told.push(number)
    await small().run({ onEvent: boom, onTrial, onMessage: () => {} })
    expect(told).toEqual([0, 1, 2, 3])
  })

  test.each([
    ['throws', boom],
    ['rejects', async () => boom()],
  ])('what an onMessage that %s did not take goes to stderr', async (_, onMessage) => {
    const written: unknown[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(text) > 0)
    const { state } = await small().run({ onTrial: boom, onMessage })
    await new Promise(setImmediate)
    expect(state).toBe('complete')
    expect(written).toEqual([
      expect.stringContaining('A listener threw on "trial-finished"'),
      'onMessage threw: mine. Messages that it throws on are shown here.\n',
    ])
  })

  test('may change what they get', async () => {
    const [changed, whole] = [small(), small()]
    await whole.run()
    await changed.run({
      onEvent: (event) => {
        if (event.kind === 'trial-started') Object.assign(event.spec.params, { x: 7 })
        if (event.kind === 'stage-started') Object.assign(event.stage, { trials: 1 })
      },
      onTrial: (trial) => Object.assign(trial, { value: -1 }),
    })
    expect(changed.digest()).toBe(whole.digest())
  })
})

test.each<[options: unknown, sentence: string, hint?: string]>([
  [4, 'run takes its options as an object, got 4', 'Write run({ workers: 4 }).'],
  [{ worker: 2 }, 'Unknown option "worker" of run', 'Did you mean "workers"?'],
  [{ workers: '2' }, 'workers must be a whole number of at least 1, got "2"'],
  [{ onTrial: 5 }, 'onTrial must be a function, got 5'],
  [
    { signal: new AbortController() },
    'signal must be an AbortSignal, got a block of keys',
    'Pass the signal of the AbortController.',
  ],
  [{ executor: {} }, 'executor must be an Executor: { slots, run, stop, close }, got a block of keys'],
  [
    { executor: { run() {}, stop() {}, close() {} } },
    'executor.slots must be a whole number of at least 1 where they never change, got nothing',
  ],
  [
    { executor: { slots: 0, run() {}, stop() {}, close() {} } },
    'executor.slots must be a whole number of at least 1 where they never change, got 0',
  ],
  [
    { executor: { slots: -1, run() {}, stop() {}, close() {}, onSlotsChanged() {} } },
    'executor.slots must be a whole number of at least 0, got -1',
  ],
])('an option that is wrong is refused (%#)', async (options, message, hint) => {
  await expect(small().run(options as RunOptions)).rejects.toMatchObject({ code: 'usage', message, hint })
})

describe('the signal of a run', () => {
  test.each([
    ['good enough', 'good enough'],
    [new Error('no money left'), 'no money left'],
    [undefined, 'stopped by its abort signal'],
    ['', 'stopped by its abort signal'],
  ])('its reason is that of the end (%#)', async (reason, endReason) => {
    const controller = new AbortController()
    controller.abort(reason)
    expect(await small().run({ signal: controller.signal })).toMatchObject({ state: 'stopped', endReason })
  })

  test('it is seen between short trials of a synchronous function, as timers are', async () => {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const stop = new AbortController()
    const tuning = study({
      direction: 'minimize',
      space: { x: float(0, 1) },
      objective: ({ params, number }) => {
        now += 5
        if (number === 0) setImmediate(() => stop.abort('a timer'))
        return params.x
      },
      stages: [{ trials: 64, epochs: 1 }],
    })
    const { state, endReason } = await tuning.run({ signal: stop.signal })
    vi.restoreAllMocks()
    expect({ state, endReason }).toEqual({ state: 'stopped', endReason: 'a timer' })
    expect(tuning.trials().length).toBeLessThan(10)
  })

  test('nothing is left on it after the run', async () => {
    const { signal } = new AbortController()
    await small().run({ signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
