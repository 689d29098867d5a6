import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Column, renderTable } from '../../src/report/table.ts'
import { listedColumns } from '../../src/report/trial-columns.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { runSimulated } from '../study/run-simulated.ts'

interface Row {
  readonly name: string
  readonly value: string
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', align: 'left', cell: ({ name }) => name },
  { title: 'VALUE', align: 'decimal', cell: ({ value }) => value },
  { title: 'LENGTH', align: 'right', cell: ({ name }) => String(name.length), optional: true },
]

const ROWS: readonly Row[] = [
  { name: 'one', value: '1.2e-3' },
  { name: '名前', value: '12' },
  { name: 'none', value: '-' },
  { name: 'minus', value: '-0.25' },
]

const PLAIN = { width: null, colour: false }

describe('tables', () => {
  it('puts decimal points below each other, in columns of wide characters too', () => {
    expect(renderTable(COLUMNS, ROWS, PLAIN).text).toBe(
      [
        'NAME     VALUE  LENGTH',
        'one     1.2e-3       3',
        '名前   12            2',
        'none         -       4',
        'minus  -0.25         5',
        '',
      ].join('\n'),
    )
  })

  it('is empty without rows', () => {
    expect(renderTable(COLUMNS, [], PLAIN)).toEqual({ text: '', hidden: [] })
  })

  it('leaves out optional columns, the last first, until it fits, and names them', () => {
    const narrow = renderTable(COLUMNS, ROWS, { width: 15, colour: false })
    expect(narrow.hidden).toEqual(['LENGTH'])
    expect(narrow.text.split('\n')[0]).toBe('NAME     VALUE')
    const narrower = renderTable(COLUMNS, ROWS, { width: 5, colour: false })
    expect(narrower.hidden).toEqual(['LENGTH'])
  })

  it('takes cells with tabs, line breaks, colours of their own, and cells that are too long', () => {
    const rows = [{ name: 'a\tb\nc\x1b[31md', value: 'x'.repeat(80) }]
    const lines = renderTable(COLUMNS, rows, PLAIN).text.split('\n')
    expect(lines[1]).toBe(`a b c [31md  ${'x'.repeat(31)}…      11`)
  })

  it('gives columns of one heading their full names', async () => {
    const { store, study } = await runSimulated({
      space: searchSpace({
        loss: float(1, 2),
        lr: float(0, 1),
        learningRate: float(0, 1),
        width: float(0, 1),
      }),
      stages: [{ trials: 2, epochs: 1 }],
      evaluate: () => [1],
    })
    const trials = store.trials(study.id)
    const columns = listedColumns({ study, stages: store.stages(study.id) }, trials, [])
    const [head] = renderTable(columns, trials, PLAIN).text.split('\n')
    expect(head!.trim().split(/ +/)).toEqual([
      ...['TRIAL', 'STAGE', 'STATE', 'LOSS', 'EPOCHS'],
      ...['params.loss', 'params.lr', 'params.learningRate', 'WIDTH', 'TIME'],
    ])
  })

  it('draws a long table as it draws a short one', () => {
    const many = Array.from({ length: 600 }, (_, i) => ROWS[i % ROWS.length]!)
    const long = renderTable(COLUMNS, many, PLAIN).text.split('\n')
    const short = renderTable(COLUMNS, many.slice(0, 400), PLAIN).text.split('\n')
    expect(long.slice(0, 401)).toEqual(short.slice(0, 401))
    expect(long).toHaveLength(602)
  })

  it('colours cells without moving them', () => {
    const columns: Column<Row>[] = [
      { title: 'A', align: 'left', cell: ({ name }) => ({ text: name, tone: 'bad' }) },
      { title: 'B', align: 'left', cell: ({ value }) => value },
    ]
    const coloured = renderTable(columns, ROWS, { width: null, colour: true }).text
    expect(coloured.split('\n')[1]).toBe('\x1b[31mone\x1b[39m    1.2e-3')
    expect(stripVTControlCharacters(coloured)).toBe(renderTable(columns, ROWS, PLAIN).text)
  })
})
