import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { readPythonBatch } from '../../src/data/cifar10-python.ts'
import { readCifar100 } from '../../src/data/cifar100.ts'
import { readPickle } from '../../src/data/pickle.ts'
import { temporaryFolder, userErrorOf } from './data-files.ts'

const folder = temporaryFolder()
const fixture = (name: string): string => path.resolve(`test/fixtures/pickles/${name}.gz`)

it.each([2, 3, 4, 5])(
  'a batch of Python 3 is read in protocol %i: bytes keys, arrays, scalars',
  (protocol) => {
    const { labels, planes } = readPythonBatch(fixture(`protocol-${protocol}`))
    expect([...labels]).toEqual([3, 7])
    expect([...planes.subarray(0, 3), planes[2 * 3072 - 1]]).toEqual([0, 1, 2, (2 * 3072 - 1) % 251])
  },
)

it('CIFAR-100 is read with its fine or its coarse labels', () => {
  const cifar = path.join(folder, 'cifar-100-python')
  mkdirSync(cifar)
  copyFileSync(fixture('protocol-4'), path.join(cifar, 'train'))
  copyFileSync(fixture('protocol-2'), path.join(cifar, 'test'))
  copyFileSync(fixture('meta'), path.join(cifar, 'meta'))
  const fine = readCifar100(cifar, 'fine')
  expect([...fine.labels]).toEqual([5, 99, 5, 99])
  expect([fine.classes[99], fine.testRows]).toEqual(['f99', 2])
  const coarse = readCifar100(cifar, 'coarse')
  expect([...coarse.labels]).toEqual([1, 19, 1, 19])
  expect(coarse.classes.length).toBe(20)
})

it('names are known whole: no other module may end or begin like one of them', () => {
  const names: readonly (readonly [string, string])[] = [
    ['numpy', 'core.multiarray._reconstruct'],
    ['numpy.core.multiarray', '_reconstruct2'],
    ['x_codecs', 'encode'],
    ['_codecs', 'decode'],
    ['builtins', 'bytes'],
    ['builtins', 'getattr'],
    ['numpy._core.multiarray', 'constructor'],
    ['numpy', '__proto__'],
  ]
  for (const [module, name] of names) {
    const text = (word: string): number[] => [0x8c, word.length, ...Buffer.from(word)]
    const file = path.join(folder, 'evil')
    writeFileSync(file, Buffer.from([0x80, 4, ...text(module), ...text(name), 0x93, 0x29, 0x52, 0x2e]))
    expect(userErrorOf(() => readPickle(file)).message).toBe(
      `evil refers to ${module}.${name}; code in a pickle is never run, only NumPy arrays are read`,
    )
  }
})
