import { expect, test } from 'vitest'
import type { EndedTrial } from '../../src/study/ended-trial.ts'
import { StopRule } from '../../src/study/stop-rule.ts'
import type { TrialState } from '../../src/trial.ts'

const ended = (number: number, value: number | null, state: TrialState = 'complete'): EndedTrial =>
  ({ number, state, value, tie: null, epochs: 1, budget: { epochs: 1 } }) as unknown as EndedTrial

/** The index at which the rule is met by these values, and why. */
function met(
  settings: { target: number | null; patience: number | null },
  direction: 'minimize' | 'maximize',
  trials: readonly EndedTrial[],
): readonly [number | null, string | null] {
  const rule = new StopRule(settings, direction)
  for (const trial of trials) rule.look(trial)
  return [rule.metAt, rule.metAt === null ? null : rule.reason]
}

test('a target is reached by a value as good, in either direction', () => {
  const values = (...all: number[]) => all.map((value, number) => ended(number, value))
  const target = { target: 0.5, patience: null }
  expect(met(target, 'minimize', values(0.9, 0.6, 0.5, 0.1))).toEqual([
    2,
    'trial 2 reached the target of 0.5 (stop.target)',
  ])
  expect(met(target, 'minimize', values(0.9, 0.6))).toEqual([null, null])
  expect(met(target, 'maximize', values(0.1, 0.4, 0.5))[0]).toBe(2)
  expect(met(target, 'maximize', values(0.1, 0.49))[0]).toBeNull()
})

test('only a trial that ran to its end reaches a target', () => {
  const trials = [ended(0, 9, 'pruned'), ended(1, null, 'failed'), ended(2, 1)]
  expect(met({ target: 0.5, patience: null }, 'maximize', trials)[0]).toBe(2)
})

test('patience counts trials since the last improvement; an equal value is none', () => {
  const patience = { target: null, patience: 2 }
  const trials = [ended(0, 1), ended(1, 2), ended(2, 2), ended(3, 3, 'pruned'), ended(4, 9)]
  expect(met(patience, 'maximize', trials)).toEqual([
    3,
    '2 trials in a row brought no improvement (stop.patience)',
  ])
  expect(met(patience, 'maximize', [ended(0, 1), ended(1, 1), ended(2, 2), ended(3, 2)])[0]).toBeNull()
})

test('an equal value is no improvement, whatever its second metric says', () => {
  const tied = (number: number, value: number, tie: number): EndedTrial => ({ ...ended(number, value), tie })
  const trials = [tied(0, 1, 5), tied(1, 1, 4), tied(2, 1, 3)]
  expect(met({ target: null, patience: 2 }, 'minimize', trials)[0]).toBe(2)
})

test('a trial that ended before its end, or without a value, is no improvement', () => {
  const patience = { target: null, patience: 2 }
  const without = [ended(0, null), ended(1, null, 'diverged')]
  expect(met(patience, 'minimize', without)[0]).toBe(1)
  expect(met(patience, 'minimize', [ended(0, 1, 'pruned'), ended(1, 0.5, 'pruned')])[0]).toBe(1)
  expect(met({ target: null, patience: 3 }, 'minimize', without)[0]).toBeNull()
})

test('trials after the one that met the rule change nothing', () => {
  const settings = { target: 0.5, patience: 2 }
  const after = [ended(3, 0.1), ended(4, 0.2)]
  expect(met(settings, 'minimize', [ended(0, 1), ended(1, 2), ended(2, 2), ...after])).toEqual([
    2,
    '2 trials in a row brought no improvement (stop.patience)',
  ])
  expect(met(settings, 'minimize', [ended(0, 1), ended(1, 0.4), ...after])).toEqual([
    1,
    'trial 1 reached the target of 0.5 (stop.target)',
  ])
})

test('where no trial ended with a value, patience is the reason', () => {
  const trials = [ended(0, null, 'failed'), ended(1, null, 'failed')]
  expect(met({ target: 0.5, patience: 2 }, 'maximize', trials)).toEqual([
    1,
    '2 trials in a row brought no improvement (stop.patience)',
  ])
})

test('it is off only where no setting is given', () => {
  const isOff = (target: number | null, patience: number | null): boolean =>
    new StopRule({ target, patience }, 'minimize').isOff
  expect(isOff(null, null)).toBe(true)
  expect([isOff(0, null), isOff(null, 1), isOff(0, 1)]).toEqual([false, false, false])
})
