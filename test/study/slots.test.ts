import fc from 'fast-check'
import { expect, test } from 'vitest'
import { studyDigest } from '../../src/study/digest.ts'
import { bowl, runToEnd } from './bowl-study.ts'
import type { SimulatedExecutor } from './simulated-executor.ts'

test('a trial never starts before the results its lag lets it see, and every slot is used when it may be', async () => {
  const finished = new Set<number>()
  let most = 0
  await runToEnd({
    slots: 8,
    sampler: 'tpe',
    schedule: 5,
    onStart: ({ spec }, running) => {
      most = Math.max(most, running)
      const first = spec.stage === 0 ? 0 : 16
      for (let number = first; number <= spec.number - 4; number++) expect(finished).toContain(number)
    },
    evaluate: (task) => {
      finished.add(task.spec.number)
      return bowl(task)
    },
  })
  expect(most).toBe(4)
})

test('slots may come and go while a study runs, down to none, and the digest stays', async () => {
  const undisturbed = await runToEnd({ sampler: 'tpe' })
  const expected = studyDigest(undisturbed.store, undisturbed.study.id)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 }),
      fc.nat(),
      async (changes, schedule) => {
        const left = [...changes]
        let executor: SimulatedExecutor | undefined
        const { store, study, end } = await runToEnd({
          slots: 2,
          schedule,
          sampler: 'tpe',
          onExecutor: (created) => {
            executor = created
          },
          onEvent: (event) => {
            if (event.kind !== 'trial-finished' || left.length === 0) return
            const slots = left.shift()!
            executor!.setSlots(slots)
            if (slots === 0) setImmediate(() => executor!.setSlots(2))
          },
        })
        expect(end.state).toBe('complete')
        expect(studyDigest(store, study.id)).toBe(expected)
      },
    ),
    { numRuns: 15 },
  )
})

test('every running trial has a slot number of its own, below the number of slots', async () => {
  const slotsInUse = new Map<number, number>()
  const seen = new Set<number>()
  await runToEnd({
    slots: 3,
    onStart: ({ spec, slot }) => {
      expect([...slotsInUse.values()]).not.toContain(slot)
      slotsInUse.set(spec.number, slot)
      seen.add(slot)
    },
    evaluate: (task) => {
      slotsInUse.delete(task.spec.number)
      return bowl(task)
    },
  })
  expect([...seen].sort()).toEqual([0, 1, 2])
})
