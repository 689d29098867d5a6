import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { dataSchema } from '../../src/data/data-config.ts'
import { hashDataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import type { UserError } from '../../src/errors.ts'
import { temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()
let count = 0

function table(content: string | Uint8Array, name = `t${count++}.csv`): string {
  return writeIn(folder, name, content)
}

function read(content: string | Uint8Array, settings: object = {}): ReturnType<typeof readDataSet> {
  return readDataSet(dataSchema.parse({ source: 'csv', path: table(content), ...settings }))
}

function mistakeIn(content: string | Uint8Array, settings: object = {}): UserError {
  return userErrorOf(() => read(content, settings))
}

describe('a CSV table', () => {
  it('gives the last column as labels, numbered in order, the others as inputs', () => {
    const data = read('1,2.5,cat\n-3,4e2,ant\n5,6,cat\n')
    expect(data.values).toEqual(new Float64Array([1, 2.5, -3, 400, 5, 6]))
    expect([...data.labels]).toEqual([1, 0, 1])
    expect(data.classes).toEqual(['ant', 'cat'])
    expect(data.shape).toEqual([2])
  })

  it('orders whole-number labels by their value', () => {
    expect(read('1,10\n2,9\n3,-1\n').classes).toEqual(['-1', '9', '10'])
  })

  it('keeps whole numbers from 0 to 255 as bytes, and others in float64', () => {
    expect(read('0,255,a\n1,2,b\n').values).toBeInstanceOf(Uint8Array)
    expect(read('0,256,a\n1,2,b\n').values).toBeInstanceOf(Float64Array)
    expect(read('0,-1,a\n1,2,b\n').values).toBeInstanceOf(Float64Array)
    expect(read('0,0.5,a\n1,2,b\n').values).toBeInstanceOf(Float64Array)
  })

  it('takes a first row without any number for the header', () => {
    expect(read('length,width,kind\n1,2,a\n3,4,b\n').labels.length).toBe(2)
    expect(read('1,2,a\n3,4,b\n').labels.length).toBe(2)
    expect(read('1,2,a\n3,4,b\n5,6,a\n', { header: true }).labels.length).toBe(2)
  })

  it('does not take a broken first row for a header', () => {
    expect(mistakeIn('nan,,1\n1,2,2\n').message).toMatch(/has no value in line 1, column 1/)
    expect(mistakeIn('1,x,1\n1,2,2\n').message).toMatch(/has "x" in line 1, column 2/)
  })

  it('finds the label by name or by number', () => {
    const content = 'kind,x,y\nb,1,2\na,3,4\n'
    for (const label of ['kind', 0, -3]) {
      const data = read(content, { label })
      expect([...data.values]).toEqual([1, 2, 3, 4])
      expect(data.classes).toEqual(['a', 'b'])
    }
    expect(mistakeIn(content, { label: 'Kind' }).hint).toBe('Its columns are kind, x, y.')
    expect(mistakeIn(content, { label: 3 }).message).toMatch(/has 3 columns; label 3 is not one of them/)
    expect(mistakeIn(content, { label: -4 }).message).toMatch(/label -4 is not one of them/)
  })

  it('reads quoted cells, a byte order mark, Windows line ends, empty lines and other delimiters', () => {
    const data = read('\uFEFF"1";"a;b"\r\n\r\n 2 ;c\r\n', { delimiter: ';' })
    expect([...data.values]).toEqual([1, 2])
    expect(data.classes).toEqual(['a;b', 'c'])
  })

  it('is the same data when gzipped', () => {
    const content = '1,2,a\n3,4,b\n'
    expect(hashDataSet(read(gzipSync(content)))).toBe(hashDataSet(read(content)))
  })

  it('has rows of the shape it is given, if they fit', () => {
    expect(read('1,2,3,4,a\n3,4,5,6,b\n', { shape: [2, 2] }).shape).toEqual([2, 2])
    expect(mistakeIn('1,2,3,4,a\n3,4,5,6,b\n', { shape: [3, 2] }).message).toMatch(
      /do not fill the shape 3 x 2/,
    )
  })

  it('numbers more than 256 classes with 16 bits', () => {
    const data = read(Array.from({ length: 1200 }, (_, i) => `1,${i % 300}`).join('\n'))
    expect(data.labels).toBeInstanceOf(Uint16Array)
    expect(data.labels[299]).toBe(299)
  })

  const wrong: readonly (readonly [string, string, RegExp, number | undefined])[] = [
    [
      'a cell is no number',
      '1,2,a\n3,x,b\n',
      /has "x" in line 2, column 2; inputs must be finite numbers/,
      2,
    ],
    ['a cell is empty', '1,2,a\n3,,b\n', /has no value in line 2, column 2/, 2],
    ['a cell is NaN', '1,2,a\n3,NaN,b\n', /has no value in line 2, column 2/, 2],
    ['a cell is infinite', '1,2,a\n3,inf,b\n', /has "inf" in line 2/, 2],
    ['a cell is hexadecimal', '1,2,a\n3,0x10,b\n', /has "0x10" in line 2/, 2],
    ['a cell is too large for float32', '1,2,a\n3,1e39,b\n', /has "1e39" in line 2/, 2],
    ['a label is empty', '1,2,a\n3,4,\n', /has no label in line 2/, 2],
    ['a row is short', '1,2,a\n3,b\n', /has 2 cells in line 2; the first row has 3/, 2],
    ['a row is long', 'x,y,z\n1,2,a\n3,4,5,b\n', /has 4 cells in line 3; the first row has 3/, 3],
    ['there is only a header', 'x,y,z\n', /contains no rows of data/, undefined],
    ['there are only labels', 'a\nb\n', /has no input columns/, undefined],
    ['a quote is left open', '1,"2,a\n3,4,b\n', /begins in line 1 is never closed/, 1],
    ['a quote stands in a cell', '1,2,a\n3"4",5,b\n', /cannot be read as a table/, 2],
    ['the file is empty', '', /is empty/, undefined],
    ['the lines are empty', '\n\n', /contains no rows of data/, undefined],
    ['all rows are of one class', '1,2,a\n3,4,a\n', /all of one class, "a"/, undefined],
  ]
  it.each(wrong)('is refused when %s', (_, content, message, line) => {
    const error = mistakeIn(content)
    expect(error.code).toBe('usage')
    expect(error.message).toMatch(message)
    expect(error.where?.file).toMatch(/\.csv$/)
    expect(error.where?.line).toBe(line)
  })

  it('is refused when it is corrupt gzip, or unpacks to far more than data do', () => {
    expect(mistakeIn(gzipSync('1,2,a\n3,4,b\n').subarray(0, 20)).message).toMatch(/is corrupt gzip/)
    const bomb = gzipSync(Buffer.alloc(2 ** 24 + 1))
    expect(mistakeIn(bomb).message).toMatch(/unpacks from \d+ to more than 16777216 bytes/)
  })

  it('is refused when it is not there, or is a folder', () => {
    const settings = (file: string) => dataSchema.parse({ source: 'csv', path: file })
    expect(userErrorOf(() => readDataSet(settings(`${folder}/none.csv`))).message).toMatch(/no such file$/)
    expect(userErrorOf(() => readDataSet(settings(folder))).message).toMatch(/must be a file$/)
  })

  it('says which numbers are too large, and which tables too wide', () => {
    expect(mistakeIn('1,1e308,a\n2,3,b\n').message).toMatch(
      '"1e308" in line 1, column 2; inputs must lie within ±3.4e38, the range of float32',
    )
    expect(mistakeIn('1,inf,a\n2,3,b\n').message).toMatch('inputs must be finite numbers')
    const wide = `${'1,'.repeat(2_000_000)}a\n`
    expect(mistakeIn(wide).message).toMatch('has 2000001 columns; a table has at most 100000')
  })
})
