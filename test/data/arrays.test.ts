import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { targetNumbers } from '../../src/data/array-data.ts'
import type { DataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import type { UserError } from '../../src/errors.ts'
import { idxBytes, memoryOf, npyBytes, temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()
const images = Uint8Array.from({ length: 24 }, (_, i) => 10 * i)
const labels = Uint8Array.of(0, 3, 1, 3)

describe('a pair of .npy arrays', () => {
  function read(inputs: Buffer, targets: Buffer): DataSet {
    return readDataSet({
      source: 'npy',
      path: writeIn(folder, 'x.npy', inputs),
      labels: writeIn(folder, 'y.npy', targets),
    })
  }
  const inputs = npyBytes({ descr: "'|u1'", shape: [4, 3, 2] }, images)
  const targets = npyBytes({ descr: "'|u1'", shape: [4] }, labels)
  const mistakeIn = (x: Buffer, y: Buffer): UserError => userErrorOf(() => read(x, y))

  it('gives rows of the shape behind the first dimension, and the classes that occur', () => {
    const data = read(inputs, targets)
    expect(data.shape).toEqual([3, 2])
    expect(data.values).toEqual(images)
    expect(data.classes).toEqual(['0', '1', '3'])
    expect([...data.labels]).toEqual([0, 2, 1, 2])
  })

  it.each([1, 2, 3] as const)('is read in version %i of the format', (version) => {
    expect(read(npyBytes({ descr: "'|u1'", shape: [4, 6], version }, images), targets).columns).toBe(6)
  })

  it('is read with elements of 1, 2, 4 and 8 bytes, whole or floating', () => {
    const numbers = [1.5, -2, 3.25, 4, 5, 6, 7, 8]
    const whole = numbers.map(Math.trunc)
    const kinds: readonly (readonly [string, Uint8Array, readonly number[]])[] = [
      ['<f4', memoryOf(Float32Array.from(numbers)), numbers],
      ['<f8', memoryOf(Float64Array.from(numbers)), numbers],
      ['<i2', memoryOf(Int16Array.from(whole)), whole],
      ['<i4', memoryOf(Int32Array.from(whole)), whole],
      ['<i8', memoryOf(BigInt64Array.from(whole.map(BigInt))), whole],
    ]
    for (const [type, memory, expected] of kinds) {
      const data = read(npyBytes({ descr: `'${type}'`, shape: [4, 2] }, memory), targets)
      expect([...data.values]).toEqual(expected)
    }
  })

  it('is read in any order of bytes and of axes, of booleans and of half floats', () => {
    const kinds: readonly (readonly [string, number[], boolean, number[]])[] = [
      ['|b1', [1, 0, 0, 1, 1, 1, 0, 0], false, [1, 0, 0, 1, 1, 1, 0, 0]],
      ['>i2', [0, 1, 0, 2, 1, 0, 255, 254, 0, 5, 0, 6, 0, 7, 0, 8], false, [1, 2, 256, -2, 5, 6, 7, 8]],
      [
        '<f2',
        [0, 60, 0, 192, 0, 56, 1, 0, 0, 0, 0, 60, 0, 60, 0, 60],
        false,
        [1, -2, 0.5, 2 ** -24, 0, 1, 1, 1],
      ],
      ['|u1', [1, 3, 5, 7, 2, 4, 6, 8], true, [1, 2, 3, 4, 5, 6, 7, 8]],
    ]
    for (const [type, memory, fortranOrder, expected] of kinds) {
      const data = read(
        npyBytes({ descr: `'${type}'`, shape: [4, 2], fortranOrder }, Uint8Array.from(memory)),
        targets,
      )
      expect([...data.values], type).toEqual(expected)
    }
  })

  it('takes labels that are texts', () => {
    const wide = Buffer.from(
      'cat\0dog\0cat\0\u{e9}\0\0\0'.split('').flatMap((c) => [c.charCodeAt(0), 0, 0, 0]),
    )
    const texts = npyBytes({ descr: "'<U4'", shape: [4] }, wide)
    expect(read(inputs, texts).classes).toEqual(['cat', 'dog', '\u{e9}'])
    const narrow = npyBytes({ descr: "'|S2'", shape: [4] }, Buffer.from('a\0b\0cca\0'))
    expect(read(inputs, narrow).classes).toEqual(['a', 'b', 'cc'])
  })

  it('takes float labels that are whole numbers, and no others', () => {
    const floats = (...values: number[]): Buffer =>
      npyBytes({ descr: "'<f8'", shape: [4] }, memoryOf(Float64Array.from(values)))
    expect(read(inputs, floats(0, 1, 2, 1)).classes).toEqual(['0', '1', '2'])
    expect(mistakeIn(inputs, floats(0, 1, 0.5, 1)).message).toBe(
      'y.npy has the label 0.5 in row 3; labels must be whole numbers',
    )
    expect(mistakeIn(inputs, floats(0, Number.NaN, 1, 1)).where?.line).toBe(2)
  })

  it('takes no labels that are too large to be told apart, and no numbers that float32 does not hold', () => {
    const floats = (shape: readonly number[], ...values: number[]): Buffer =>
      npyBytes({ descr: "'<f8'", shape }, memoryOf(Float64Array.from(values)))
    const labels = mistakeIn(inputs, floats([4], 0, 2 ** 53, 1, 1))
    expect(labels.message).toBe(
      'y.npy has the label 9007199254740992 in row 2; labels must be whole numbers within ±9007199254740991, beyond which float64 is not exact',
    )
    expect(labels.hint).toMatch(/y\.astype\(str\)/)
    expect(mistakeIn(floats([4, 2], 1, 2, 3, 4, 5, 1e39, 7, 8), targets).message).toBe(
      'x.npy has 1e+39 in row 3, column 2; inputs must be within ±3.4e38, the range of float32',
    )
    expect(userErrorOf(() => targetNumbers({ file: 'y.npy', shape: [2], values: [1, -2e300] })).message).toBe(
      'y.npy has -2e+300 in row 2; targets must be within ±3.4e38, the range of float32',
    )
  })

  it('is refused with the row of a number that is not finite', () => {
    const numbers = Float32Array.of(1, 2, 3, 4, 5, Number.NaN, 7, 8)
    const error = mistakeIn(npyBytes({ descr: "'<f4'", shape: [4, 2] }, memoryOf(numbers)), targets)
    expect(error.message).toBe('x.npy has NaN in row 3, column 2; inputs must be finite')
    expect(error.where).toEqual({ file: path.join(folder, 'x.npy'), line: 3 })
  })

  it('is refused when it is cut at any byte, or goes on behind its end', () => {
    for (let length = 0; length < inputs.length; length++) {
      const error = mistakeIn(inputs.subarray(0, length), targets)
      expect(error.code).toBe('usage')
      expect(error.where?.file).toBe(path.join(folder, 'x.npy'))
    }
    expect(mistakeIn(Buffer.concat([inputs, Buffer.alloc(1)]), targets).message).toMatch(/got 25 bytes/)
  })

  const wrong: readonly (readonly [string, Buffer, RegExp])[] = [
    ['holds objects', npyBytes({ descr: "'|O'", shape: [4, 6] }, images), /contains pickled Python objects/],
    ['holds records', npyBytes({ descr: "[('a', '<f4')]", shape: [4, 6] }, images), /has elements of type/],
    [
      'holds texts',
      npyBytes({ descr: "'|S1'", shape: [4, 6] }, images),
      /contains text; inputs must be numbers/,
    ],
    [
      'holds complex numbers',
      npyBytes({ descr: "'<c8'", shape: [4, 6] }, images),
      /has elements of type '<c8'/,
    ],
    [
      'has absurd dimensions',
      npyBytes({ descr: "'<f8'", shape: [2 ** 40, 2 ** 40] }, images),
      /got 24 bytes/,
    ],
    ['has one dimension', npyBytes({ descr: "'|u1'", shape: [24] }, images), /must contain rows of inputs/],
    [
      'has no rows',
      npyBytes({ descr: "'|u1'", shape: [0, 6] }, new Uint8Array(0)),
      /must contain rows of inputs/,
    ],
    [
      'has rows of nothing',
      npyBytes({ descr: "'|u1'", shape: [4, 0] }, new Uint8Array(0)),
      /must contain rows/,
    ],
    [
      'has more rows than labels',
      npyBytes({ descr: "'|u1'", shape: [6, 4] }, images),
      /has 4 labels for the 6 rows/,
    ],
    ['is an IDX file', idxBytes([4, 6], images), /is not a \.npy file/],
    ['is of version 4', Buffer.from('\x93NUMPY\x04\x00\x00\x00', 'latin1'), /is \.npy version 4/],
  ]
  it.each(wrong)('is refused when it %s', (_, content, message) => {
    expect(mistakeIn(content, targets).message).toMatch(message)
  })

  it('is refused with labels in more than one column', () => {
    const error = mistakeIn(inputs, npyBytes({ descr: "'|u1'", shape: [4, 2] }, images.subarray(0, 8)))
    expect(error.message).toBe('y.npy must contain one label per row, got shape (4, 2)')
  })
})

describe('IDX files', () => {
  const write = (name: string, content: Uint8Array): string => writeIn(folder, name, content)

  it('are read in a pair, plain or gzipped', () => {
    for (const pack of [(b: Buffer): Buffer => b, (b: Buffer): Buffer => gzipSync(b)]) {
      const data = readDataSet({
        source: 'idx',
        path: write('images', pack(idxBytes([4, 3, 2], images))),
        labels: write('labels', pack(idxBytes([4], labels))),
      })
      expect(data.shape).toEqual([3, 2])
      expect(data.values).toEqual(images)
      expect([...data.labels]).toEqual([0, 2, 1, 2])
    }
  })

  it('are found by MNIST’s names in a folder, the ten thousand being the test part', () => {
    const mnist = path.join(folder, 'mnist')
    mkdirSync(mnist)
    writeIn(mnist, 'train-images-idx3-ubyte', idxBytes([4, 3, 2], images))
    writeIn(mnist, 'train-labels-idx1-ubyte.gz', gzipSync(idxBytes([4], labels)))
    expect(readDataSet({ source: 'idx', path: mnist }).testRows).toBe(0)
    writeIn(mnist, 't10k-images.idx3-ubyte', idxBytes([2, 3, 2], images.subarray(12)))
    expect(userErrorOf(() => readDataSet({ source: 'idx', path: mnist })).message).toBe(
      't10k-labels-idx1-ubyte is missing',
    )
    writeIn(mnist, 't10k-labels-idx1-ubyte', idxBytes([2], Uint8Array.of(5, 0)))
    const data = readDataSet({ source: 'idx', path: mnist })
    expect(data.testRows).toBe(2)
    expect(data.classes).toEqual(['0', '1', '3', '5'])
    expect([...data.values]).toEqual([...images, ...images.subarray(12)])
    writeIn(mnist, 't10k-images.idx3-ubyte', idxBytes([2, 2, 3], images.subarray(12)))
    expect(userErrorOf(() => readDataSet({ source: 'idx', path: mnist })).message).toMatch(
      /has rows of 2 x 3/,
    )
  })

  it('are read with big-endian elements of other types', () => {
    const shorts = Buffer.from([0xff, 0xfe, 0x01, 0x00, 0, 1, 0, 2])
    const data = readDataSet({
      source: 'idx',
      path: write('images', idxBytes([4, 1], shorts, 0x0b)),
      labels: write('labels', idxBytes([4], labels)),
    })
    expect([...data.values]).toEqual([-2, 256, 1, 2])
  })

  it('are refused when cut at any byte, with a wrong start, or with sizes that do not fit', () => {
    const whole = idxBytes([4, 3, 2], images)
    const file = write('labels', idxBytes([4], labels))
    const mistakeIn = (content: Uint8Array): UserError =>
      userErrorOf(() => readDataSet({ source: 'idx', path: write('images', content), labels: file }))
    for (let length = 0; length < whole.length; length++) {
      expect(mistakeIn(whole.subarray(0, length)).where?.file).toBe(path.join(folder, 'images'))
    }
    for (let position = 0; position < 16; position++) {
      const changed = Buffer.from(whole)
      changed[position] = 0x77
      expect(mistakeIn(changed).code).toBe('usage')
    }
    expect(mistakeIn(idxBytes([2 ** 31, 2 ** 31, 2 ** 31], images)).message).toMatch(/got 24 bytes/)
    expect(mistakeIn(npyBytes({ descr: "'|u1'", shape: [4, 6] }, images)).message).toMatch(
      /is not an IDX file/,
    )
  })

  it('are refused in a folder without them', () => {
    const empty = path.join(folder, 'empty')
    mkdirSync(empty)
    expect(userErrorOf(() => readDataSet({ source: 'idx', path: empty })).message).toMatch(
      /train-images-idx3-ubyte is missing/,
    )
    expect(userErrorOf(() => readDataSet({ source: 'idx', path: write('images', images) })).message).toMatch(
      /must be a folder/,
    )
  })
})

describe('a NumPy archive', () => {
  const archive = path.resolve('test/fixtures/arrays.npz')

  it('is read by the usual names of its arrays, the test part too, or by those that are given', () => {
    const data = readDataSet({ source: 'npz', path: archive })
    expect([...data.values]).toEqual([...Array.from({ length: 12 }, (_, i) => i / 2), 0, 1, 2, 3, 4, 5])
    expect(data.classes).toEqual(['ant', 'cat', 'dog'])
    expect([...data.labels]).toEqual([1, 2, 1, 0, 0, 2])
    expect(data.testRows).toBe(2)
    const named = { source: 'npz', path: archive, inputs: 'x_test', labels: 'y_test' } as const
    expect(readDataSet({ ...named, testInputs: 'x_train', testLabels: 'y_train' }).testRows).toBe(4)
  })

  it('is refused with the names of what it holds, or when it is cut', () => {
    const error = userErrorOf(() => readDataSet({ source: 'npz', path: archive, inputs: 'z' }))
    expect(error.message).toBe('arrays.npz has no array "z"')
    expect(error.hint).toMatch(/^It contains x_train, y_train, x_test, y_test\./)
    const bytes = readFileSync(archive)
    for (const length of [1, 30, 200, bytes.length - 1]) {
      const file = writeIn(folder, 'cut.npz', bytes.subarray(0, length))
      expect(userErrorOf(() => readDataSet({ source: 'npz', path: file })).code).toBe('usage')
    }
  })
})

describe('EMNIST', () => {
  it('has its own names, and its classes by their characters', () => {
    const emnist = path.join(folder, 'emnist')
    mkdirSync(emnist)
    for (const [part, rows] of [
      ['train', 4],
      ['test', 2],
    ] as const) {
      const pixels = images.subarray(0, rows * 6)
      writeIn(emnist, `emnist-letters-${part}-images-idx3-ubyte`, idxBytes([rows, 3, 2], pixels))
      writeIn(emnist, `emnist-letters-${part}-labels-idx1-ubyte`, idxBytes([rows], labels.subarray(0, rows)))
    }
    writeIn(emnist, 'emnist-letters-mapping.txt', '0 65 97\n1 66\n3 68 100\n')
    const data = readDataSet({ source: 'idx', path: emnist })
    expect([data.testRows, data.classes]).toEqual([2, ['Aa', 'B', 'Dd']])
    writeIn(emnist, 'emnist-digits-train-images-idx3-ubyte', idxBytes([1, 3, 2], images.subarray(0, 6)))
    expect(userErrorOf(() => readDataSet({ source: 'idx', path: emnist })).message).toMatch(
      /contains several data sets: emnist-digits, emnist-letters/,
    )
  })
})
