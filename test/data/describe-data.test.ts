import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeData } from '../../src/data/describe-data.ts'
import {
  idxBytes,
  npyBytes,
  rejectionOf,
  temporaryFolder,
  tinyBatch,
  writeBinaryCifar,
  writeIn,
} from './data-files.ts'

const folder = temporaryFolder()

describe('a description of data', () => {
  it('tells shape, classes, range, parts and hash of what lies at a path', async () => {
    const cifar = writeBinaryCifar(path.join(folder, 'described'), [tinyBatch(20, 1)], tinyBatch(10, 2))
    const told = await describeData(cifar)
    expect(told).toMatchObject({
      source: 'cifar10 (binary layout)',
      path: cifar,
      rows: 30,
      testRows: 10,
      shape: [32, 32, 3],
      columns: 3072,
      type: 'bytes',
      range: [0, 255],
      split: { train: 18, valid: 2, test: 10 },
    })
    expect(told.classes[0]).toEqual({ name: 'airplane', rows: 3, testRows: 1 })
    expect(told.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('finds tables, arrays with their labels, and IDX files by their names', async () => {
    const array = npyBytes(
      { descr: "'|u1'", shape: [2, 6] },
      Uint8Array.from({ length: 12 }, (_, i) => i),
    )
    const targets = npyBytes({ descr: "'|u1'", shape: [2] }, Uint8Array.of(0, 1))
    const pairs = [
      ['X_train.npy', 'y_train.npy'],
      ['data.npy', 'labels.npy'],
      ['a.npy', 'a-labels.npy'],
    ] as const
    for (const [x, y] of pairs) {
      const file = writeIn(folder, x, array)
      writeIn(folder, y, targets)
      expect(await describeData(file)).toMatchObject({ source: 'npy', rows: 2, columns: 6, range: [0, 11] })
    }
    const images = writeIn(
      folder,
      't-images-idx3-ubyte',
      idxBytes([2, 2, 3], Uint8Array.from(Array(12).keys())),
    )
    writeIn(folder, 't-labels-idx1-ubyte', idxBytes([2], Uint8Array.of(4, 5)))
    expect(await describeData(images)).toMatchObject({
      source: 'idx',
      shape: [2, 3],
      classes: [{ name: '4' }, { name: '5' }],
    })
    const floats = await describeData(writeIn(folder, 'floats.csv', '-1.5,2,a\n3,4.5,b\n'))
    expect(floats).toMatchObject({ type: 'float64', range: [-1.5, 4.5], mean: 2 })
    expect(await describeData(writeIn(folder, 'tab.tsv', '1\t2\ta\n3\t4\tb\n'))).toMatchObject({
      source: 'csv',
      columns: 2,
    })
  })

  it('refuses what is no data set, with a sentence', async () => {
    expect((await rejectionOf(describeData(path.join(folder, 'nowhere')))).message).toMatch(
      /no such file or folder$/,
    )
    expect((await rejectionOf(describeData(writeIn(folder, 'a.txt', 'hello')))).message).toBe(
      'a.txt has one column; a table needs inputs and a label',
    )
    expect((await rejectionOf(describeData(writeIn(folder, 'b.txt', '')))).message).toBe('b.txt is empty')
    const alone = temporaryFolder()
    const unknown = await rejectionOf(describeData(alone))
    expect(unknown.message).toMatch(/is not a readable data set/)
    const way = 'x_train.npy, with their classes in y_train.npy.'
    expect(unknown).toHaveProperty('hint', expect.stringContaining(way))
    const signatures = ['\x89PNG\r\n\x1a\n\0\0', '\xff\xd8\xff\xe0\0\x10']
    for (const signature of signatures) {
      const image = writeIn(folder, 'cat.bin', Buffer.from(signature, 'latin1'))
      expect((await rejectionOf(describeData(image))).message).toBe('cat.bin is an image, not a table')
    }
    const binary = writeIn(folder, 'binary', Buffer.from('\x7fELF\xf0\0\0', 'latin1'))
    expect((await rejectionOf(describeData(binary))).message).toBe(
      'binary contains zero bytes: it is not text',
    )
    const lonely = writeIn(alone, 'x.npy', npyBytes({ descr: "'|u1'", shape: [2, 6] }, new Uint8Array(12)))
    expect((await rejectionOf(describeData(lonely))).message).toBe(
      'x.npy needs its labels next to it, in a file named y.npy',
    )
  })
})
