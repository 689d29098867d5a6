import { expect, test } from 'vitest'
import { Backlog } from '../../src/engine/backlog.ts'

function after(...durations: number[]): number {
  const backlog = new Backlog()
  for (const duration of durations) backlog.ended(duration)
  return backlog.perSlot
}

test('a slot has one trial at a time until it is known how long they last', () => {
  expect(after()).toBe(1)
})

test('a second trial waits for a slot where trials are short, three where they are very short', () => {
  expect(after(30, 40, 30)).toBe(2)
  expect(after(2, 3, 2)).toBe(4)
})

test('none waits where trials are long, or have become long', () => {
  expect(after(5_000)).toBe(1)
  expect(after(2, 3, 2, 5_000)).toBe(1)
  expect(after(30, 40, 30, 5_000)).toBe(1)
})

test('a mean near a limit changes nothing', () => {
  expect(after(2, ...Array(50).fill(15))).toBe(4)
  expect(after(30, ...Array(50).fill(15))).toBe(2)
  expect(after(30, ...Array(50).fill(80))).toBe(2)
  expect(after(200, ...Array(50).fill(80))).toBe(1)
})

test('a change is said once', () => {
  const backlog = new Backlog()
  expect([2, 2, 2_000, 2_000].map((duration) => backlog.ended(duration))).toEqual([true, false, true, false])
})
