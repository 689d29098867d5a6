import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { asIs, Statements } from '../../src/store/statements.ts'

describe('the statements of a connection', () => {
  const db = new Database(':memory:')
  const statements = new Statements(db, 's.db')
  db.exec('CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)')

  it('are prepared once for each text', () => {
    const sql = 'SELECT a FROM t'
    expect(statements.prepare(sql)).toBe(statements.prepare(sql))
    expect(statements.prepare(sql)).not.toBe(statements.prepare('SELECT b FROM t'))
  })

  it('insert cells in the order of their columns, and replace if they are told to', () => {
    expect(statements.insert('t', 'b, a', ['x', 7]).lastInsertRowid).toBe(7)
    expect(() => statements.insert('t', 'b, a', ['y', 7])).toThrow('UNIQUE')
    statements.insert('t', 'b, a', ['z', 7], 'INSERT OR REPLACE')
    expect(statements.all('SELECT a, b FROM t', [], asIs)).toEqual([[7, 'z']])
    expect(statements.run('DELETE FROM t WHERE a = ?', 8).changes).toBe(0)
  })

  it('give rows as arrays, read one by one; none is undefined', () => {
    statements.insert('t', 'a, b', [8, 'w'])
    const read = ([a, b]: [number, string]): string => `${a}${b}`
    expect(statements.all('SELECT a, b FROM t WHERE a < ? ORDER BY a', [9], read)).toEqual(['7z', '8w'])
    expect(statements.get('SELECT a, b FROM t WHERE a = ?', [8], read)).toBe('8w')
    expect(statements.get('SELECT a, b FROM t WHERE a = ?', [9], read)).toBeUndefined()
  })

  it('say which file is damaged where a row cannot be read, or a table is not there', () => {
    const unreadable = (): never => {
      throw new SyntaxError('Unexpected end of JSON input')
    }
    const told = 's.db: the store is damaged: a record is not valid JSON'
    expect(() => statements.all('SELECT a FROM t', [], unreadable)).toThrow(told)
    expect(() => statements.get('SELECT a FROM t', [], unreadable)).toThrow(told)
    expect(() => statements.all('SELECT a FROM u', [], asIs)).toThrow(
      's.db: the store is damaged: no such table: u',
    )
  })

  it('see one moment while a work of several reads goes on', () => {
    expect(statements.atOneMoment(() => db.inTransaction)).toBe(true)
    expect(db.inTransaction).toBe(false)
  })
})
