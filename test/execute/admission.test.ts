import { expect, test } from 'vitest'
import { createAdmission } from '../../src/execute/admission.ts'

/** Works that a test ends, and the order in which they began. */
function createWorks(places: number) {
  const admission = createAdmission(places)
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  const admit = (name: string): Promise<string> =>
    admission.admit(() => {
      begun.push(name)
      ends.set(name, Promise.withResolvers())
      return ends.get(name)!.promise
    })
  const turn = (): Promise<void> => new Promise(setImmediate)
  const end = (name: string): Promise<void> => {
    ends.get(name)!.resolve(name)
    return turn()
  }
  const fail = (name: string): Promise<void> => {
    ends.get(name)!.reject(new Error(name))
    return turn()
  }
  return { admission, begun, admit, end, fail, turn }
}

test('as many run at once as there are places; the others follow in order of arrival', async () => {
  const { begun, admit, end } = createWorks(2)
  const results = ['a', 'b', 'c', 'd'].map(admit)
  expect(begun).toEqual(['a', 'b'])
  await end('b')
  expect(begun).toEqual(['a', 'b', 'c'])
  await end('a')
  await end('c')
  await end('d')
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd'])
  for (const name of ['e', 'f', 'g']) void admit(name)
  expect(begun.slice(4)).toEqual(['e', 'f'])
})

test('a work that fails gives its place up, and its error back', async () => {
  const { begun, admit, fail } = createWorks(1)
  const failing = admit('a')
  failing.catch(() => {})
  void admit('b')
  await fail('a')
  await expect(failing).rejects.toThrow('a')
  expect(begun).toEqual(['a', 'b'])
})

test('a place is handed on before anybody who comes later', async () => {
  const { begun, admit, end } = createWorks(1)
  void admit('a').then(() => admit('late'))
  void admit('b')
  await end('a')
  expect(begun).toEqual(['a', 'b'])
  await end('b')
  expect(begun).toEqual(['a', 'b', 'late'])
})

test('once it is open nobody waits', async () => {
  const { admission, begun, admit, end, turn } = createWorks(0)
  for (const name of ['a', 'b']) void admit(name)
  expect(begun).toEqual([])
  admission.open()
  await turn()
  void admit('c')
  expect(begun).toEqual(['a', 'b', 'c'])
  await end('a')
  void admit('d')
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})
