import { describe, expect, it } from 'vitest'
import { dataSchema } from '../../src/data/data-config.ts'
import type { DataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import { temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()
let count = 0

function read(content: string, settings: object = {}): DataSet {
  const path = writeIn(folder, `l${count++}.csv`, content)
  return readDataSet(dataSchema.parse({ source: 'csv', path, ...settings }))
}

describe('lines', () => {
  it('may end in several ways in one file, and are counted as an editor counts them', () => {
    for (const ends of [
      ['\r\n', '\n'],
      ['\r', '\n'],
      ['\n', '\r\n'],
      ['\n', '\r'],
      ['\r', '\r'],
      ['\r\n', '\r'],
    ]) {
      const lines = ['x,y,label', '1,"2",a', '', '3,4,"b"', '5,6,a']
      const text = (cells: readonly string[]) =>
        cells.map((line, i) => `${line}${ends[Math.min(i, 1)]}`).join('')
      expect([...read(text(lines)).values], JSON.stringify(ends)).toEqual([1, 2, 3, 4, 5, 6])
      const error = userErrorOf(() => read(text([...lines, '7,,a'])))
      expect(error.where?.line, JSON.stringify(ends)).toBe(6)
      const skipped = read(text(['title', '', ...lines]), { skip: 2 })
      expect([...skipped.values], JSON.stringify(ends)).toEqual([1, 2, 3, 4, 5, 6])
    }
  })

  it('stand inside a quoted cell as they are', () => {
    for (const inside of ['\n', '\r\n', '\r']) {
      const data = read(`x,label\r\n1,"a${inside}b"\r\n2,c\n3,c\n`)
      expect(data.classes).toEqual([`a${inside}b`, 'c'])
    }
  })

  it('are each counted once inside a quoted cell too', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const rows = ['x,label', '1,"a', 'b', 'c"', '2,"c', 'd"', '3,e', ...Array(9).fill('4,e')].join(end)
      expect(userErrorOf(() => read(`${rows}${end},e`)).where?.line, JSON.stringify(end)).toBe(17)
      expect(userErrorOf(() => read(`${rows}${end}5,"e" e`)).where?.line, JSON.stringify(end)).toBe(17)
      expect(userErrorOf(() => read(`${rows}${end}5,"e`)).where?.line, JSON.stringify(end)).toBe(17)
    }
  })
})

describe('a row that begins with the sign of a comment', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${['#ff0000', 'red', '#00ff00'][i % 3]},${i},${i % 2}`)

  it('is data inside the table, where only the lines above it were found to be comments', () => {
    for (const above of ['# exported', '# made by, a tool\n#\n# on Monday, noon', '# exported\n\n# twice']) {
      const data = read(`${above}\ncolour,x,label\n${rows.join('\n')}\n`)
      expect(data.labels).toHaveLength(30)
      expect(data.layout!.names.slice(0, 2)).toEqual(['colour=#00ff00', 'colour=#ff0000'])
      expect(data.remarks).toEqual(['lines above the table that begin with "#" are comments'])
    }
  })

  it('is data in a table without a header, below comments or not', () => {
    expect(read(rows.join('\n')).labels).toHaveLength(30)
    expect(read(`# exported\n${rows.join('\n')}`).labels).toHaveLength(30)
    expect(read(rows.map((row) => `#${row}`).join('\n')).labels).toHaveLength(30)
  })

  it('is a comment wherever it stands, if the study gives its sign', () => {
    const data = read(`colour,x,label\n${rows.join('\n')}\n`, { comment: '#' })
    expect(data.labels).toHaveLength(10)
    expect(data.remarks).toEqual([])
  })

  it('is refused where it is no row, and the way out is to give the sign', () => {
    const content = `# top\ncolour,x,label\n${rows.map((row) => row.replace('#', '')).join('\n')}\n# the end\n`
    const error = userErrorOf(() => read(content))
    expect(error.message).toMatch(/has 1 cells in line 33; the first row has 3$/)
    expect(error.hint).toBe('If all lines that begin with # are comments, write comment: "#".')
    expect(read(content, { comment: '#' }).labels).toHaveLength(30)
  })

  it('leaves the lines of what follows as they are', () => {
    const error = userErrorOf(() => read('# one\r\n# two\r\nx,y,label\r\n1,2,a\r\n3,,b\r\n'))
    expect([error.where?.line, error.message]).toEqual([
      5,
      expect.stringMatching(/has no value in line 5, column 2 \("y"\)/),
    ])
  })
})
