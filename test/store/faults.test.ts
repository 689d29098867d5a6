import { expect, it } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { newStudy, outcome, spec } from '../../src/testing/store/records.ts'
import { failBefore, type WriteName, withFaults } from './faults.ts'

it('faults are called around every write, in order, and none around reads', () => {
  const seen: string[] = []
  const note = (when: string) => (index: number, name: WriteName) => seen.push(`${when} ${index} ${name}`)
  const store = withFaults(createMemoryStore(), { before: note('before'), after: note('after') })
  const { id } = store.createStudy(newStudy())
  store.startTrial(id, spec(0), 'a-host')
  store.trials(id)
  store.flush()
  const names = ['createStudy', 'startTrial', 'flush']
  expect(seen).toEqual(names.flatMap((name, index) => [`before ${index} ${name}`, `after ${index} ${name}`]))
})

it('a fault before a write leaves it undone', () => {
  const memory = createMemoryStore()
  const { id } = memory.createStudy(newStudy())
  const store = withFaults(memory, failBefore(2))
  store.startTrial(id, spec(0), 'a-host')
  store.finishTrial(id, 0, outcome(1), false)
  expect(() => store.flush()).toThrow('fault before write 2')
  expect(store.trials(id)).toEqual([])
  store.flush()
  expect(store.trials(id)).toHaveLength(1)
})
