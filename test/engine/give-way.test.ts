import { expect, test } from 'vitest'
import { whoGivesWay } from '../../src/engine/give-way.ts'
import { RemoteRun } from '../../src/engine/remote-run.ts'
import { trial } from '../../src/testing/executor/stand.ts'

/** A run of that trial, which waits at a rung if told so. */
function runOf(number: number, isAtRung = false): RemoteRun {
  const run = new RemoteRun(
    trial('x', { number }),
    `${number}.0`,
    () => {},
    () => new Promise(() => {}),
  )
  const measurements = [{ step: 1, value: 1, metrics: {}, seconds: 1 }]
  if (isAtRung) void run.verdictAt({ from: 0, measurements, rung: true })
  return run
}

test('the highest trial at a rung gives way to a lower one that waits for a slot, and to no other', () => {
  const runs = [runOf(3), runOf(4, true), runOf(5, true), runOf(6)]
  expect(whoGivesWay(runs, new Set(['3.0', '6.0']))).toBe(5)
  expect(whoGivesWay(runs, new Set(['6.0']))).toBe(null)
  expect(whoGivesWay(runs, new Set())).toBe(null)
  expect(whoGivesWay([runOf(3), runOf(6)], new Set(['3.0']))).toBe(null)
})
