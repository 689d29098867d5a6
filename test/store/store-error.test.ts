import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { DamagedRowError } from '../../src/store/checksum.ts'
import { onStore, toStoreError } from '../../src/store/store-error.ts'

const DOCTOR = 'Check it with finesweep doctor, or restore a backup.'
const sqlite = (code: string, message = 'as SQLite says'): Error => new Database.SqliteError(message, code)
const system = (code: string, syscall = 'open'): Error =>
  Object.assign(new Error(`${code}: as the system says`), { code, syscall })

describe('an error about a store', () => {
  it.each([
    [sqlite('SQLITE_FULL'), 'the disk is full; everything committed so far is intact (SQLITE_FULL)'],
    [sqlite('SQLITE_BUSY'), 'another process keeps the store locked (SQLITE_BUSY)'],
    [sqlite('SQLITE_BUSY_SNAPSHOT'), 'another process keeps the store locked (SQLITE_BUSY_SNAPSHOT)'],
    [sqlite('SQLITE_READONLY_DBMOVED'), 'the store is read-only, or its folder is (SQLITE_READONLY_DBMOVED)'],
    [sqlite('SQLITE_CORRUPT_VTAB'), 'the store is damaged (SQLITE_CORRUPT_VTAB)'],
    [system('EACCES'), 'no permission to access it or its folder (EACCES)'],
    [system('ENOSPC', 'write'), 'the disk is full (ENOSPC)'],
    [system('EMFILE', 'open'), 'open failed (EMFILE)'],
  ])('is a sentence with its code: %s', (error, sentence) => {
    expect(toStoreError('s.db', error)).toMatchObject({
      name: 'UserError',
      code: 'store',
      message: `s.db: ${sentence}`,
      hint: expect.stringMatching(/\.$|resume$/),
      cause: error,
    })
  })

  it.each([
    [sqlite('SQLITE_ERROR', 'no such table: leases'), 'no such table: leases'],
    [sqlite('SQLITE_ERROR', 'no such column: params'), 'no such column: params'],
    [sqlite('SQLITE_ERROR', 'unsupported file format'), 'unsupported file format'],
    [sqlite('SQLITE_CORRUPT', 'malformed database schema (x)'), 'malformed database schema (x)'],
    [new DamagedRowError('trial 7'), 'trial 7 does not match its checksum'],
    [new SyntaxError('Unexpected end of JSON input'), 'a record is not valid JSON'],
  ])('calls it damaged, with the reason, where it is not what was written: %s', (error, reason) => {
    expect(toStoreError('s.db', error)).toMatchObject({
      code: 'store',
      message: `s.db: the store is damaged: ${reason}`,
      hint: DOCTOR,
      cause: error,
    })
  })

  it.each([
    ['a rule of ours that SQLite enforces', sqlite('SQLITE_CONSTRAINT_UNIQUE')],
    ['a wrong statement', sqlite('SQLITE_ERROR', 'near "SELEC": syntax error')],
    ['a fault of ours', new TypeError('x is not a function')],
    ['an error with a code and no call of the system', Object.assign(new Error('x'), { code: 'ERR_X' })],
    ['an error with a call and no code', Object.assign(new Error('x'), { syscall: 'open' })],
    ['a sentence already', new UserError('usage', 'x already exists')],
    ['what looks like an error of the system and is none', { code: 'EACCES', syscall: 'open' }],
  ])('stays what it is if it is %s', (_, error) => {
    expect(toStoreError('s.db', error)).toBe(error)
    expect(() =>
      onStore('s.db', () => {
        throw error
      }),
    ).toThrow(error as Error)
  })

  it('is thrown in place of what the work threw, whose result is given otherwise', () => {
    expect(onStore('s.db', () => 7)).toBe(7)
    const fail = (): never => {
      throw sqlite('SQLITE_FULL')
    }
    expect(() => onStore('s.db', fail)).toThrow('s.db: the disk is full')
  })
})
