import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { findDamage, hiddenTrials } from '../../src/store/find-damage.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const TRIALS = 15

const whole = `${folder}/whole.db`
makeStudies(whole)

/** A study of everything that has a checksum, after one that is to be left alone; trial 14 of each still runs. */
function makeStudies(file: string): void {
  const store = openWriter(file)
  for (const study of ['other', 'checked']) {
    const { id } = store.createStudy(newStudy({ name: study }))
    for (const index of [0, 1]) store.addStage(id, stage({ index }))
    for (let number = 0; number < TRIALS; number++) {
      store.startTrial(id, spec(number), 'a-host')
      const artifact = number === 3 ? Uint8Array.of(1, 2, 3) : null
      if (number < TRIALS - 1) store.finishTrial(id, number, outcome(1, { artifact }), true)
      else store.addMeasurements(id, number, outcome(1).measurements)
    }
    store.flush()
    const look = { trial: 4, at: 1, part: 'test', examples: 4, metrics: { loss: 1 }, confusion: null }
    store.addEvaluation(id, look)
    store.setArtifactFolder(id, 5, 'kept/5')
  }
  store.close()
}

let copies = 0
function openCopy(): Database.Database {
  const file = `${folder}/copy-${copies++}.db`
  copyFileSync(whole, file)
  const db = new Database(file)
  db.pragma('foreign_keys = OFF')
  db.pragma('synchronous = OFF')
  return db
}

describe('the damage of a study', () => {
  const db = openCopy()
  /** What is found after a change, which is taken back. */
  const foundAfter = (...changes: string[]): string[] => {
    db.exec('SAVEPOINT changes')
    for (const sql of changes) expect(db.prepare(sql).run().changes, sql).toBeGreaterThan(0)
    const found = findDamage(db, 2)
    db.exec('ROLLBACK TO changes; RELEASE changes')
    return found
  }

  it('is none as long as it is what was written, whatever happened to another', () => {
    expect(findDamage(db, 2)).toEqual([])
    expect(
      foundAfter('UPDATE trials SET seed = 1 WHERE study = 1', 'DELETE FROM measurements WHERE study = 1'),
    ).toEqual([])
    expect(findDamage(db, 12345)).toEqual([])
  })

  it.each([
    ['its own record', 'UPDATE studies SET seed = 1 WHERE id = 2'],
    ['stage 1', "UPDATE stages SET name = 'x' WHERE study = 2 AND stage = 0"],
    ['stage 2', "UPDATE stages SET name = 'x' WHERE study = 2 AND stage = 1"],
    ['trial 0', 'UPDATE trials SET seed = 1 WHERE study = 2 AND number = 0'],
    ['trial 2', 'UPDATE measurements SET seconds = 9 WHERE study = 2 AND trial = 2 AND step = 3'],
    ['trial 2', 'DELETE FROM measurements WHERE study = 2 AND trial = 2'],
    ['trial 14', "UPDATE trials SET host = 'x' WHERE study = 2 AND number = 14"],
    ['the artifact of trial 3', "UPDATE artifacts SET bytes = x'010203ff' WHERE study = 2"],
    ['an evaluation of trial 4', 'UPDATE evaluations SET examples = 5 WHERE study = 2'],
    ['the record of the folder of trial 5', "UPDATE artifact_folders SET folder = 'kept/6' WHERE study = 2"],
  ])('is named: %s, after %s', (named, sql) => {
    expect(foundAfter(sql)).toEqual([named])
  })

  it('does not count what a running trial shows', () => {
    expect(foundAfter('DELETE FROM measurements WHERE study = 2 AND trial = 14 AND step = 1')).toEqual([])
  })

  it('is reported for measurements whose trial is gone, once for each trial, wherever it was', () => {
    const gone = (numbers: string) =>
      foundAfter(`DELETE FROM trials WHERE study = 2 AND number IN (${numbers})`)
    expect(gone('0')).toEqual(['trial 0'])
    expect(gone('7, 8')).toEqual(['trial 7', 'trial 8'])
    expect(gone('14')).toEqual(['trial 14'])
    expect(gone('0, 7, 13, 14')).toEqual(['trial 0', 'trial 7', 'trial 13', 'trial 14'])
  })

  it('names ten trials and counts the others', () => {
    const names = Array.from({ length: 10 }, (_, number) => `trial ${number}`)
    const first = (count: number) =>
      foundAfter(`UPDATE trials SET seed = 1 WHERE study = 2 AND number < ${count}`)
    expect(first(9)).toEqual(names.slice(0, 9))
    expect(first(10)).toEqual(names)
    expect(first(11)).toEqual([...names, '1 more trials'])
    expect(first(14)).toEqual([...names, '4 more trials'])
  })

  it('is told in order, all of it', () => {
    expect(
      foundAfter(
        'UPDATE evaluations SET examples = 5 WHERE study = 2',
        'UPDATE trials SET seed = 1 WHERE study = 2 AND number = 6',
        'UPDATE studies SET seed = 1 WHERE id = 2',
      ),
    ).toEqual(['its own record', 'trial 6', 'an evaluation of trial 4'])
  })

  it('is not seen where there are no checksums', () => {
    const tables = ['stages', 'trials', 'artifacts', 'evaluations', 'artifact_folders']
    expect(
      foundAfter(
        'UPDATE studies SET checksum = NULL, seed = 1',
        ...tables.map((table) => `UPDATE ${table} SET checksum = NULL`),
        "UPDATE artifacts SET bytes = x'00'",
        'UPDATE trials SET seed = 1',
      ),
    ).toEqual([])
  })
})

it('a study whose trials cannot be read is told by SQLite, and the connection is free again', () => {
  const pages = openCopy()
  const page = pages
    .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'trials'")
    .pluck()
    .get() as number
  const file = pages.name
  pages.close()
  const bytes = readFileSync(file)
  bytes.fill(0xa5, (page - 1) * 4096, page * 4096)
  writeFileSync(file, bytes)
  const db = new Database(file, { readonly: true })
  expect(() => findDamage(db, 2)).toThrow('malformed')
  db.close()
  expect(db.open).toBe(false)
})

/** Lets the index of trials say something else than their table, as a damaged page does. */
function changeTable(db: Database.Database, sql: string): void {
  const create = db
    .prepare("SELECT sql FROM sqlite_schema WHERE name = 'trials_ranked'")
    .pluck()
    .get() as string
  db.unsafeMode()
  db.pragma('writable_schema = ON')
  const page = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'trials_ranked'").pluck().get()
  db.exec("DELETE FROM sqlite_schema WHERE name = 'trials_ranked'")
  db.pragma('writable_schema = RESET')
  expect(db.prepare(sql).run().changes).toBeGreaterThan(0)
  db.pragma('writable_schema = ON')
  db.prepare("INSERT INTO sqlite_schema VALUES ('index', 'trials_ranked', 'trials', ?, ?)").run(page, create)
  db.pragma('writable_schema = RESET')
}

describe('the index of trials', () => {
  it('that has more of them than their table, or fewer, tells how many are hidden', () => {
    for (const [sql, hidden] of [
      ['DELETE FROM trials WHERE study = 2 AND number IN (8, 9)', 2],
      [
        'INSERT INTO trials SELECT study, number + 100, stage, state, value, tie, params, seed, budget_epochs, continues, epochs, metrics, error_code, error_message, error_stack, attempts, arithmetic, host, slot, origin, started_at, duration_ms, measured, NULL FROM trials WHERE study = 2 AND number = 14',
        1,
      ],
    ] as const) {
      const db = openCopy()
      changeTable(db, sql)
      expect(hiddenTrials(db, 2)).toBe(hidden)
      expect(hiddenTrials(db, 1)).toBe(0)
      expect(findDamage(db, 2).at(-1)).toBe(`the table of trials (${hidden} of them are hidden)`)
      expect(findDamage(db, 1)).toEqual([])
      db.close()
    }
  })

  it.each(['stage = 1', "state = 'pruned'", 'value = 7', 'epochs = 7', 'duration_ms = 7', 'started_at = 7'])(
    'that says something else of a trial than its table is named: %s',
    (change) => {
      const db = openCopy()
      changeTable(db, `UPDATE trials SET ${change}, checksum = NULL WHERE study = 2 AND number = 3`)
      expect(findDamage(db, 2)).toEqual(['the index of trials'])
      expect(findDamage(db, 1)).toEqual([])
      db.close()
    },
  )
})
