import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { dataSchema } from '../../src/data/data-config.ts'
import { detectSource } from '../../src/data/detect-source.ts'
import { loadDataSet, readDataSet } from '../../src/data/read-data-set.ts'
import { rejectionOf, temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()

describe('a Parquet file', () => {
  const rows = 40
  const columns = [
    {
      name: 'age',
      data: Array.from({ length: rows }, (_, i) => (i === 3 ? null : i / 4)),
      type: 'DOUBLE' as const,
    },
    {
      name: 'city',
      data: Array.from({ length: rows }, (_, i) => ['Rome', 'Oslo'][i % 2]!),
      type: 'STRING' as const,
    },
    { name: 'member', data: Array.from({ length: rows }, (_, i) => i % 3 === 0), type: 'BOOLEAN' as const },
    { name: '__index_level_0__', data: Array.from({ length: rows }, (_, i) => i), type: 'INT32' as const },
    { name: 'kind', data: Array.from({ length: rows }, (_, i) => BigInt(i % 2)), type: 'INT64' as const },
  ]
  const file = writeIn(folder, 'table.anything', new Uint8Array(parquetWriteBuffer({ columnData: columns })))

  it('is known by its content; its columns are what they are', async () => {
    expect(detectSource(file).source).toBe('parquet')
    const error = await rejectionOf(loadDataSet(detectSource(file)))
    expect(error.message).toBe('table.anything has no value in row 4, column 1 ("age")')
    const data = await loadDataSet(dataSchema.parse({ source: 'parquet', path: file, missing: 'mean' }))
    expect(data.layout!.names).toEqual(['age', 'city=Oslo', 'city=Rome', 'member'])
    expect([...data.values.subarray(4, 8)]).toEqual([0.25, 1, 0, 0])
    expect(data.classes).toEqual(['0', '1'])
    expect(data.remarks).toEqual(['the index that pandas stored is left out'])
  })

  it('has the numbers that stand for a missing value, however these are written', async () => {
    const data = parquetWriteBuffer({
      columnData: [
        { name: 'x', data: [1.5, -999, 2.5, 3.5], type: 'DOUBLE' as const },
        { name: 'kind', data: ['a', 'b', 'a', 'b'], type: 'STRING' as const },
      ],
    })
    const path = writeIn(folder, 'gaps.parquet', new Uint8Array(data))
    const settings = { source: 'parquet', path, missing: 'mean', missingValues: ['-999.0'] }
    expect((await loadDataSet(dataSchema.parse(settings))).values[1]).toBe(Number.NaN)
  })

  it('is refused when it is cut anywhere', async () => {
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData: columns }))
    for (const length of [3, 10, bytes.length >> 1, bytes.length - 1]) {
      const cut = writeIn(folder, 'cut.parquet', bytes.subarray(0, length))
      const error = await rejectionOf(loadDataSet(dataSchema.parse({ source: 'parquet', path: cut })))
      expect(error.code).toBe('usage')
    }
  })
})

describe('an ARFF file', () => {
  const text = [
    '% made by hand',
    "@RELATION 'iris x'",
    '@attribute length NUMERIC',
    "@attribute 'the colour' {red, 'dark blue'}",
    '@attribute grade {1,2,3}',
    '@attribute class {yes,no}',
    '@data',
    ...Array.from(
      { length: 30 },
      (_, i) => `${i}.5,${['red', "'dark blue'"][i % 2]},${(i % 3) + 1},${['yes', 'no'][i % 2]}`,
    ),
  ].join('\n')

  it('is known by its content; nominal attributes are levels', () => {
    const file = writeIn(folder, 'iris.txt', text)
    expect(detectSource(file).source).toBe('arff')
    const data = readDataSet(detectSource(file))
    expect(data.layout!.names).toEqual([
      ...['length', 'the colour=dark blue', 'the colour=red'],
      ...['grade=1', 'grade=2', 'grade=3'],
    ])
    expect(data.classes).toEqual(['no', 'yes'])
    expect(data.labels.length).toBe(30)
  })

  it('may have the line ends of any system, and a byte order mark', () => {
    const known = readDataSet(detectSource(writeIn(folder, 'lf.arff', text)))
    for (const end of ['\r\n', '\r']) {
      for (const mark of ['', '\uFEFF']) {
        const file = writeIn(folder, 'ends.arff', `${mark}${text.replaceAll('\n', end)}`)
        const source = detectSource(file)
        expect(source.source).toBe('arff')
        const data = readDataSet(source)
        expect([data.layout!.names, [...data.values]]).toEqual([known.layout!.names, [...known.values]])
      }
    }
  })

  it('has texts that are refused where each row has its own', () => {
    const lines = text.replace("{red, 'dark blue'}", 'string').split('\n')
    const texts = lines.map((line, i) => line.replace(/red|'dark blue'/, `t${i}`)).join('\n')
    const error = userErrorOf(() => readDataSet(detectSource(writeIn(folder, 'texts.arff', texts))))
    expect(error.message).toMatch(/has 30 different values in the 30 rows of column 2 \("the colour"\)/)
  })

  it('is refused where it is sparse, with its line where a cell is wrong', () => {
    const sparse = writeIn(folder, 'sparse.arff', text.replace('0.5,red,1,yes', '{0 0.5}'))
    expect(userErrorOf(() => readDataSet(detectSource(sparse))).message).toMatch(/is a sparse ARFF file/)
    const gap = writeIn(folder, 'gap.arff', text.replace('3.5,', '?,'))
    const error = userErrorOf(() => readDataSet(detectSource(gap)))
    expect([error.message, error.where?.line]).toEqual([
      'gap.arff has no value in line 11, column 1 ("length")',
      11,
    ])
  })
})

describe('columns of texts and gaps', () => {
  const read = (lines: readonly string[], settings: object = {}) =>
    readDataSet(
      dataSchema.parse({ source: 'csv', path: writeIn(folder, 'c.csv', lines.join('\n')), ...settings }),
    )
  const table = [
    'size,ok,note,y',
    ...Array.from(
      { length: 40 },
      (_, i) => `${['small', 'large', 'medium'][i % 3]},${i % 2 === 0},n${i},${i % 2}`,
    ),
  ]

  it('get an input for each level, one for booleans and for levels with an order', () => {
    expect(userErrorOf(() => read(table, { label: 'y' })).message).toMatch(
      /has 40 different values in the 40 rows of column 3 \("note"\), such as "n0": too many for levels/,
    )
    const data = read(table, { label: 'y', drop: ['note'] })
    expect(data.layout!.names).toEqual(['size=large', 'size=medium', 'size=small', 'ok'])
    expect([...data.values.subarray(0, 8)]).toEqual([0, 0, 1, 1, 1, 0, 0, 0])
    const ordered = read(table, {
      label: 'y',
      drop: ['note'],
      ordered: { size: ['small', 'medium', 'large'] },
    })
    expect([...ordered.values.subarray(0, 6)]).toEqual([0, 1, 2, 0, 1, 1])
    const short = { label: 'y', drop: ['note'], ordered: { size: ['small', 'large'] } }
    expect(userErrorOf(() => read(table, short)).message).toMatch(
      /has "medium" in line 4, column 1 \("size"\), which is not one of its ordered levels/,
    )
  })

  it('have their gaps dropped, told, or marked by an input', () => {
    const gaps = table.map((line, i) => (i === 5 ? line.replace(/^\w+/, '?') : line))
    const common = { label: 'y', drop: ['note'] }
    expect(userErrorOf(() => read(gaps, common)).hint).toMatch(/missing: mean, median, most-frequent or drop/)
    expect(read(gaps, { ...common, missing: 'drop' }).labels.length).toBe(39)
    const filled = read(gaps, { ...common, missing: 'most-frequent', indicator: true })
    expect(filled.layout!.names).toEqual(['size=large', 'size=medium', 'size=small', 'size missing', 'ok'])
    expect([...filled.values.subarray(20, 25)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 1, 1])
  })
})

describe('a training and a test file', () => {
  it('are read alike, the columns by name; unknown labels are refused', () => {
    const rows = (n: number): string[] => Array.from({ length: n }, (_, i) => `${i}.5,${-i},${'ab'[i % 2]}`)
    const train = writeIn(folder, 'train.csv', ['x,y,kind', ...rows(30)].join('\n'))
    const test = writeIn(folder, 'test.csv', 'kind,y,x\na,7,1.5\nb,8,2.5\n')
    const config = { source: 'csv', train, test, label: 'kind' }
    const data = readDataSet(dataSchema.parse(config))
    expect([...data.values.subarray(60)]).toEqual([1.5, 7, 2.5, 8])
    expect([data.testRows, data.classes]).toEqual([2, ['a', 'b']])
    writeIn(folder, 'test.csv', 'kind,y,x\na,7,1.5\nb.,8,2.5\n')
    const error = userErrorOf(() => readDataSet(dataSchema.parse(config)))
    expect(error.message).toMatch(/has the label "b\." in line 3, which is not a class of the training file/)
    expect(readDataSet(dataSchema.parse({ ...config, rename: { 'b.': 'b' } })).testRows).toBe(2)
    expect(dataSchema.safeParse({ source: 'csv' }).success).toBe(false)
    expect(dataSchema.safeParse({ source: 'csv', path: 'a', train: 'b' }).success).toBe(false)
  })
})
