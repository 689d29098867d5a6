import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readUnlabelled } from '../../src/data/read-unlabelled.ts'
import {
  idxBytes,
  npyBytes,
  pickledBatch,
  rejectionOf,
  temporaryFolder,
  tinyBatch,
  writeBinaryCifar,
  writeIn,
} from './data-files.ts'

const folder = temporaryFolder()

describe('rows without labels', () => {
  const values = Uint8Array.from({ length: 12 }, (_, i) => i)

  it('are read from a table with or without a column of labels', async () => {
    for (const content of [
      '1,2,3\n4,5,6\n',
      'a,b,c\n1,2,3\n4,5,6\n',
      '1,2,3,cat\n4,5,6,dog\n',
      '1,2,3,\n4,5,6,\n',
    ]) {
      const file = writeIn(folder, 'new.csv', content)
      const read = await readUnlabelled(file, 3, null)
      expect([read.rows, read.columns]).toEqual([2, 3])
      expect([...read.values]).toEqual([1, 2, 3, 4, 5, 6])
    }
  })

  it('are read from arrays, IDX images and CIFAR-10 batches', async () => {
    const npy = writeIn(folder, 'new.npy', npyBytes({ descr: "'|u1'", shape: [2, 6] }, values))
    expect((await readUnlabelled(npy, 6, null)).rows).toBe(2)
    const idx = writeIn(folder, 'new-idx3-ubyte', idxBytes([3, 2, 2], values))
    expect((await readUnlabelled(idx, 4, null)).values).toEqual(values)
    const cifar = writeBinaryCifar(path.join(folder, 'cifar'), [tinyBatch(3, 1)], tinyBatch(2, 2))
    const whole = await readUnlabelled(cifar, 3072, null)
    expect(whole.rows).toBe(5)
    const binary = await readUnlabelled(path.join(cifar, 'test_batch.bin'), 3072, null)
    expect(binary.values).toEqual(whole.values.subarray(3 * 3072))
    const python = await readUnlabelled(
      writeIn(folder, 'test_batch', pickledBatch(tinyBatch(2, 2))),
      3072,
      null,
    )
    expect(python.values).toEqual(binary.values)
  })

  it('are refused when they have other columns than wanted', async () => {
    const file = writeIn(folder, 'wide.csv', '1,2,3,4,5,6\n')
    const error = await rejectionOf(readUnlabelled(file, 3, null))
    expect(error.message).toBe("wide.csv has 6 columns; the study's file has 4, 3 without the label")
    expect(error.where?.file).toBe(file)
  })
})
