import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataSchema } from '../../src/data/data-config.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import { predictFile } from '../../src/model/kept-network.ts'
import { rejectionOf, userErrorOf } from '../data/data-files.ts'
import { newFolder, trained } from './trained.ts'

const ROWS = Array.from({ length: 60 }, (_, i) => `${(i * 7) % 13}.5,${['é', 'b', 'c'][i % 3]},${i % 2}`)
const HEADER = 'x,colour,kind'

describe('another file of the same table', () => {
  it('may lack the header that the study’s file had: no row is lost, and columns are taken in their order', async () => {
    const folder = newFolder()
    const [file, bare] = [path.join(folder, 'train.csv'), path.join(folder, 'bare.csv')]
    writeFileSync(file, [HEADER, ...ROWS].join('\n'))
    writeFileSync(bare, ROWS.join('\n'))
    const network = await trained({ source: 'csv', path: file, label: 'kind' })
    const [named, unnamed] = [await predictFile(network, file), await predictFile(network, bare)]
    expect(unnamed.rows).toBe(60)
    expect(unnamed.classes!.probabilities).toEqual(named.classes!.probabilities)
    expect(unnamed.remarks).toEqual([
      "the file has no header: its columns are assumed to be in the order of the study's file",
    ])
    const data = readDataSet(dataSchema.parse({ source: 'csv', train: file, test: bare, label: 'kind' }))
    expect(data.testRows).toBe(60)
    expect(data.remarks.join()).toMatch(/test file: the file has no header/)
  })

  it('may be a single row of texts', async () => {
    const folder = newFolder()
    const [file, one] = [path.join(folder, 'train.csv'), path.join(folder, 'one.csv')]
    const rows = ROWS.map((row, i) => row.replace(/^[^,]*/, 'pq'[i % 2]!))
    writeFileSync(file, [HEADER, ...rows].join('\n'))
    writeFileSync(one, 'p,b\n')
    const predicted = await predictFile(await trained({ source: 'csv', path: file, label: 'kind' }), one)
    expect(predicted.rows).toBe(1)
    expect(predicted.remarks.join()).toMatch(/^the file has no header/)
  })

  it('has a header where the names of the study are in its first row, whatever these look like', async () => {
    const folder = newFolder()
    const file = path.join(folder, 'years.csv')
    writeFileSync(
      file,
      ['2019,2020,kind', ...ROWS.map((row, i) => row.replace(/,.*,/, `,${i % 5},`))].join('\n'),
    )
    const network = await trained({ source: 'csv', path: file, label: 'kind', header: 'detect' })
    const other = path.join(folder, 'other.csv')
    writeFileSync(other, '2020,2019\n3,1.5\n4,2.5\n')
    expect((await predictFile(network, other)).rows).toBe(2)
  })

  it('may have comments above it, or none, whatever the study’s file had', async () => {
    const folder = newFolder()
    const [file, other] = [path.join(folder, 'train.csv'), path.join(folder, 'other.csv')]
    writeFileSync(file, ['# exported', '# today', HEADER, ...ROWS].join('\n'))
    const network = await trained({ source: 'csv', path: file, label: 'kind' })
    for (const above of [[], ['# a'], ['# a', '# b', '# c']]) {
      writeFileSync(other, [...above, HEADER, ...ROWS].join('\n'))
      expect((await predictFile(network, other)).rows).toBe(60)
    }
  })

  it('may be encoded otherwise, unless the study gives the encoding', async () => {
    const folder = newFolder()
    const [file, wide] = [path.join(folder, 'train.csv'), path.join(folder, 'wide.csv')]
    const text = [HEADER, ...ROWS].join('\n')
    writeFileSync(file, text)
    writeFileSync(wide, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))
    const network = await trained({ source: 'csv', path: file, label: 'kind' })
    const [known, other] = [await predictFile(network, file), await predictFile(network, wide)]
    expect(other.classes!.probabilities).toEqual(known.classes!.probabilities)
    expect(other.remarks).toEqual(['the encoding is utf-16le'])
    const test = (given: object) =>
      readDataSet(dataSchema.parse({ source: 'csv', train: wide, test: file, label: 'kind', ...given }))
    expect(test({}).testRows).toBe(60)
    expect(userErrorOf(() => test({ encoding: 'utf-16le' })).message).toMatch(/train\.csv/)
    writeFileSync(wide, Buffer.from(text, 'latin1'))
    expect((await rejectionOf(predictFile(network, wide))).message).toMatch(
      /^wide\.csv is not UTF-8: line 2 has invalid bytes$/,
    )
  })

  it('has no accuracy where a label is no class of the study, or missing, and says why', async () => {
    const folder = newFolder()
    const [file, other] = [path.join(folder, 'train.csv'), path.join(folder, 'other.csv')]
    writeFileSync(file, [HEADER, ...ROWS].join('\n'))
    const network = await trained({ source: 'csv', path: file, label: 'kind' })
    const predicted = (label: string) => {
      writeFileSync(
        other,
        [HEADER, ...ROWS.map((row, i) => (i < 2 ? row.replace(/.$/, label) : row))].join('\n'),
      )
      return predictFile(network, other)
    }
    expect(await predicted('2')).toMatchObject({
      accuracy: null,
      remarks: [
        'accuracy cannot be computed: 2 rows have a label that is not a class of the study, such as "2"',
      ],
    })
    expect(await predicted('')).toMatchObject({
      accuracy: null,
      remarks: ['accuracy cannot be computed: 2 rows have no label'],
    })
  })

  it('may write true and false in another case', async () => {
    const folder = newFolder()
    const [file, other] = [path.join(folder, 'train.csv'), path.join(folder, 'other.csv')]
    const rows = ROWS.map((row, i) => row.replace(/,.*,/, `,${i % 3 === 0},`))
    writeFileSync(file, [HEADER, ...rows].join('\n'))
    writeFileSync(other, [HEADER, ...rows].join('\n').replaceAll('true', 'TRUE').replaceAll('false', 'False'))
    const network = await trained({ source: 'csv', path: file, label: 'kind' })
    const [known, same] = [await predictFile(network, file), await predictFile(network, other)]
    expect(same.classes!.probabilities).toEqual(known.classes!.probabilities)
    expect(same.remarks).toEqual([])
  })

  it('is named in a short sentence where its names are long', async () => {
    const folder = newFolder()
    const [file, other] = [path.join(folder, 'train.csv'), path.join(folder, 'other.csv')]
    const long = 'n'.repeat(5000)
    writeFileSync(file, [`${long},colour,kind`, ...ROWS].join('\n'))
    const network = await trained({ source: 'csv', path: file, label: 'kind' })
    writeFileSync(
      other,
      [`${'m'.repeat(5000)},colour`, ...ROWS.map((row) => row.replace(/,.$/, ''))].join('\n'),
    )
    const missing = await rejectionOf(predictFile(network, other))
    writeFileSync(
      other,
      [`${long},colour`, ...ROWS.map((row) => row.replace(/^.*?,(.*),.$/, 'word,$1'))].join('\n'),
    )
    const wrong = await rejectionOf(predictFile(network, other))
    const none = userErrorOf(() => readDataSet(dataSchema.parse({ source: 'csv', path: file, label: 'x' })))
    for (const { message, hint } of [missing, wrong, none]) {
      expect(message.length + (hint ?? '').length).toBeLessThan(300)
    }
  })
})
