import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { Executor, RungVerdict, TrialTask } from '../../src/execute/executor.ts'
import type { ObjectiveSource } from '../../src/objective/source.ts'
import type { TimedMeasurement, TrialOutcome } from '../../src/trial.ts'

export const BEHAVIOURS: ObjectiveSource = {
  kind: 'module',
  file: fileURLToPath(new URL('../fixtures/objectives/behaviours.ts', import.meta.url)),
}

/** A trial whose objective does what `does` names, five epochs of it. */
export function trial(does: string, changes: Partial<TrialTask> & { number?: number } = {}): TrialTask {
  const { number = 0, continued = null, slot = 0, timeoutMs = null } = changes
  const spec = {
    number,
    stage: 0,
    params: { does },
    seed: 1000 + number,
    budget: { epochs: 5 },
    continues: null,
  }
  return { spec, continued, slot, attempt: 1, timeoutMs }
}

const unheard = (): void => {}

/**
 * What every executor does. `create` makes one for the source, which is closed at the end.
 * @param loadsHere false where an objective that cannot be loaded is refused before any trial
 */
export function describeExecutor(
  create: (source: ObjectiveSource, slots: number) => Executor,
  { loadsHere = true } = {},
): void {
  const shared = create(BEHAVIOURS, 2)
  const outcomeOf = (does: string): Promise<TrialOutcome> => shared.run(trial(does), unheard)
  afterAll(() => shared.close())

  test('a trial that goes well is complete, with every measurement and how it was computed', async () => {
    const outcome = await outcomeOf('well')
    expect(outcome).toMatchObject({ state: 'complete', error: null, artifact: null, arithmetic: 'plain' })
    expect(outcome.measurements.map(({ seconds, ...rest }) => rest)).toEqual(
      [1, 2, 3, 4, 5].map((step) => ({
        step,
        value: (1000 * step) / 7,
        metrics: { number: 0, nothing: Number.NaN, far: -Infinity },
      })),
    )
    expect(outcome.durationMs).toBeGreaterThanOrEqual(outcome.measurements.at(-1)!.seconds * 1000)
    expect(Math.abs(Date.now() - outcome.startedAt)).toBeLessThan(60_000)
  })

  test('measurements are announced once each, in order, before the outcome', async () => {
    for (const does of ['well', 'asynchronous', 'sameObject', 'throws']) {
      const announced: TimedMeasurement[] = []
      let ended = false
      const outcome = await shared.run(trial(does), (measurement) => {
        expect(ended).toBe(false)
        announced.push(measurement)
      })
      ended = true
      expect(announced).toEqual(outcome.measurements)
    }
  })

  test('an objective may be asynchronous', async () => {
    const { state, measurements } = await outcomeOf('asynchronous')
    expect([state, measurements.length]).toEqual(['complete', 5])
  })

  test('a measurement is kept as it was when it was yielded', async () => {
    const { measurements } = await outcomeOf('sameObject')
    expect(measurements.map(({ step, metrics }) => [step, metrics.twice])).toEqual(
      [1, 2, 3, 4, 5].map((step) => [step, 2 * step]),
    )
  })

  test('a function that gives a value has measured once, after all epochs', async () => {
    const { state, measurements } = await outcomeOf('function')
    expect([state, measurements.map(({ seconds, ...rest }) => rest)]).toEqual([
      'complete',
      [{ step: 5, value: 0.5, metrics: { loss: 2 } }],
    ])
  })

  test('an artifact comes back whole, and goes into the trial that continues it', async () => {
    const { artifact } = await shared.run(trial('artifact'), unheard)
    expect(artifact).toEqual(Uint8Array.of(1, 2, 3))
    const next = await shared.run(trial('artifact', { number: 1, continued: Uint8Array.of(7) }), unheard)
    expect(next.measurements[0]?.value).toBe(7)
    expect((await shared.run(trial('partOfABuffer'), unheard)).artifact).toEqual(Uint8Array.of(5, 5, 5))
    expect((await shared.run(trial('wasmMemory'), unheard)).artifact).toHaveLength(65536)
  })

  test('a thousand trials in its slots give each its own results', async () => {
    const numbers = Array.from({ length: 1000 }, (_, number) => number)
    const outcomes = await Promise.all(
      numbers.map((number) => shared.run(trial('well', { number }), unheard)),
    )
    expect(outcomes.map(({ measurements }) => measurements[4]?.value)).toEqual(
      numbers.map((number) => ((1000 + number) * 5) / 7),
    )
  })

  test('what is thrown becomes the reason of a failed trial, and the next trial runs', async () => {
    const thrown = await shared.run(trial('throws'), unheard)
    expect(thrown).toMatchObject({
      state: 'failed',
      error: { code: 'threw', message: 'TypeError: no such layer' },
    })
    expect(thrown.error?.stack).toContain('behaviours')
    expect(thrown.measurements).toHaveLength(1)
    expect((await shared.run(trial('throwsText'), unheard)).error?.message).toBe(
      'The objective threw "a string", which is not an Error',
    )
    expect((await shared.run(trial('throwsAtOnce'), unheard)).error?.message).toBe('nothing begun')
    expect((await shared.run(trial('well'), unheard)).state).toBe('complete')
  })

  test('process.exit ends the trial and not the process', async () => {
    const { state, error, measurements } = await outcomeOf('exits')
    expect([state, error?.code, error?.message]).toEqual([
      'failed',
      'exited',
      'The objective called process.exit(3)',
    ])
    expect(measurements).toHaveLength(1)
  })

  test('a value that is not finite ends the trial as diverged, told by its step', async () => {
    const { state, error, measurements } = await outcomeOf('diverges')
    expect([state, error?.code, error?.message]).toEqual([
      'diverged',
      'diverged',
      'The value became NaN at step 2',
    ])
    expect(measurements).toHaveLength(1)
  })

  test('an objective may say itself that it diverged', async () => {
    const { state, error } = await outcomeOf('givesUp')
    expect([state, error?.code, error?.message]).toEqual([
      'diverged',
      'diverged',
      'loss became NaN in epoch 2, step 32',
    ])
  })

  test.for([
    ['nothing', 'The objective ended without a measurement'],
    ['noObject', 'Bad measurement: an objective yields { step, value, metrics }, got 0.5'],
    ['noStep', 'Bad measurement: step must be a whole number from 1, got undefined'],
    ['halfStep', 'Bad measurement: step must be a whole number from 1, got 1.5'],
    ['fallingSteps', 'Bad measurement: steps must increase, got 2 after 2'],
    ['textValue', 'Bad measurement: value must be a number, got "0.5" at step 1'],
    ['strayKey', 'Bad measurement: unknown key "loss"; other numbers belong in metrics'],
    ['cyclic', 'Bad measurement: metrics.self must be a number, got an object at step 1'],
    ['functionMetric', 'Bad measurement: metrics.f must be a number, got a function at step 1'],
    [
      'returnsValue',
      'An objective returns nothing or { artifact, arithmetic }, bytes and a string; its value is the last one it yields',
    ],
    ['noValue', 'Bad measurement: value must be a number, got "high" at step 5'],
  ])('an objective with the fault "%s" fails with a sentence', async ([does, message]) => {
    const { state, error } = await outcomeOf(does!)
    expect([state, error?.code, error?.message]).toEqual(['failed', 'bad-measurement', message])
  })

  test('an objective that waits for ever ends at its time limit', async () => {
    const { state, error, measurements } = await shared.run(trial('waiting', { timeoutMs: 1000 }), unheard)
    expect([state, error?.code, error?.message]).toEqual([
      'failed',
      'timeout',
      'The trial ran longer than its limit of 1 s',
    ])
    expect(measurements).toHaveLength(1)
    expect((await shared.run(trial('well'), unheard)).state).toBe('complete')
  })

  test('an objective that never stops measuring ends at its time limit, or at the limit of measurements', async () => {
    const { state, error } = await shared.run(trial('forever', { timeoutMs: 100 }), unheard)
    expect(state).toBe('failed')
    expect(['timeout', 'bad-measurement']).toContain(error?.code)
  })

  const stoppable = ['waits', 'untilAsked', 'returnsWhenAsked', 'untilSignal']
  test.for(stoppable)('a stop ends a trial as stopped, never as complete: %s', async (does) => {
    const outcome = await shared.run(trial(does, { number: 4 }), ({ step }) => {
      shared.stop(99)
      if (step === 1) shared.stop(4)
    })
    expect([outcome.state, outcome.error, outcome.artifact]).toEqual(['stopped', null, null])
    expect((await shared.run(trial('well'), unheard)).state).toBe('complete')
  })

  test('an objective that returns because of a stop has not completed', async () => {
    const outcome = await shared.run(trial('returnsAfterWaiting', { number: 4 }), () => {
      // Not at once: between two measurements the executor would see the stop before the objective does.
      setImmediate(() => setImmediate(() => shared.stop(4)))
    })
    expect([outcome.state, outcome.artifact]).toEqual(['stopped', null])
  })

  test('a trial waits at each rung for its verdict, and goes on to its end', async () => {
    const events: string[] = []
    let waitedMs = 0
    const onRung = async ({ step }: TimedMeasurement): Promise<RungVerdict> => {
      events.push(`rung ${step}`)
      const arrived = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 50))
      waitedMs += performance.now() - arrived
      events.push('verdict')
      return 'go-on'
    }
    const begun = performance.now()
    const { state, measurements, durationMs } = await shared.run(
      { ...trial('asynchronous'), rungs: [2, 4] },
      ({ step }) => events.push(`${step}`),
      onRung,
    )
    expect([state, measurements.length]).toEqual(['complete', 5])
    expect(events).toEqual(['1', '2', 'rung 2', 'verdict', '3', '4', 'rung 4', 'verdict', '5'])
    // The wait is no part of the trial's time; clocks are a millisecond apart at most.
    expect(durationMs).toBeLessThan(performance.now() - begun - waitedMs + 1)
  })

  test.for([
    ['prune', 'pruned'],
    ['stop', 'stopped'],
  ] as const)('a verdict to %s ends a trial at its rung as %s', async ([verdict, state]) => {
    const task = { ...trial('well'), rungs: [2] }
    const outcome = await shared.run(task, unheard, async () => verdict)
    expect([outcome.state, outcome.error, outcome.artifact]).toEqual([state, null, null])
    expect(outcome.measurements.map(({ step }) => step)).toEqual([1, 2])
  })

  test('a rung at the last epoch is none, and one that was skipped is come to with the next measurement', async () => {
    const steps: number[] = []
    const onRung = async ({ step }: TimedMeasurement): Promise<RungVerdict> => {
      steps.push(step)
      return 'go-on'
    }
    await shared.run({ ...trial('well'), rungs: [1, 5] }, unheard, onRung)
    await shared.run({ ...trial('everyOther'), rungs: [2] }, unheard, onRung)
    expect(steps).toEqual([1, 3])
  })

  test('a trial that waits at a rung can be stopped', async () => {
    const outcome = await shared.run({ ...trial('well', { number: 4 }), rungs: [2] }, unheard, () => {
      shared.stop(4)
      return new Promise(() => {})
    })
    expect(outcome.state).toBe('stopped')
    const each = create(BEHAVIOURS, 1)
    const closed = await each.run({ ...trial('well'), rungs: [2] }, unheard, () => {
      void each.close()
      return new Promise(() => {})
    })
    expect(closed.state).toBe('stopped')
  })

  test('as many trials run at once as there are slots, and the next begins when one has ended', async () => {
    const begun = [1, 2, 3].map(() => Promise.withResolvers<void>())
    const order: string[] = []
    const ended = begun.map(async ({ resolve }, index) => {
      await shared.run(trial('waits', { number: index }), ({ step }) => {
        if (step === 1) order.push(`${index} begins`)
        resolve()
      })
      order.push(`${index} ends`)
    })
    await Promise.all([begun[0]!.promise, begun[1]!.promise])
    shared.stop(0)
    await begun[2]!.promise
    for (const number of [1, 2]) shared.stop(number)
    await Promise.all(ended)
    expect(order.indexOf('0 ends')).toBeLessThan(order.indexOf('2 begins'))
  })

  test('closing stops what runs at once, and what is asked for later', async () => {
    const each = create(BEHAVIOURS, 2)
    const begun = Promise.withResolvers<void>()
    const outcomes = [1, 2, 3].map((number) => each.run(trial('waiting', { number }), () => begun.resolve()))
    await begun.promise
    await each.close()
    await each.close()
    expect((await Promise.all(outcomes)).map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
    expect((await each.run(trial('well'), unheard)).state).toBe('stopped')
  })

  test.runIf(loadsHere)('an objective that cannot be loaded fails each trial with the sentence', async () => {
    const missing = create({ kind: 'module', file: '/nowhere/objective.ts' }, 1)
    for (const number of [0, 1]) {
      const { state, error } = await missing.run(trial('well', { number }), unheard)
      expect([state, error?.code, error?.message]).toEqual([
        'failed',
        'threw',
        'Objective not found: /nowhere/objective.ts',
      ])
    }
    await missing.close()
  })
}
