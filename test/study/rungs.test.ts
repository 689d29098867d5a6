import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TrialTask } from '../../src/execute/executor.ts'
import { readRungVerdicts } from '../../src/report/rungs.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import type { TrialRecord } from '../../src/trial.ts'
import { newFile, run, wild } from './rung-studies.ts'
import type { Course } from './stepping-executor.ts'

const prunedOf = (trials: readonly TrialRecord[]): number[][] =>
  trials.filter(({ state }) => state === 'pruned').map(({ number, epochs }) => [number, epochs])

test('the same trials are pruned on any number of lanes, in any order, whatever kills the study on its way', async () => {
  const expected = await run()
  const states = new Set(expected.trials.map(({ state }) => state))
  expect([...states].sort()).toEqual(['complete', 'diverged', 'failed', 'pruned'])
  expect(prunedOf(expected.trials).length).toBeGreaterThan(10)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1, 2, 8, 64),
      fc.boolean(),
      fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 4 }),
      fc.nat(),
      async (slots, pauses, kills, schedule) => {
        const file = newFile()
        for (const [k, flushes] of kills.entries()) {
          const setup = { file, slots, pauses, flushes, schedule: schedule + k }
          await run(setup).catch((error: Error) => expect(error.message).toBe('killed'))
        }
        const result = await run({ file, slots, pauses, schedule: schedule + 99 })
        expect(prunedOf(result.trials)).toEqual(prunedOf(expected.trials))
        expect(result.digest).toBe(expected.digest)
      },
    ),
    { numRuns: 40 },
  )
}, 60_000)

test('what the store keeps explains each trial that was pruned and each that went on', async () => {
  const file = newFile()
  for (const flushes of [4, 9]) await run({ file, slots: 8, flushes, schedule: flushes }).catch(() => {})
  const { trials } = await run({ file, slots: 8, schedule: 7 })
  const store = openWriter(file)
  const study = store.findStudy('rungs')!
  const [stage] = store.stages(study.id)
  const verdicts = trials.map(({ number }) => readRungVerdicts(store, study, stage, number))
  store.close()
  const told = verdicts.flatMap((each) => each.filter(({ outcome }) => outcome === 'pruned'))
  expect(told.map(({ trial, epoch }) => [trial, epoch])).toEqual(prunedOf(trials))
  expect(told.every(({ value, trial }) => trials[trial]!.value === value)).toBe(true)
  expect(verdicts.flat().filter(({ confirmed }) => !confirmed)).toEqual([])
})

test('a listener hears of the start, each measurement and the end of every trial, and last of the end of the study', async () => {
  const heard = new Map<number, string[]>()
  const kinds: string[] = []
  const { trials } = await run({
    slots: 3,
    onEvent: (event) => {
      kinds.push(event.kind)
      const number =
        event.kind === 'trial-started'
          ? event.spec.number
          : event.kind === 'measured'
            ? event.trial
            : event.kind === 'trial-finished'
              ? event.record.number
              : null
      if (number !== null) heard.set(number, [...(heard.get(number) ?? []), event.kind])
    },
  })
  expect(kinds.at(-1)).toBe('study-finished')
  for (const { number, state, epochs } of trials.filter(({ attempts }) => attempts === 1)) {
    const events = heard.get(number)!
    // Its start is told once it is committed, at the end of the turn.
    expect(events.filter((kind) => kind === 'trial-started')).toHaveLength(1)
    expect(events.at(-1)).toBe('trial-finished')
    expect(events.filter((kind) => kind === 'measured').length, `trial ${number}, ${state}`).toBe(epochs)
  }
})

test('a study stopped while trials wait at rungs ends, and goes on to the same results', async () => {
  const expected = await run()
  for (const stopAfter of [1, 3, 9, 17]) {
    const file = newFile()
    let finished = 0
    const onTrial = (): string | undefined => (++finished === stopAfter ? 'enough' : undefined)
    const stopped = await run({ file, slots: 8, schedule: stopAfter, onTrial })
    expect(stopped.endReason).toBe('enough')
    expect((await run({ file, slots: 3, schedule: 1 })).digest).toBe(expected.digest)
  }
})

test('lanes that disappear while trials wait at rungs lose no trial, and leave none waiting for ever', async () => {
  // A failure that is not repeated would count as another attempt where the attempt before it was lost.
  const courseOf = (task: TrialTask): Course => wild(task, 2)
  const expected = await run({ courseOf })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(2, 3, 8), fc.boolean(), fc.nat(), async (slots, pauses, schedule) => {
      const result = await run({ slots, pauses, schedule, loses: true, courseOf })
      expect(prunedOf(result.trials)).toEqual(prunedOf(expected.trials))
      expect(result.digest).toBe(expected.digest)
    }),
    { numRuns: 30, endOnFailure: true },
  )
})

test('a trial that has to start again does not leave the lanes waiting for it for ever', async () => {
  const expected = await run()
  let lost = 0
  const store = openWriter(newFile())
  store.close()
  // Every trial fails at first: each retry holds up all that wait at rungs for it.
  const result = await run({
    slots: 4,
    schedule: 3,
    limits: { retries: 2 },
    courseOf: (task, attempt) => {
      if (attempt > 1) return wild(task, attempt)
      lost++
      return { values: [], ends: 'failed' }
    },
  })
  expect(lost).toBe(40)
  const settled = (trials: readonly TrialRecord[]) => trials.filter(({ state }) => state === 'pruned').length
  expect(settled(result.trials)).toBeGreaterThan(10)
  expect(result.trials).toHaveLength(expected.trials.length)
})

test('epochs that trials ran count towards a limit, in order of number on any number of lanes', async () => {
  const limits = { maxEpochs: 90 }
  const expected = await run({ limits })
  expect(expected.endReason).toBe('limit of 90 epochs reached')
  const ran = expected.trials.reduce((sum, { state, epochs }) => sum + (state === 'failed' ? 9 : epochs), 0)
  expect(ran).toBeGreaterThan(90 - 9)
  expect(ran).toBeLessThanOrEqual(90)
  for (const slots of [2, 8, 64]) {
    expect((await run({ limits, slots, schedule: slots })).digest).toBe(expected.digest)
  }
})

test.each([
  [{ target: 1.05, patience: null }, /^trial \d+ reached the target of 1.05 \(stop.target\)$/],
  [{ target: null, patience: 8 }, /^8 trials in a row brought no improvement \(stop.patience\)$/],
])(
  'a study that has nothing left to win ends with the same trials on any number of lanes: %j',
  async (stop, reason) => {
    const expected = await run({ stop })
    expect(expected.endReason).toMatch(reason)
    expect(expected.trials.length).toBeLessThan(40)
    for (const slots of [2, 8, 64]) {
      const other = await run({ stop, slots, schedule: slots })
      expect([other.digest, other.endReason]).toEqual([expected.digest, expected.endReason])
    }
  },
)

test('the next stage neither continues nor ranks a pruned trial before one that ran to its end', async () => {
  // Pruned trials have the highest values of all: they fall behind the more the longer they run.
  const courseOf = ({ spec }: TrialTask): Course => {
    const lucky = spec.number % 2 === 1
    return {
      values: [lucky ? 10 + spec.number : 100 + spec.number, 1, lucky ? 1 : 2].slice(0, spec.budget.epochs),
    }
  }
  const stages = [
    { trials: 12, epochs: 3, rungs: [1], sampler: 'random' },
    { trials: 3, epochs: 3, sampler: 'random', warmStart: true },
  ] as const
  const { trials } = await run({ stages, courseOf })
  const pruned = prunedOf(trials).map(([number]) => number)
  expect(pruned.length).toBeGreaterThan(3)
  const continued = trials.flatMap(({ continues }) => continues ?? [])
  expect(continued).toHaveLength(3)
  for (const number of continued) expect(trials[number]!.state).toBe('complete')
})

test('on real curves rungs spend 205 of 554 epochs and keep the five best', async () => {
  const file = new URL('../fixtures/cifar-curves.json', import.meta.url)
  const curves = JSON.parse(readFileSync(file, 'utf8')) as { state: string; value: number[] }[]
  const courseOf = ({ spec }: TrialTask): Course => {
    const { state, value } = curves[spec.number]!
    return state === 'diverged' ? { values: value, ends: 'diverged' } : { values: value }
  }
  const stages = (rungs: readonly number[]) =>
    [{ trials: curves.length, epochs: 12, rungs, reduce: 3, sampler: 'random' }] as const
  const epochsOf = (trials: readonly TrialRecord[]): number =>
    trials.reduce((sum, { epochs }) => sum + epochs, 0)
  const bestOf = (trials: readonly TrialRecord[]): number[] =>
    trials
      .filter(({ state }) => state === 'complete')
      .sort((a, b) => b.value! - a.value! || a.number - b.number)
      .slice(0, 5)
      .map(({ number }) => number)
  const whole = await run({ stages: stages([]), courseOf })
  expect(epochsOf(whole.trials)).toBe(554)
  for (const [rungs, spent] of [
    [[1, 3], 205],
    [[1, 4], 207],
    [[2, 6], 264],
  ] as const) {
    const { trials, epochs } = await run({ stages: stages(rungs), courseOf, slots: 3 })
    expect(epochsOf(trials)).toBe(spent)
    expect(epochs).toBe(spent)
    expect(bestOf(trials)).toEqual(bestOf(whole.trials))
  }
})
