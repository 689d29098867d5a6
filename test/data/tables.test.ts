import { describe, expect, it } from 'vitest'
import { dataSchema, type Task } from '../../src/data/data-config.ts'
import type { DataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import type { UserError } from '../../src/errors.ts'
import { temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()
let count = 0

function read(content: string | Uint8Array, settings: object = {}, task?: Task): DataSet {
  const path = writeIn(folder, `t${count++}.data`, content)
  return readDataSet(dataSchema.parse({ source: 'csv', path, ...settings }), task)
}

function mistakeIn(content: string | Uint8Array, settings: object = {}): UserError {
  return userErrorOf(() => read(content, settings))
}

/** `rows` lines of two numbers and a label from 0 to 2. */
function lines(rows: number, label: (i: number) => string = (i) => String(i % 3)): string[] {
  return Array.from({ length: rows }, (_, i) => `${(i * 7) % 11}.5,${-i},${label(i)}`)
}

describe('the form of a table', () => {
  it('is found out: delimiters, decimal commas, comments, blanks, trailing delimiters', () => {
    const expected = [0.5, 1, -0.25, 2]
    const same: readonly (readonly [string, object, RegExp | null])[] = [
      ['0.5,1,a\n-0.25,2,b\n', {}, null],
      ['0.5;1;a\n-0.25;2;b\n', {}, /delimiter is ";"/],
      ['0,5;1;a\n-0,25;2;b\n', {}, /decimal comma/],
      ['0.5\t1\ta\n-0.25\t2\tb\n', {}, /delimiter is "\\t"/],
      ['  0.5   1 \ta\n-0.25  2\t"b"\n', {}, /runs of blanks/],
      ['# made by, a tool\n0.5,1,a\n-0.25,2,b\n', {}, /begin with "#" are comments/],
      ['title\n\n0.5,1,a\n-0.25,2,b\n', { skip: 2 }, null],
      ['0.5,1,a,\n-0.25,2,b,\n', {}, /column 4 is empty in every row/],
      ['"0.5" , 1 ,"a"\r\n-0.25, 2,b\r\n', {}, null],
      ['x;y;kind\n0,5;1;a\n-0,25;2;b\n', { label: 'kind' }, /decimal comma/],
    ]
    for (const [content, settings, remark] of same) {
      const data = read(content, settings)
      expect([...data.values], content).toEqual(expected)
      expect(data.classes, content).toEqual(['a', 'b'])
      if (remark !== null) expect(data.remarks.join('; '), content).toMatch(remark)
      else expect(data.remarks, content).toEqual([])
    }
  })

  it('is asked for where a comma may mark decimals or thousands', () => {
    const content = '1,234;1;a\n5,678;2;b\n'
    expect(mistakeIn(content).message).toMatch(
      /numbers like 1,234, where the comma may mark decimals or thousands/,
    )
    expect([...read(content, { decimal: ',' }).values]).toEqual([1.234, 1, 5.678, 2])
    expect([...read(content, { thousands: ',' }).values]).toEqual([1234, 1, 5678, 2])
    expect(mistakeIn('1,5;2.5;a\n1,5;2.5;b\n').message).toMatch(/some numbers with a point .* with a comma/)
  })

  it('ends in the last column that has a value: a label that moves is named, and refused if the header says otherwise', () => {
    expect(read('0,a,\n1,b,\n').remarks).toEqual([
      'column 3 is empty in every row and is left out',
      'the label is column 2',
    ])
    expect(read('0\t1\ta\t\n0\t1e-7\tb\t\n').remarks).toContain('the delimiter is "\\t"')
    const named = mistakeIn('x,y,kind\n0,1,\n2,3,\n')
    expect(named.message).toMatch(/has no value in any row of column 3 \("kind"\), its last column/)
    expect(named.hint).toMatch(/label: NAME/)
    expect(read('x,y,kind\n0,1,\n2,3,\n', { label: 'y' }).classes).toEqual(['1', '3'])
  })

  it('asks for the delimiter where quoted cells are followed by another one', () => {
    const error = mistakeIn('"a";"b";"c"\n1;2;x\n', { delimiter: ',' })
    expect(error.hint).toMatch(/^Is the delimiter ";"\? Write it in the data block: delimiter: ";"/)
    expect(error.where?.line).toBe(1)
  })

  it('is UTF-8 or what it is said to be, never merged classes', () => {
    const latin = Buffer.from('1,2,pâté\n3,4,pâtè\n5,6,pâté\n', 'latin1')
    const error = mistakeIn(latin)
    expect(error.message).toMatch(/is not UTF-8: line 1 has invalid bytes/)
    expect(error.hint).toMatch(/encoding: latin1/)
    expect(read(latin, { encoding: 'latin1' }).classes).toEqual(['pâtè', 'pâté'])
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('1,2,é\n3,4,b\n', 'utf16le')])
    expect(read(wide).classes).toEqual(['b', 'é'])
    expect(read(wide).remarks).toEqual(['the encoding is utf-16le'])
    expect(dataSchema.safeParse({ source: 'csv', path: 'x', encoding: 'klingon' }).success).toBe(false)
  })
})

describe('a header', () => {
  it('may consist of numbers: the label tells', () => {
    const data = read(['0,1,label', ...lines(30)].join('\n'))
    expect(data.labels.length).toBe(30)
    expect(data.classes).toEqual(['0', '1', '2'])
    expect(data.remarks).toEqual([
      'the first line is read as the header: its label, "label", is the only one that is not a number',
    ])
    expect(read(['2019,2020,target', ...lines(30, (i) => 'ab'[i % 2]!)].join('\n')).labels.length).toBe(30)
    expect(read(['0,1,2', ...lines(30, (i) => 'ab'[i % 2]!)].join('\n')).labels.length).toBe(30)
  })

  it('is no row of texts that recur below', () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${'pqr'[i % 3]},${'xy'[i % 2]},${'ab'[(i >> 1) % 2]}`)
    expect(read(rows.join('\n')).labels.length).toBe(40)
    expect(read(['cap,shape,class', ...rows].join('\n')).labels.length).toBe(40)
  })
})

describe('labels', () => {
  it.each(['NA', '?', 'nan', '', 'N/A', 'null'])('are refused where %j stands for a missing one', (word) => {
    const content = lines(30, (i) => (i === 4 || i === 9 ? word : String(i % 3))).join('\n')
    const error = mistakeIn(content)
    expect(error.message).toMatch(/has no label in line 5, column 3 \(2 such rows\)/)
    expect(error.hint).toMatch(/unlabelled: drop/)
    const data = read(content, { unlabelled: 'drop' })
    expect([data.labels.length, data.classes]).toEqual([28, ['0', '1', '2']])
    expect(data.remarks).toEqual(['2 rows without a label in column 3 are left out'])
    expect(read(content, { unlabelled: 'class' }).classes).toContain('(missing)')
  })

  it('are refused where the last line looks like a summary', () => {
    const content = [...lines(30), '1,2,Total'].join('\n')
    const error = mistakeIn(content)
    expect(error.message).toMatch(
      /has the label "Total" only in its last row, line 31, .*: is that a summary line\?/,
    )
    expect(read(content, { unlabelled: 'drop' }).classes).toEqual(['0', '1', '2'])
    expect(read(content, { unlabelled: 'class' }).classes).toContain('Total')
  })

  it('are in the order of their numbers, floats too', () => {
    const classes = read(lines(40, (i) => `${i % 12}.0`).join('\n')).classes
    expect(classes.slice(0, 3)).toEqual(['0.0', '1.0', '2.0'])
    expect(classes.at(-1)).toBe('11.0')
  })

  it('that are almost the same are told, and joined by another name', () => {
    const content = lines(30, (i) => ['>50K', '>50K.', '<=50K'][i % 3]!).join('\n')
    expect(read(content).cautions.join()).toMatch(/classes ">50K" and ">50K\." are almost the same/)
    expect(read(content, { rename: { '>50K.': '>50K' } }).classes).toEqual(['<=50K', '>50K'])
  })

  it('are no measured numbers, unless the study says so', () => {
    const prices = lines(90, (i) => (i * 1.37).toFixed(2)).join('\n')
    const error = mistakeIn(prices)
    expect(error.message).toMatch(/has 90 different numbers in the 90 rows of column 3, its label/)
    expect(error.hint).toMatch(/task: regression/)
    expect(mistakeIn(lines(90, (i) => String(i * 3)).join('\n')).message).toMatch(/90 different numbers/)
    const labelFirst = Array.from({ length: 90 }, (_, i) => `${i % 3},${i % 7},${(i * 1.37).toFixed(2)}`)
    expect(mistakeIn(['label,x,y', ...labelFirst].join('\n')).hint).toBe(
      'Is the label another column? Write label: "label". To predict column 3 ("y"), write task: regression.',
    )
    expect(read(prices, {}, 'classification').classes.length).toBe(90)
  })
})

describe('the task', () => {
  const prices = lines(90, (i) => (i * 1.37).toFixed(2)).join('\n')

  it('follows from the labels where nothing else decides it, and says so', () => {
    const data = read(prices, {}, 'auto')
    expect(data.targets?.[2]).toBe(2.74)
    expect(data.remarks).toEqual([
      'the label, column 3, is predicted as a number, since 90 different values in 90 rows look like measurements (task: regression); if they are classes, write task: classification',
    ])
    const german = read(prices.replaceAll(',', ';').replaceAll('.', ','), {}, 'auto')
    expect(german.targets).toEqual(data.targets)
  })

  it('is regression for whole numbers that are counted, not for numbered classes', () => {
    const labels = (rows: number, label: (i: number) => number): string =>
      lines(rows, (i) => String(label(i))).join('\n')
    const ages = labels(1000, (i) => 17 + Math.floor(((i % 100) * (i % 37)) / 50))
    expect(read(ages, {}, 'auto').targets).toBeDefined()
    const letters = labels(520, (i) => 65 + (i % 26))
    expect(read(letters, {}, 'auto').classes).toHaveLength(26)
    const carats = lines(5000, (i) => ((i % 40) / 100).toFixed(2)).join('\n')
    expect(read(carats, {}, 'auto').targets).toBeDefined()
    const few = labels(20, (i) => 46 + (i % 14))
    expect(read(few, {}, 'auto').targets).toBeDefined()
    const coded = labels(3000, (i) => i % 300)
    expect(read(coded, {}, 'auto').cautions.join()).toMatch(/has 300 different numbers, which are treated as/)
    expect(
      read(
        labels(100, (i) => i % 12),
        {},
        'auto',
      ).classes,
    ).toHaveLength(12)
    expect(read(lines(40, (i) => String((i % 4) / 2)).join('\n'), {}, 'auto').classes).toHaveLength(4)
  })

  it('is questioned where another column looks more like the label', () => {
    const rows = Array.from({ length: 90 }, (_, i) => `${1 + (i % 3)},${i % 7},${(i * 1.37).toFixed(2)}`)
    const refusal = (content: string): string => userErrorOf(() => read(content, {}, 'auto')).hint ?? ''
    expect(refusal(rows.join('\n'))).toMatch(/Write label: 0\. To predict column 3, write task: regression/)
    expect(refusal(['species,x,y', ...rows].join('\n'))).toMatch(/Write label: "species"\./)
    expect(read(rows.join('\n'), {}, 'regression').targets?.[1]).toBe(1.37)
    expect(read(['species,x,y', ...rows].join('\n'), { label: 'y' }, 'auto').targets?.[1]).toBe(1.37)
  })
})

describe('a column', () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i}x,${i % 7},${'ab'[i % 2]}`)

  it('without a name of its own is named by its number in what a message proposes', () => {
    for (const header of [',x,kind', 'x,x,kind']) {
      const { hint } = mistakeIn([header, ...rows].join('\n'))
      expect(hint).toMatch(/drop: \[0\]\./)
      expect(read([header, ...rows].join('\n'), { drop: [0] }).columns).toBe(1)
    }
    const twice = mistakeIn(['x,x,kind', ...rows].join('\n'), { drop: ['x'] })
    expect(twice.message).toMatch(/has several columns called "x", so drop can't name one of them/)
    expect(twice.hint).toBe('Use its number, counted from 0: 0 or 1.')
    const unknown = mistakeIn(['id,x,kind', ...rows].join('\n'), { drop: ['id'], categorical: ['y'] })
    expect(unknown.message).toMatch(/has no column "y"/)
  })

  it('of dates, or of names with a few numbers among them, is refused as what it is', () => {
    const dates = rows.map((row, i) => row.replace(/^\d+x/, `2016-${10 + (i % 3)}-${10 + (i % 19)}`))
    expect(mistakeIn(['day,x,kind', ...dates].join('\n')).hint).toMatch(
      /^Dates are not read as numbers: leave such columns out \(drop: \["day"\]\)/,
    )
    const models = rows.map((row, i) => (i % 9 === 0 ? row.replace('x', '') : row))
    expect(mistakeIn(['model,x,kind', ...models].join('\n')).message).toMatch(
      /has 60 different values in the 60 rows of column 1 \("model"\)/,
    )
  })

  it('of numbers with separators or units gets the advice that fits', () => {
    const of = (write: (n: number) => string): string =>
      ['x;y;k', ...Array.from({ length: 60 }, (_, i) => `${write(i)};${i % 7};${'ab'[i % 2]}`)].join('\n')
    const spaced = of((i) => `${40 + i} 50${i % 10}`)
    expect(mistakeIn(spaced).hint).toMatch(/thousands: " "/)
    expect(read(spaced, { thousands: ' ' }).values[2]).toBe(41_501)
    const quoted = of((i) => `"${40 + i},50${i % 10}"`).replaceAll(';', ',')
    expect(mistakeIn(quoted).hint).toMatch(/thousands: ","/)
    expect(read(quoted, { thousands: ',' }).values[2]).toBe(41_501)
    expect(mistakeIn(of((i) => `$${i}.5`)).hint).toMatch(/without units/)
  })

  it('of a name that another one has is said to be known by its number alone', () => {
    expect(read(['x,x,kind', ...lines(30)].join('\n')).remarks.join()).toMatch(
      /several columns are called "x"/,
    )
  })

  it('is quoted and never closed: its place is where it begins, not where the file ends', () => {
    const rows = lines(30).map((line, i) => (i === 20 ? line.replace(/.$/, '"b') : line))
    const mistake = mistakeIn(['# a line above', 'x,y,kind', ...rows].join('\n'), { skip: 1 })
    expect(mistake.message).toMatch(/a quoted cell that begins in line 23 is never closed$/)
    expect(mistake.where).toMatchObject({ line: 23 })
  })

  it('is missing in a line above the table: the advice is to skip that line', () => {
    const counted = ['150,2,red,blue', ...lines(9).map((line) => `1,${line},2`)].join('\n')
    expect(mistakeIn(counted).hint).toMatch(/skip: 1/)
  })
})
