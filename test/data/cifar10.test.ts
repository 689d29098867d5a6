import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { readCifar10 } from '../../src/data/cifar10.ts'
import { hashDataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import {
  binaryBatch,
  CIFAR_NAMES,
  pickledArrayBytes,
  pickledBatch,
  pickledDictionary,
  pickledList,
  pickledNames,
  temporaryFolder,
  tinyBatch,
  userErrorOf,
  writeBinaryCifar,
  writePythonCifar,
} from './data-files.ts'

const root = temporaryFolder()
const train = [tinyBatch(20, 1), tinyBatch(20, 2), tinyBatch(11, 3)]
const test = tinyBatch(9, 4)
let count = 0
let folder = ''
const at = (name: string): string => path.join(folder, name)

describe('CIFAR-10, either layout', () => {
  const binary = readCifar10(writeBinaryCifar(path.join(root, 'both-bin'), train, test))
  const python = readCifar10(writePythonCifar(path.join(root, 'both-py'), train, test))

  it('gives the same bytes, labels, names and hash from both layouts', () => {
    expect(python.values).toEqual(binary.values)
    expect(python.labels).toEqual(binary.labels)
    expect(python.classes).toEqual(binary.classes)
    expect(hashDataSet(python)).toBe(hashDataSet(binary))
    expect([binary.source, python.source]).toEqual(['cifar10 (binary layout)', 'cifar10 (Python layout)'])
  })

  it('keeps the test batch last, and everything in shared memory', () => {
    expect(binary.testRows).toBe(9)
    expect([...binary.labels]).toEqual([...train, test].flatMap((batch) => batch.labels))
    expect(binary.values.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(binary.labels.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(binary.classes).toEqual(CIFAR_NAMES)
  })

  it('turns planes of red, green and blue into rows of pixels', () => {
    const image = 23
    const pixels = train[1]!.pixels.subarray(3 * 3072, 4 * 3072)
    for (const [y, x] of [
      [0, 0],
      [0, 31],
      [17, 5],
      [31, 31],
    ] as const) {
      for (let channel = 0; channel < 3; channel++) {
        const value = binary.values[image * 3072 + (y * 32 + x) * 3 + channel]
        expect(value).toBe(pixels[channel * 1024 + y * 32 + x])
      }
    }
  })

  it('takes a tenth of the training rows for validation when there are fewer than the published 50,000', () => {
    expect(binary.usualSplit).toEqual({ train: 46, valid: 5, test: 9 })
  })
})

describe('a binary CIFAR-10 folder', () => {
  beforeEach(() => {
    folder = writeBinaryCifar(path.join(root, `bin-${count++}`), train, test)
  })

  it('is refused when a file ends anywhere but after a whole record', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 * 3073 - 1 }), (length) => {
        writeFileSync(at('test_batch.bin'), binaryBatch(test).subarray(0, length))
        if (length % 3073 === 0 && length > 0) return
        const error = userErrorOf(() => readCifar10(folder))
        expect(error.code).toBe('usage')
        expect(error.message).toMatch(
          /^test_batch\.bin (must consist of whole records of 3073 bytes, got \d+ bytes|is empty)/,
        )
        expect(error.where?.file).toBe(at('test_batch.bin'))
      }),
      { numRuns: 40 },
    )
  })

  it.each(['data_batch_1.bin', 'data_batch_2.bin', 'test_batch.bin', 'batches.meta.txt'])(
    'is refused without %s',
    (name) => {
      rmSync(at(name))
      const error = userErrorOf(() => readCifar10(folder))
      expect(error.message).toBe(`${name} is missing`)
      expect(error.where?.file).toBe(at(name))
    },
  )

  it('may have fewer batches when none is missing in between', () => {
    rmSync(at('data_batch_3.bin'))
    expect(readCifar10(folder).labels.length).toBe(49)
  })

  it('is refused with a label above 9, and the record is named', () => {
    writeFileSync(
      at('data_batch_2.bin'),
      binaryBatch({ ...train[1]!, labels: [...train[1]!.labels.slice(0, 19), 10] }),
    )
    const error = userErrorOf(() => readCifar10(folder))
    expect(error.message).toBe('data_batch_2.bin has the label 10 in record 20; labels must be 0 to 9')
    expect(error.where).toEqual({ file: at('data_batch_2.bin'), line: 20 })
  })

  it('is refused when a published batch stands beside one that was cut short, or is one of fewer than five', () => {
    truncateSync(at('data_batch_1.bin'), 10_000 * 3073)
    expect(userErrorOf(() => readCifar10(folder)).message).toMatch(/^data_batch_2\.bin contains 20 images/)
    for (const name of ['data_batch_2.bin', 'data_batch_3.bin']) rmSync(at(name))
    truncateSync(at('test_batch.bin'), 10_000 * 3073)
    expect(userErrorOf(() => readCifar10(folder)).message).toBe('data_batch_2.bin is missing')
  })

  it('is refused when it does not name ten classes', () => {
    writeFileSync(at('batches.meta.txt'), 'cat\ndog\n')
    expect(userErrorOf(() => readCifar10(folder)).message).toBe(
      'batches.meta.txt must name 10 classes, got 2',
    )
  })

  it('is refused when all rows are of one class', () => {
    for (const name of ['data_batch_1.bin', 'data_batch_2.bin', 'data_batch_3.bin', 'test_batch.bin']) {
      writeFileSync(at(name), binaryBatch({ ...tinyBatch(4, 0), labels: [3, 3, 3, 3] }))
    }
    const error = userErrorOf(() => readDataSet({ source: 'cifar10', path: folder }))
    expect(error.message).toBe('The 16 rows are all of one class, "cat"; a classifier needs two')
  })

  it('is looked for in vain in another folder, and the right one is proposed', () => {
    const above = path.join(root, `above-${count++}`)
    writeBinaryCifar(path.join(above, 'cifar-10-batches-bin'), train, test)
    expect(userErrorOf(() => readCifar10(above)).hint).toBe(
      `Did you mean ${path.join(above, 'cifar-10-batches-bin')}?`,
    )
    expect(userErrorOf(() => readCifar10(path.join(above, 'nowhere'))).message).toMatch(/no such folder$/)
    expect(userErrorOf(() => readCifar10(at('test_batch.bin'))).message).toMatch(/it is a file$/)
  })
})

describe('a Python CIFAR-10 folder', () => {
  beforeEach(() => {
    folder = writePythonCifar(path.join(root, `py-${count++}`), train, test)
  })

  it('is refused when a file is cut at any byte', () => {
    const whole = pickledBatch(tinyBatch(2, 0))
    const edges = [...Array(200).keys(), ...Array.from({ length: 120 }, (_, i) => whole.length - 1 - i)]
    for (const length of edges) {
      writeFileSync(at('data_batch_1'), whole.subarray(0, length))
      const error = userErrorOf(() => readCifar10(folder))
      expect(error.code).toBe('usage')
      expect(error.where?.file).toBe(at('data_batch_1'))
    }
  })

  it('gives data or one sentence when a byte is changed, and never runs anything', () => {
    const whole = pickledBatch(tinyBatch(1, 0))
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (position, value) => {
        const changed = Buffer.from(whole)
        changed[position] = value
        writeFileSync(at('data_batch_1'), changed)
        try {
          expect(readCifar10(folder).columns).toBe(3072)
        } catch {
          expect(userErrorOf(() => readCifar10(folder)).message).not.toContain('\n')
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    'posix.system',
    'builtins.eval',
    'os.system',
    'numpy.load',
    '__main__.Batch',
    'copy_reg._reconstructor',
  ])('is refused when a pickle names %s', (name) => {
    writeFileSync(
      at('data_batch_1'),
      pickledDictionary({
        data: pickledArrayBytes([1, 3072], new Uint8Array(3072), name),
        labels: pickledList([]),
      }),
    )
    expect(userErrorOf(() => readCifar10(folder)).message).toBe(
      `data_batch_1 refers to ${name}; code in a pickle is never run, only NumPy arrays are read`,
    )
  })

  it('refuses code that only protocol 4 or the oldest opcodes would name', () => {
    const system = [0x8c, 5, ...Buffer.from('posix'), 0x8c, 6, ...Buffer.from('system')]
    writeFileSync(at('data_batch_1'), Buffer.from([0x80, 4, ...system, 0x93, 0x28, 0x74, 0x52, 0x2e]))
    expect(userErrorOf(() => readCifar10(folder)).message).toContain('refers to posix.system')
    writeFileSync(at('data_batch_1'), Buffer.from('(S"true"\niposix\nsystem\n.', 'latin1'))
    expect(userErrorOf(() => readCifar10(folder)).message).toContain('refers to posix.system')
  })

  it('reads arrays as NumPy 2 names them', () => {
    writeFileSync(
      at('data_batch_1'),
      pickledDictionary({
        data: pickledArrayBytes([20, 3072], train[0]!.pixels, 'numpy._core.multiarray._reconstruct'),
        labels: pickledList(train[0]!.labels.map((label) => Buffer.from([0x4b, label]))),
      }),
    )
    expect(readCifar10(folder).labels.length).toBe(60)
  })

  const array = (shape: readonly number[], size: number, type = 'u1'): Buffer =>
    pickledArrayBytes(shape, new Uint8Array(size), undefined, type)
  const label = (value: number): Buffer => Buffer.from([0x4b, value])
  const wrong: readonly (readonly [string, Buffer, RegExp])[] = [
    ['has no data', pickledDictionary({ labels: pickledList([]) }), /must contain "data".*got none/],
    ['has another shape', pickledDictionary({ data: array([3072], 3072) }), /got \(3072\)/],
    [
      'has too little data',
      pickledDictionary({ data: array([2, 3072], 3072) }),
      /needs 6144 bytes, got 3072/,
    ],
    ['claims too much', pickledDictionary({ data: array([2 ** 31 - 1, 2 ** 31 - 1], 9) }), /bytes, got 9/],
    [
      'holds floats',
      pickledDictionary({ data: array([1, 3072], 4 * 3072, 'f4') }),
      /of bytes, got .* of another number type/,
    ],
    ['has no labels', pickledDictionary({ data: array([1, 3072], 3072) }), /"labels".*got none/],
    [
      'has too few labels',
      pickledDictionary({ data: array([2, 3072], 6144), labels: pickledList([label(1)]) }),
      /one for each of 2 images, got 1/,
    ],
    [
      'has a label above 9',
      pickledDictionary({ data: array([1, 3072], 3072), labels: pickledList([label(10)]) }),
      /label 10 in record 1/,
    ],
    ['is no dictionary', Buffer.from([0x80, 2, 0x5d, 0x2e]), /must contain a dictionary/],
    ['is a table', Buffer.from('1,2,3\n'), /is not a readable pickle/],
    ['is empty', Buffer.alloc(0), /is empty/],
  ]
  it.each(wrong)('is refused when a batch %s', (_, content, message) => {
    writeFileSync(at('data_batch_1'), content)
    const error = userErrorOf(() => readCifar10(folder))
    expect(error.message).toMatch(message)
    expect(error.where?.file).toBe(at('data_batch_1'))
  })

  it('is refused without its names, or with numbers for them', () => {
    writeFileSync(at('batches.meta'), pickledNames(['cat']))
    expect(userErrorOf(() => readCifar10(folder)).message).toBe('batches.meta must name 10 classes, got 1')
    writeFileSync(at('batches.meta'), pickledDictionary({ label_names: pickledList([label(1)]) }))
    expect(userErrorOf(() => readCifar10(folder)).message).toMatch(/must contain "label_names"/)
    truncateSync(at('batches.meta'), 0)
    expect(userErrorOf(() => readCifar10(folder)).message).toBe('batches.meta is empty')
    renameSync(at('batches.meta'), at('other'))
    expect(userErrorOf(() => readCifar10(folder)).message).toBe('batches.meta is missing')
  })
})
