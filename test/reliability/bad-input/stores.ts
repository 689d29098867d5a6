import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { finesweep } from '../finesweep.ts'
import { type BadInput, type Content, inTurn, type Kind } from './bad-input.ts'

const TABLE = `a,b,kind\n${Array.from({ length: 40 }, (_, i) => `${i % 7},${i % 5},${i % 2 === 0 ? 'even' : 'odd'}`).join('\n')}\n`
const STUDY = {
  name: 'sound',
  data: { source: 'csv', path: 'table.csv' },
  model: { hidden: [2] },
  training: { backend: 'plain' },
  stages: [{ trials: 2, epochs: 1 }],
}

/** Makes a store with one finished study in `folder`, every page of it in use. @returns its bytes */
export async function makeSoundStore(folder: string): Promise<Buffer> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'table.csv'), TABLE)
  writeFileSync(path.join(folder, 'study.yaml'), JSON.stringify(STUDY))
  const db = path.join(folder, 'sound.db')
  const run = await finesweep([
    'run',
    path.join(folder, 'study.yaml'),
    '--db',
    db,
    '--workers',
    '1',
    '--quiet',
  ])
  expect(run.code, run.stderr).toBe(0)
  const sqlite = new Database(db)
  sqlite.exec('VACUUM')
  sqlite.close()
  return readFileSync(db)
}

const PAGE_BYTES = 4096
const READERS = ['best', 'status', 'trials', 'explain', 'studies', 'digest', 'export']
const ALL = [...READERS, 'resume', 'run']

/** The kinds of broken stores, each made from a sound one; `scratch` is a folder to make them in. */
export function storeKinds(sound: Buffer, scratch: string): Readonly<Record<string, Kind>> {
  const pages = sound.length / PAGE_BYTES

  function broken(what: string, content: Content, command: string, says: BadInput['says'] = []): BadInput {
    const args: BadInput['args'] = ({ folder }) => {
      const db = `${folder}/broken.db`
      return command === 'run'
        ? ['run', `${folder}/study.yaml`, '--db', db, '--quiet']
        : [command, '--db', db]
    }
    const files = { 'broken.db': content, 'table.csv': TABLE, 'study.yaml': JSON.stringify(STUDY) }
    return {
      what: `${command} of ${what}`,
      files,
      args,
      code: 6,
      says: ['broken.db', ...says],
      mistakes: null,
    }
  }

  /** The sound store as SQL has changed it. */
  function changed(sql: string): Buffer {
    const file = path.join(scratch, 'changed.db')
    writeFileSync(file, sound)
    const db = new Database(file)
    db.pragma('foreign_keys = OFF')
    db.pragma('ignore_check_constraints = ON')
    db.exec(sql)
    db.close()
    const bytes = readFileSync(file)
    rmSync(file)
    return bytes
  }

  /** A new database of another program. */
  function foreign(sql: string): Buffer {
    const file = path.join(scratch, 'foreign.db')
    const db = new Database(file)
    db.exec(sql)
    db.close()
    const bytes = readFileSync(file)
    rmSync(file)
    return bytes
  }

  const patched = (offset: number, bytes: Uint8Array): Buffer => {
    const copy = Buffer.from(sound)
    copy.set(bytes, offset)
    return copy
  }

  return {
    'a truncated header': ({ turn, pick }) => {
      const length = 1 + (turn % 120)
      return broken(`${length} bytes`, sound.subarray(0, length), pick(ALL))
    },
    'lost pages': ({ below, pick }) => {
      const left = 1 + below(pages - 1)
      return broken(`${left} of ${pages} pages`, sound.subarray(0, left * PAGE_BYTES), pick(ALL))
    },
    'random bytes': ({ below, bytes, pick }) => {
      const length = 1 + below(20_000)
      return broken(`${length} bytes`, bytes(length), pick(ALL))
    },
    'a page of random bytes': ({ below, bytes, pick }) => {
      const page = below(pages)
      // Only a writer looks at every page; what begins with the first one is damaged for readers, too.
      const command = page === 0 ? pick(ALL) : pick(['resume', 'run'])
      const offset = page === 0 ? 100 : page * PAGE_BYTES
      const content = patched(offset, bytes(PAGE_BYTES * (page + 1) - offset))
      return broken(`page ${page + 1} of ${pages}`, content, command)
    },
    'a wrong field of the header': ({ turn, below, bytes, pick }) => {
      const fields: readonly (readonly [what: string, offset: number, bytes: Uint8Array])[] = [
        ['magic', below(16), [0xa5]],
        ['page size', 16, [0x03, 0xe8]],
        ['page size', 16, [0, 0]],
        ['read version', 19, [9]],
        ['payload fractions', 21, bytes(3).map((byte) => byte | 0x80)],
        ['schema format', 44, [0, 0, 0, 99]],
        ['application id', 68, bytes(4).map((byte) => byte | 0x80)],
        ['version', 60, [0, 0, 0, 2 + below(200)]],
        ['version', 60, [0x7f, 255, 255, 255]],
        ['version', 60, [255, 255, 255, 255]],
        ['version', 60, [0, 0, 0, 0]],
      ].map(([what, offset, value]) => [what as string, offset as number, Uint8Array.from(value as number[])])
      const [what, offset, value] = inTurn(fields, turn)
      return broken(`${what} ${Buffer.from(value).toString('hex')}`, patched(offset, value), pick(ALL))
    },
    'a newer version': ({ below, pick }) => {
      const version = 2 + below(1000)
      return broken(`version ${version}`, changed(`PRAGMA user_version = ${version}`), pick(ALL), [
        `version ${version}`,
        'Update finesweep',
      ])
    },
    "another program's database": ({ turn, pick }) => {
      const databases = [
        'CREATE TABLE trials (x)',
        'CREATE TABLE studies (study_id INTEGER PRIMARY KEY, study_name VARCHAR); CREATE TABLE trials (trial_id INTEGER)',
        'PRAGMA user_version = 1; CREATE TABLE moz_places (id)',
        'PRAGMA application_id = 252006673; CREATE TABLE blob (x)',
        'PRAGMA user_version = 7',
        'PRAGMA application_id = 7',
        "CREATE VIEW studies AS SELECT 1 AS id, 'x' AS name",
      ]
      return broken(inTurn(databases, turn), foreign(inTurn(databases, turn)), pick(ALL))
    },
    'another kind of file': ({ turn, pick }) => {
      const contents: readonly (readonly [what: string, content: Content])[] = [
        ['a folder', null],
        ['a text', 'name: quickstart\n'.repeat(300)],
        ['zeros', Buffer.alloc(8192)],
        ['one byte', 'S'],
        ['a magic alone', 'SQLite format 3\0'],
        ['a magic and zeros', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8176)])],
        ['JSON', JSON.stringify(STUDY)],
        ['a dump', 'PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE studies (id);\nCOMMIT;\n'],
      ]
      const [what, content] = inTurn(contents, turn)
      return broken(what, content, pick(ALL))
    },
    'a missing table or column': ({ turn, pick }) => {
      const all = [...READERS, 'resume']
      const cases: readonly (readonly [sql: string, commands: readonly string[]])[] = [
        ['DROP TABLE studies', [...all, 'run']],
        ['DROP TABLE stages', ['best', 'trials', 'resume', 'run']],
        ['DROP TABLE trials', ['best', 'trials', 'digest', 'resume', 'run']],
        ['DROP TABLE measurements', ['digest', 'resume', 'run']],
        ['DROP TABLE artifacts', ['resume', 'run']],
        ['DROP TABLE leases', ['resume', 'run']],
        ['ALTER TABLE studies RENAME COLUMN metric TO measure', [...all, 'run']],
        ['ALTER TABLE stages RENAME COLUMN space TO box', ['best', 'trials', 'resume', 'run']],
        ['ALTER TABLE trials RENAME COLUMN params TO parameters', ['best', 'trials', 'resume', 'run']],
      ]
      const [sql, commands] = inTurn(cases, turn)
      return broken(sql, changed(sql), pick(commands), ['damaged'])
    },
    'records that are no JSON': ({ turn, pick }) => {
      const text = pick(['', '{', '{"a": 1', 'name: x', '[1, 2', 'undefined', 'NaN', '{"$number":'])
      const cases: readonly (readonly [column: string, commands: readonly string[]])[] = [
        ['studies SET experiment', [...READERS, 'resume']],
        ['studies SET notes', [...READERS, 'resume']],
        ['stages SET space', ['best', 'trials', 'explain']],
        ['trials SET params', ['best', 'trials', 'export']],
        ['trials SET metrics', ['best', 'trials', 'export']],
        ['measurements SET metrics', ['digest']],
      ]
      const [column, commands] = inTurn(cases, turn)
      return broken(`${column} = ${text}`, changed(`UPDATE ${column} = '${text}'`), pick(commands), [
        'damaged',
      ])
    },
    'an experiment that is none': ({ pick }) => {
      const text = pick([
        'null',
        '[]',
        '3',
        '{}',
        '"x"',
        '{"version": 1}',
        '{"version": 99}',
        '{"name": "sound"}',
      ])
      const content = changed(`UPDATE studies SET experiment = '${text}'`)
      return { ...broken(text, content, 'resume'), says: [/(The stored experiment of|[Ss]tudy) "sound"/] }
    },
  }
}
