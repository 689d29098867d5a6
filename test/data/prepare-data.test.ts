import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPreprocessing } from '../../src/data/apply-preprocessing.ts'
import {
  type DataSettings,
  dataSchema,
  preprocessSchema,
  resolveDataPaths,
  splitSchema,
} from '../../src/data/data-config.ts'
import { describeData } from '../../src/data/describe-data.ts'
import { prepareData } from '../../src/data/prepare-data.ts'
import type { PreparedFold } from '../../src/data/prepared.ts'
import { fitScaling } from '../../src/data/preprocess.ts'
import { readUnlabelled } from '../../src/data/read-unlabelled.ts'
import type { Inputs } from '../../src/train/inputs.ts'
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
const digits = path.resolve('test/fixtures/data-digits.csv.gz')

function settingsOf(given: { data?: object; split?: object; preprocess?: unknown }): DataSettings {
  return {
    data: dataSchema.parse(given.data ?? { source: 'csv', path: digits, shape: [8, 8] }),
    split: splitSchema.parse(given.split),
    preprocess: preprocessSchema.parse(given.preprocess),
  }
}

async function foldOf(preprocess: unknown, split: object = {}): Promise<PreparedFold> {
  return (await prepareData(settingsOf({ preprocess, split }))).folds[0]!
}

/** Column c of a row as a network sees it. */
function seen({ values, columns, shift, scale }: Inputs, row: number, c: number): number {
  return Math.fround(Math.fround(values[row * columns + c]! - shift[c]!) * scale[c]!)
}

function moments(inputs: Inputs, rows: Uint32Array, c: number): { mean: number; deviation: number } {
  const numbers = Array.from(rows, (row) => seen(inputs, row, c))
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length
  return { mean, deviation: Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length) }
}

describe('prepared data', () => {
  it('are split, scaled and described, their hash that of the data as read', async () => {
    const data = await prepareData(settingsOf({}))
    const [fold] = data.folds
    expect(data.source).toBe('csv')
    expect(data.shape).toEqual([8, 8])
    expect(data.steps).toEqual(['mean image subtracted'])
    expect(data.hash).toMatch(/^[0-9a-f]{64}$/)
    expect([fold!.train.rows.length, fold!.valid.rows.length, fold!.test!.rows.length]).toEqual([160, 20, 20])
    expect(fold!.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })

  it('are the same bits twice, whatever is told of progress', async () => {
    const steps: string[] = []
    const once = await prepareData(settingsOf({ preprocess: { pca: 5 } }))
    const again = await prepareData(settingsOf({ preprocess: { pca: 5 } }), {
      onProgress: (step) => steps.push(step),
    })
    expect(again).toEqual(once)
    expect(steps).toContain('finding 5 principal components')
  })

  it('have mean 0 over the training rows once the mean is subtracted', async () => {
    const { train } = await foldOf('mean')
    for (let c = 0; c < 64; c++)
      expect(Math.abs(moments(train.inputs, train.rows, c).mean)).toBeLessThan(1e-5)
  })

  it('have deviation 1 once standardised, but for columns that never change', async () => {
    const { train } = await foldOf('standardize')
    for (let c = 0; c < 64; c++) {
      const { mean, deviation } = moments(train.inputs, train.rows, c)
      expect(Math.abs(mean)).toBeLessThan(1e-5)
      if (deviation === 0) expect(train.inputs.scale[c]).toBe(1)
      else expect(deviation).toBeCloseTo(1, 5)
    }
  })

  it('are divided by 255, or left alone', async () => {
    const unit = (await foldOf('unit')).train.inputs
    const none = (await foldOf('none')).train.inputs
    expect(seen(unit, 3, 10)).toBe(Math.fround(none.values[3 * 64 + 10]! * Math.fround(1 / 255)))
    expect(seen(none, 3, 10)).toBe(none.values[3 * 64 + 10])
  })

  it('get a column of ones that nothing shifts or scales', async () => {
    for (const kind of ['none', 'mean', 'standardize', 'unit']) {
      const { inputs, rows } = (await foldOf({ kind, biasTrick: true })).valid
      expect(inputs.columns).toBe(65)
      for (const row of rows) expect(seen(inputs, row, 64)).toBe(1)
    }
  })

  it('are fitted on the training rows alone: other rows change nothing', async () => {
    const table = (row: number, value: number): string =>
      Array.from({ length: 20 }, (_, i) => `${i === row ? value : i},${i * i},${i % 2}`).join('\n')
    const fitted = async (row: number, value: number): Promise<PreparedFold> => {
      const file = writeIn(folder, `leak-${value}.csv`, table(row, value))
      const data = { source: 'csv', path: file }
      const preprocess = { kind: 'standardize', pca: 2 }
      return (await prepareData(settingsOf({ data, preprocess }))).folds[0]!
    }
    const a = await fitted(0, 0)
    const kept = a.test!.rows[0]!
    const b = await fitted(kept, 200)
    expect(b.test!.rows).toEqual(a.test!.rows)
    expect(b.preprocessing).toEqual(a.preprocessing)
  })

  it('share one copy of the values between the folds, each fitted on its own rows', async () => {
    const { folds } = await prepareData(settingsOf({ split: { folds: 3 }, preprocess: { biasTrick: true } }))
    expect(folds.length).toBe(3)
    expect(folds[1]!.train.inputs.values).toBe(folds[0]!.train.inputs.values)
    expect(folds[1]!.preprocessing.shift).not.toEqual(folds[0]!.preprocessing.shift)
    expect(folds[0]!.test!.rows).toEqual(folds[2]!.test!.rows)
  })

  it('lie in shared memory, all of them', async () => {
    for (const preprocess of ['mean', { pca: 3, whiten: true, biasTrick: true }]) {
      const { train, preprocessing } = await foldOf(preprocess)
      const { inputs, labels, rows } = train
      const arrays = [
        inputs.values,
        inputs.shift,
        inputs.scale,
        labels,
        rows,
        preprocessing.shift,
        preprocessing.scale,
      ]
      for (const array of arrays) expect(array.buffer).toBeInstanceOf(SharedArrayBuffer)
      const projection = preprocessing.projection
      for (const array of projection === null
        ? []
        : [projection.mean, projection.components, projection.scale]) {
        expect(array.buffer).toBeInstanceOf(SharedArrayBuffer)
      }
    }
  })

  it('refuse more components than columns', async () => {
    await expect(prepareData(settingsOf({ preprocess: { pca: 65 } }))).rejects.toThrow(
      'preprocess: pca must be at most the number of columns, 64, got 65',
    )
  })
})

describe('the scaling', () => {
  it('leaves constant columns at scale 1, whatever their value', async () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), (value) => {
        const rows = Uint32Array.from({ length: 7 }, (_, i) => i)
        const { shift, scale } = fitScaling('standardize', new Float32Array(7).fill(value), 1, rows)
        expect(scale[0]).toBe(1)
        expect(shift[0]).toBeCloseTo(value, 5)
      }),
    )
  })
})

describe('what was fitted', () => {
  it.each([
    'none',
    'mean',
    'standardize',
    'unit',
    { pca: 7 },
    { pca: 7, whiten: true, biasTrick: true },
    {
      kind: 'standardize',
      biasTrick: true,
    },
  ])('does to new rows what was done to the old ones (%j)', async (preprocess) => {
    const { train, valid, preprocessing } = await foldOf(preprocess)
    const { values, columns } = await readUnlabelled(digits, 64, null)
    expect(columns).toBe(64)
    const inputs = applyPreprocessing(preprocessing, values)
    expect(inputs.columns).toBe(train.inputs.columns)
    for (const row of [...train.rows.subarray(0, 20), ...valid.rows]) {
      for (let c = 0; c < inputs.columns; c++) expect(seen(inputs, row, c)).toBe(seen(train.inputs, row, c))
    }
  })

  it('refuses rows of another width', async () => {
    const { preprocessing } = await foldOf('mean')
    expect(() => applyPreprocessing(preprocessing, new Uint8Array(65))).toThrow(/not whole rows of 64/)
  })
})

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
    expect((await rejectionOf(describeData(alone))).message).toMatch(/is not a readable data set/)
    const lonely = writeIn(alone, 'x.npy', npyBytes({ descr: "'|u1'", shape: [2, 6] }, new Uint8Array(12)))
    expect((await rejectionOf(describeData(lonely))).message).toBe(
      'x.npy needs its labels beside it, in a file called y.npy',
    )
  })
})

describe('the data blocks of a study file', () => {
  it('have defaults for everything', async () => {
    expect(settingsOf({ data: { source: 'generated' } })).toEqual({
      data: { source: 'generated', count: 12_000, seed: 0 },
      split: {},
      preprocess: { kind: 'auto', whiten: false, biasTrick: false },
    })
    expect(dataSchema.parse(undefined)).toEqual({ source: 'generated', count: 12_000, seed: 0 })
  })

  it('take paths from the folder of the study file', async () => {
    const settings = settingsOf({ data: { source: 'npy', path: '../x.npy', labels: '/data/y.npy' } })
    expect(resolveDataPaths(settings, '/studies/one').data).toEqual({
      source: 'npy',
      path: '/studies/x.npy',
      labels: '/data/y.npy',
    })
  })

  it.each([
    [dataSchema, { source: 'mnist' }],
    [dataSchema, { source: 'cifar10' }],
    [dataSchema, { source: 'generated', path: 'x' }],
    [dataSchema, { source: 'generated', count: 1e9 }],
    [splitSchema, { train: 1.5 }],
    [splitSchema, { train: -1 }],
    [splitSchema, { train: Number.NaN }],
    [splitSchema, { folds: 1 }],
    [preprocessSchema, 'centre'],
    [preprocessSchema, { whiten: true }],
    [preprocessSchema, { pca: 0 }],
  ])('%# refuse what makes no sense', (schema, given) => {
    expect(schema.safeParse(given).success).toBe(false)
  })
})
