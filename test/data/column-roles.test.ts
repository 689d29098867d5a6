import { describe, expect, it } from 'vitest'
import { dataSchema } from '../../src/data/data-config.ts'
import type { DataSet } from '../../src/data/data-set.ts'
import { readDataSet } from '../../src/data/read-data-set.ts'
import { temporaryFolder, userErrorOf, writeIn } from './data-files.ts'

const folder = temporaryFolder()

function read(settings: object, words: readonly string[] = ['yes', 'no']): DataSet {
  const lines = Array.from({ length: 80 }, (_, i) =>
    [['s', 'm', 'l'][i % 3], words[i % words.length], `${i % 7}.5`, 'ab'[(i >> 1) % 2]].join(','),
  )
  const path = writeIn(folder, 'r.csv', ['size,ok,x,kind', ...lines].join('\n'))
  return readDataSet(dataSchema.parse({ source: 'csv', path, ...settings }))
}

function mistakeIn(settings: object): string {
  return userErrorOf(() => read(settings)).message
}

describe('the columns that a study names', () => {
  const size = { ordered: { size: ['s', 'm', 'l'] } }

  it('are refused where two keys contradict each other', () => {
    expect(mistakeIn({ drop: ['kind'], label: 'kind' })).toMatch(
      /has its label, column 4 \("kind"\), among the columns to drop/,
    )
    expect(mistakeIn({ drop: [-1] })).toMatch(/has its label, column 4/)
    expect(mistakeIn({ ...size, categorical: [0] })).toMatch(
      /has column 1 \("size"\) in both categorical and ordered/,
    )
  })

  it('are told where they are no inputs, so that nothing is changed', () => {
    expect(read({ categorical: ['kind'] }).remarks).toEqual([
      'categorical names column 4 ("kind"), the label: that applies only to inputs and has no effect here',
    ])
    expect(read({ ...size, drop: ['size'] }).remarks).toEqual([
      'ordered names column 1 ("size"), which is left out: that applies only to inputs and has no effect here',
    ])
    expect(read(size).remarks).toEqual([])
  })

  it('have levels each of which stands once in their order', () => {
    const parsed = dataSchema.safeParse({ source: 'csv', path: 'x', ordered: { size: ['s', 'm', 's'] } })
    expect(parsed.error?.issues[0]).toMatchObject({
      path: ['ordered', 'size'],
      message: 'must name each level once, got "s" twice',
    })
  })

  it('have other names only for labels that occur, or these are told', () => {
    expect(read({ rename: { a: 'c', 'a.': 'a' } }).remarks).toEqual(['rename: no row has the label "a."'])
    expect(read({ rename: { a: 'c' } }).classes).toEqual(['b', 'c'])
  })
})

describe('true and false', () => {
  it('are one input, however they are written', () => {
    const plain = read({ columns: ['ok'] }, ['true', 'false'])
    const mixed = read({ columns: ['ok'] }, ['True', 'false', 'TRUE', 'False'])
    expect(mixed.layout!.names).toEqual(['ok'])
    expect([...mixed.values]).toEqual([...plain.values])
    expect(mixed.remarks).toEqual([
      'column 2 ("ok") spells false and true in several ways, which are treated as the same',
    ])
    expect(plain.remarks).toEqual([])
  })
})
