import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SplitConfig, splitSchema } from '../../src/data/data-config.ts'
import { type DataSet, sharedBytes, sharedLabels } from '../../src/data/data-set.ts'
import { splitCounts, splitRows } from '../../src/data/split.ts'
import { userErrorOf } from './data-files.ts'

function dataOf(labels: readonly number[], testRows = 0, usualSplit: DataSet['usualSplit'] = null): DataSet {
  return {
    source: 'test',
    shape: [1],
    values: sharedBytes(labels.length),
    columns: 1,
    labels: sharedLabels(labels, 10),
    classes: Array.from({ length: 10 }, (_, i) => `${i}`),
    testRows,
    usualSplit,
    layout: null,
    remarks: [],
    cautions: [],
  }
}

const rows = (count: number, testRows = 0, usual: DataSet['usualSplit'] = null): DataSet =>
  dataOf(
    Array.from({ length: count }, (_, i) => i % 10),
    testRows,
    usual,
  )
const settings = (given: object): SplitConfig => splitSchema.parse(given)

describe('the counts of a split', () => {
  it.each([
    [rows(12_000), {}, [9600, 1200, 1200]],
    [rows(60_000, 10_000, { train: 40_000, valid: 5_000, test: 5_000 }), {}, [40_000, 5_000, 5_000]],
    [
      rows(60_000, 10_000, { train: 40_000, valid: 5_000, test: 5_000 }),
      { valid: 1_000 },
      [49_000, 1_000, 5_000],
    ],
    [
      rows(60_000, 10_000, { train: 40_000, valid: 5_000, test: 5_000 }),
      { train: 1_000 },
      [1_000, 5_000, 5_000],
    ],
    [
      rows(60_000, 10_000, { train: 40_000, valid: 5_000, test: 5_000 }),
      { test: 10_000 },
      [40_000, 5_000, 10_000],
    ],
    [
      rows(60_000, 10_000, { train: 40_000, valid: 5_000, test: 5_000 }),
      { train: 48_000 },
      [48_000, 2_000, 5_000],
    ],
    [rows(70, 20), {}, [45, 5, 20]],
    [rows(100), { train: 50 }, [50, 10, 10]],
    [rows(100), { valid: 0.25 }, [65, 25, 10]],
    [rows(100), { train: 0.5, valid: 0.2, test: 0.3 }, [50, 20, 30]],
    [rows(100), { test: 0 }, [90, 10, 0]],
    [rows(100, 40), { test: 0.5 }, [54, 6, 20]],
  ] as const)('%# are the usual ones where nothing is said', (data, given, [train, valid, test]) => {
    expect(splitCounts(data, settings(given))).toEqual({ train, valid, test })
  })

  it.each([
    [
      rows(100),
      { train: 90, valid: 20 },
      /train and valid ask for 110 rows, but there are 90 without the test part/,
    ],
    [rows(100), { train: 95 }, /train and valid ask for 95 rows, but there are 90/],
    [rows(100), { train: 90 }, /valid must get at least one row/],
    [rows(100), { valid: 90 }, /train must get at least one row/],
    [rows(100), { valid: 0 }, /valid must get at least one row/],
    [rows(100), { test: 101 }, /train and valid ask for \d+ rows, but there are 0/],
    [rows(100, 40), { test: 41 }, /test ask for 41 rows, but there are 40 of the test part/],
    [rows(100, 40), { train: 60 }, /valid must get at least one row/],
    [rows(20), { folds: 50 }, /folds must be at most the number of rows, 18, got 50/],
  ] as const)('%# are refused when the rows do not suffice', (data, given, message) => {
    const error = userErrorOf(() => splitCounts(data, settings(given)))
    expect(error.code).toBe('usage')
    expect(error.message).toMatch(message)
  })
})

const anySettings = fc.record(
  {
    stratified: fc.boolean(),
    seed: fc.nat(),
    folds: fc.integer({ min: 2, max: 7 }),
    test: fc.constantFrom(0, 0.2, 3),
  },
  { requiredKeys: [] },
)
const anyData = fc
  .record({
    labels: fc.array(fc.nat({ max: 9 }), { minLength: 30, maxLength: 200 }),
    testRows: fc.constantFrom(0, 5),
  })
  .map(({ labels, testRows }) => dataOf(labels, testRows))

describe('a split', () => {
  it('never gives a row to two parts, nor twice to one, and counts as it says', () => {
    fc.assert(
      fc.property(anyData, anySettings, (data, given) => {
        const counts = splitCounts(data, settings(given))
        for (const { train, valid, test } of splitRows(data, settings(given))) {
          const all = [...train, ...valid, ...(test ?? [])]
          expect(new Set(all).size).toBe(all.length)
          expect(all.every((row) => row < data.labels.length)).toBe(true)
          expect(train.length + valid.length).toBe(counts.train + counts.valid)
          expect(test?.length ?? 0).toBe(counts.test)
          if (data.testRows > 0) {
            const border = data.labels.length - data.testRows
            expect([...train, ...valid].every((row) => row < border)).toBe(true)
            expect([...(test ?? [])].every((row) => row >= border)).toBe(true)
          }
        }
      }),
    )
  })

  it('validates on each row exactly once over its folds, which share the test part', () => {
    fc.assert(
      fc.property(anyData, anySettings, fc.integer({ min: 2, max: 7 }), (data, given, k) => {
        const folds = splitRows(data, settings({ ...given, folds: k }))
        expect(folds.length).toBe(k)
        const pool = [...folds[0]!.train, ...folds[0]!.valid].sort((a, b) => a - b)
        expect(folds.flatMap((fold) => [...fold.valid]).sort((a, b) => a - b)).toEqual(pool)
        for (const fold of folds) {
          expect([...fold.train, ...fold.valid].sort((a, b) => a - b)).toEqual(pool)
          expect(fold.test).toEqual(folds[0]!.test)
        }
        const sizes = folds.map((fold) => fold.valid.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('gives each part its share of every class when stratified', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 10, max: 60 }), { minLength: 2, maxLength: 6 }),
        fc.nat(),
        (sizes, seed) => {
          const data = dataOf(sizes.flatMap((size, label) => Array<number>(size).fill(label)))
          const [parts] = splitRows(
            data,
            settings({ stratified: true, seed, train: 0.5, valid: 0.25, test: 0.25 }),
          )
          for (const part of [parts!.train, parts!.valid, parts!.test!]) {
            for (const [label, size] of sizes.entries()) {
              const count = part.filter((row) => data.labels[row] === label).length
              const fair = (size * part.length) / data.labels.length
              expect(Math.abs(count - fair)).toBeLessThanOrEqual(2.5)
            }
          }
        },
      ),
    )
  })

  it('keeps the order of images with a test part, unless a seed is given', () => {
    const own = { ...rows(100, 20), shape: [1, 1] }
    const [kept] = splitRows(own, settings({}))
    expect([...kept!.train, ...kept!.valid, ...kept!.test!]).toEqual([...Array(100).keys()])
    const [shuffled] = splitRows(own, settings({ seed: 1 }))
    expect([...shuffled!.train]).not.toEqual([...kept!.train])
  })

  it('shuffles and stratifies columns whose file is sorted by class, also beside a test part', () => {
    const sorted = dataOf(
      Array.from({ length: 120 }, (_, i) => (i < 100 ? Math.floor(i / 25) : i % 4)),
      20,
    )
    const [split] = splitRows(sorted, settings({ valid: 20 }))
    const counts = [0, 0, 0, 0]
    for (const row of split!.valid) counts[sorted.labels[row]!]!++
    expect(counts).toEqual([5, 5, 5, 5])
    expect([...split!.test!].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => 100 + i))
    const [before] = splitRows(sorted, settings({ valid: 20 }), 'first')
    expect([...before!.train]).toEqual([...Array(80).keys()])
  })

  it('shuffles a source without a test part, the same way for the same seed', () => {
    const plain = { stratified: false }
    const [a] = splitRows(rows(100), settings(plain))
    const [b] = splitRows(rows(100), settings({ ...plain, seed: 0 }))
    const [c] = splitRows(rows(100), settings({ ...plain, seed: 1 }))
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
    expect([...a!.train.subarray(0, 8)]).toEqual([44, 66, 36, 24, 33, 7, 14, 55])
  })

  it('has its rows in shared memory, and no test part when none is wanted', () => {
    const [split] = splitRows(rows(100), settings({ test: 0 }))
    expect(split!.train.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(split!.valid.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(split!.test).toBeNull()
  })
})
