import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addInterval, runningTime } from '../../src/store/running-time.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import type { Interval } from '../../src/store/store.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

test('times no more than two seconds apart are one, those further apart leave a pause', () => {
  expect(addInterval([[0, 1000]], [3000, 4000])).toEqual([[0, 4000]])
  expect(addInterval([[0, 1000]], [3001, 4000])).toEqual([
    [0, 1000],
    [3001, 4000],
  ])
  expect(addInterval([[3000, 4000]], [0, 1000])).toEqual([[0, 4000]])
  expect(addInterval([[3001, 4000]], [0, 1000])).toEqual([
    [0, 1000],
    [3001, 4000],
  ])
  const joined = addInterval(
    [
      [0, 1000],
      [4000, 5000],
      [9000, 9500],
    ],
    [2500, 3500],
  )
  expect(joined).toEqual([
    [0, 5000],
    [9000, 9500],
  ])
  expect(runningTime(joined)).toBe(5500)
  expect(runningTime([])).toBeNull()
})

test('a store finds the same times in any trials as adding them one by one', () => {
  const times = fc.array(fc.tuple(fc.nat({ max: 40_000 }), fc.nat({ max: 6000 })), { maxLength: 30 })
  const writer = openWriter(`${folder}/times.db`, { now: () => 0 })
  let name = 0
  fc.assert(
    fc.property(times, times, (...stages) => {
      const { id } = writer.createStudy(newStudy({ name: `s${name++}` }))
      let number = 0
      const expected = new Map<number, readonly Interval[]>()
      for (const [index, trials] of stages.entries()) {
        writer.addStage(id, stage({ index, firstTrial: number }))
        for (const [startedAt, durationMs] of trials) {
          writer.startTrial(id, spec(number, { stage: index }), 'a-host')
          writer.finishTrial(id, number++, outcome(1, { startedAt, durationMs }), false)
          expected.set(index, addInterval(expected.get(index) ?? [], [startedAt, startedAt + durationMs]))
        }
      }
      writer.flush()
      expect(writer.runningTimes(id)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
  writer.close()
})
