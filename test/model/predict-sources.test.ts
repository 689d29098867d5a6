import { zipSync } from 'fflate'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { predictFile } from '../../src/model/kept-network.ts'
import { memoryOf, npyBytes, writeIn } from '../data/data-files.ts'
import { expectAgreement, newFolder, trained } from './trained.ts'

const ROWS = Array.from({ length: 120 }, (_, i) => {
  const kind = (i * 7 + (i % 5 === 0 ? 1 : 0)) % 3
  const values = [kind * 1.5 + ((i * 11) % 7) / 2, ((i * 13) % 17) / 4]
  return {
    kind: ['-1', '0', '1'][kind]!,
    values,
    colour: ['red', 'Ré', 'blue'][(i + kind) % 3]!,
    size: 'SML'[i % 3]!,
  }
})

function csv(
  write: (row: (typeof ROWS)[number], i: number) => readonly unknown[],
  header?: string,
  by = ',',
): string {
  const lines = ROWS.map((row, i) => write(row, i).join(by))
  return `${[...(header === undefined ? [] : [header]), ...lines].join('\n')}\n`
}

describe('predictions of the training file agree with the accuracies stored with the trial', () => {
  const tables: readonly (readonly [what: string, content: string | Uint8Array, block: object])[] = [
    ['a header', csv(({ kind, values }) => [...values, kind], 'a,b,kind'), {}],
    ['no header, the label first', csv(({ kind, values }) => [kind, ...values]), { label: 0, header: false }],
    [
      'semicolons and decimal commas',
      csv(({ kind, values }) => [...values.map((v) => String(v).replace('.', ',')), kind], 'a;b;kind', ';'),
      {},
    ],
    ['blanks', csv(({ kind, values }) => [...values, kind], undefined, '   '), {}],
    [
      'lines to skip and comments',
      `made by hand\n# more\n${csv(({ kind, values }) => [...values, kind], 'a,b,kind')}`,
      { skip: 1, comment: '#' },
    ],
    [
      'columns that are dropped, and levels',
      csv(
        ({ kind, values, colour, size }, i) => [i, colour, kind, size, ...values],
        'id,colour,kind,size,a,b',
      ),
      { label: 'kind', drop: ['id'], ordered: { size: ['S', 'M', 'L'] } },
    ],
    [
      'columns that are chosen, numbers as levels',
      csv(({ kind, values, colour }, i) => [i % 4, colour, kind, ...values], 'zip,colour,kind,a,b'),
      { label: 'kind', columns: ['b', 'zip'], categorical: ['zip'] },
    ],
    [
      'missing values with an indicator',
      csv(
        ({ kind, values }, i) => [i % 6 === 0 ? 'none' : values[0], i % 7 === 0 ? '-9' : values[1], kind],
        'a,b,kind',
      ),
      { missing: 'median', missingValues: ['-9'], indicator: true },
    ],
    [
      'classes that are renamed',
      csv(({ kind, values }, i) => [...values, i % 4 === 0 ? `${kind}.` : kind], 'a,b,kind')
        .replaceAll('1.\n', '1!\n')
        .replaceAll('0.\n', '0!\n'),
      { rename: { '-1!': '-1', '0!': '0', '1!': '1' } },
    ],
    [
      'Latin-1',
      Buffer.from(
        csv(({ kind, values, colour }) => [colour, ...values, kind], 'colour,a,b,kind'),
        'latin1',
      ),
      { encoding: 'latin1' },
    ],
  ]
  it.each(tables)('a table with %s', async (_, content, block) => {
    const file = writeIn(newFolder(), 'table.csv', content)
    await expectAgreement({ source: 'csv', path: file, ...block }, file)
  })

  it('a training file beside a test file, columns in another order', async () => {
    const folder = newFolder()
    const train = writeIn(
      folder,
      'train.csv',
      csv(({ kind, values }) => [...values, kind], 'a,b,kind'),
    )
    const test = writeIn(
      folder,
      'test.csv',
      csv(({ kind, values }) => [kind, ...values], 'kind,a,b'),
    )
    const block = { source: 'csv', train, test, label: 'kind' }
    await expectAgreement(block, train)
    await expectAgreement(block, test)
  })

  it('a Parquet and an ARFF file', async () => {
    const column = (name: string, data: readonly unknown[], type: 'DOUBLE' | 'STRING') => ({
      name,
      data,
      type,
    })
    const columnData = [
      column(
        'colour',
        ROWS.map(({ colour }) => colour),
        'STRING',
      ),
      column(
        'a',
        ROWS.map(({ values }) => values[0]!),
        'DOUBLE',
      ),
      column(
        'kind',
        ROWS.map(({ kind }) => kind),
        'STRING',
      ),
    ] as Parameters<typeof parquetWriteBuffer>[0]['columnData']
    const parquet = writeIn(newFolder(), 't.parquet', new Uint8Array(parquetWriteBuffer({ columnData })))
    await expectAgreement({ source: 'parquet', path: parquet }, parquet)
    const head = '@relation t\n@attribute a numeric\n@attribute b numeric\n@attribute kind {-1,0,1}\n@data\n'
    const arff = writeIn(newFolder(), 't.arff', head + csv(({ kind, values }) => [...values, kind]))
    await expectAgreement({ source: 'arff', path: arff }, arff)
  })

  const doubles = memoryOf(Float64Array.from(ROWS.flatMap(({ values }) => values)))
  const inputs = npyBytes({ descr: "'<f8'", shape: [120, 2] }, doubles)
  const labels = npyBytes(
    { descr: "'<i4'", shape: [120] },
    memoryOf(Int32Array.from(ROWS, ({ kind }) => Number(kind))),
  )

  it('NumPy arrays, alone, in a folder with a test part, and in an archive whatever they are called', async () => {
    const folder = newFolder()
    const file = writeIn(folder, 'X_train.npy', inputs)
    const block = { source: 'npy', path: file, labels: writeIn(folder, 'y_train.npy', labels) }
    await expectAgreement(block, file)
    const test = {
      test: writeIn(folder, 'X_test.npy', inputs),
      testLabels: writeIn(folder, 'y_test.npy', labels),
    }
    await expectAgreement({ ...block, ...test }, file)
    await expectAgreement({ ...block, ...test }, folder)
    const archive = writeIn(newFolder(), 'all.npz', zipSync({ 'first.npy': inputs, 'second.npy': labels }))
    const names = { source: 'npz', path: archive, inputs: 'first', labels: 'second' }
    await expectAgreement(names, archive)
    const copy = writeIn(newFolder(), 'copy.npz', zipSync({ 'second.npy': labels, 'first.npy': inputs }))
    expect((await predictFile(await trained(names), copy)).accuracy).not.toBeNull()
  })

  it.each([
    { kind: 'unit', biasTrick: true },
    { kind: 'mean', pca: 2 },
    { kind: 'standardize', pca: 2, whiten: true, biasTrick: true },
    { kind: 'none', biasTrick: true },
  ])('whatever is done to the inputs: $kind, pca $pca, bias trick $biasTrick', async (preprocess) => {
    const folder = newFolder()
    const array = {
      source: 'npy',
      path: writeIn(folder, 'X.npy', inputs),
      labels: writeIn(folder, 'y.npy', labels),
    }
    await expectAgreement(array, array.path, preprocess)
    const content = csv(({ kind, values, colour }) => [...values, colour, kind], 'a,b,colour,kind')
    const table = writeIn(folder, 'table.csv', content)
    await expectAgreement({ source: 'csv', path: table }, table, preprocess)
    const bytes = csv(({ kind, values }, i) => [i % 200, Math.round(values[1]! * 9), kind], 'a,b,kind')
    const whole = writeIn(folder, 'bytes.csv', bytes)
    await expectAgreement({ source: 'csv', path: whole, missing: 'mean' }, whole, preprocess)
  })

  it('the generated set', async () => {
    await expectAgreement({ source: 'generated', count: 120, seed: 3 }, 'generated')
  })
})
