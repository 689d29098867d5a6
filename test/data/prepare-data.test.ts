import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPreprocessing } from '../../src/data/apply-preprocessing.ts'
import { type DataSettings, dataSchema, preprocessSchema, splitSchema } from '../../src/data/data-config.ts'
import { prepareData } from '../../src/data/prepare-data.ts'
import type { PreparedFold } from '../../src/data/prepared.ts'
import { fitScaling } from '../../src/data/preprocess.ts'
import { readUnlabelled } from '../../src/data/read-unlabelled.ts'
import type { Inputs } from '../../src/train/inputs.ts'
import { temporaryFolder, writeIn } from './data-files.ts'

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

  it('are the same bits twice, whoever follows the progress', async () => {
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
    expect(() => applyPreprocessing(preprocessing, new Uint8Array(65))).toThrow(
      /cannot be split into rows of 64/,
    )
  })
})
