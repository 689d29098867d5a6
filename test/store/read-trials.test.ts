import { copyFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { checksumOf } from '../../src/store/checksum.ts'
import { sealRows } from '../../src/store/seal.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
/** More than are read at once, of whatever kind. */
const TRIALS = 2100
const file = `${folder}/many.db`
const store = openWriter(file)
afterAll(() => store.close())
const { id } = store.createStudy(newStudy())
for (const index of [0, 1]) store.addStage(id, stage({ index }))
/** Trial n has measured n mod 4 times. */
const measured = (number: number) =>
  Array.from({ length: number % 4 }, (_, k) => ({ step: k + 1, value: number, metrics: {}, seconds: k }))
for (let number = 0; number < TRIALS; number++) {
  store.startTrial(id, spec(number), 'a-host')
  store.finishTrial(id, number, outcome(number, { measurements: measured(number) }), false)
}
store.flush()

describe('more trials than are read at once', () => {
  it('come with all their measurements, each with its own', () => {
    const all = [...store.allMeasurements(id)]
    expect(all.map(({ trial }) => trial)).toEqual([...Array(TRIALS).keys()])
    expect(all.every(({ trial, measurements }) => measurements.length === trial % 4)).toBe(true)
    for (const number of [0, 511, 512, 513, 1023, 1024, 1025, TRIALS - 1]) {
      expect(all[number]!.measurements).toEqual(measured(number))
    }
  })

  it('come with all their results', () => {
    const all = [...store.results(id)]
    expect(all.map(({ number }) => number)).toEqual([...Array(TRIALS).keys()])
    for (const { number, measurements } of all) {
      expect(measurements).toEqual(
        measured(number).map(({ step, value }) => ({ step, value, metrics: '{}' })),
      )
    }
  })

  it('are sealed anew, every one, as they were', () => {
    const db = new Database(file)
    const cells = () => db.prepare('SELECT measured, checksum FROM trials ORDER BY number').raw().all()
    const before = cells()
    db.pragma('synchronous = OFF')
    db.exec('UPDATE trials SET measured = NULL, checksum = NULL')
    const seal = db.transaction((where?: string) => sealRows(db, 'trials', where))
    seal('number >= 7')
    expect(cells().slice(0, 7).flat()).toEqual(Array(14).fill(null))
    seal()
    expect(cells()).toEqual(before)
    db.close()
    expect(store.damage(id)).toEqual([])
  })

  it('are ranked in both directions from the whole of them', () => {
    expect(store.bestTrials(id, 2).map(({ number }) => number)).toEqual([TRIALS - 1, TRIALS - 2])
  })
})

it('any number of measurements of a trial comes back, however many are written at once', () => {
  const sizes = [0, 1, 2, 15, 16, 17, 31, 32, 33, 100]
  const many = openWriter(`${folder}/sizes.db`)
  const study = many.createStudy(newStudy()).id
  const measurementsOf = (size: number) =>
    Array.from({ length: size }, (_, k) => ({ step: 2 * k, value: k / 3, metrics: { k }, seconds: k }))
  for (const [number, size] of sizes.entries()) {
    many.startTrial(study, spec(number), 'a-host')
    many.finishTrial(study, number, outcome(1, { measurements: measurementsOf(size) }), false)
  }
  many.flush()
  for (const [number, size] of sizes.entries()) {
    expect(many.measurements(study, number)).toEqual(measurementsOf(size))
  }
  many.close()
})

describe('a damaged trial', () => {
  const sound = `${folder}/sound.db`
  const small = openWriter(sound)
  const study = small.createStudy(newStudy()).id
  for (const number of [0, 1, 2]) {
    small.startTrial(study, spec(number), 'a-host')
    if (number < 2) small.finishTrial(study, number, outcome(1), false)
  }
  small.close()

  /** What reading says after a change. */
  const readAfter = (
    name: string,
    sql: string,
    read: (reader: ReturnType<typeof openReader>) => unknown,
  ): string => {
    const copy = `${folder}/${name}.db`
    copyFileSync(sound, copy)
    const db = new Database(copy)
    db.pragma('foreign_keys = OFF')
    db.pragma('synchronous = OFF')
    db.exec(sql)
    db.close()
    const reader = openReader(copy)
    try {
      read(reader)
      return 'sound'
    } catch (error) {
      return (error as Error).message.replace(`${copy}: the store is damaged: `, '')
    } finally {
      reader.close()
    }
  }
  const told = 'trial 1 of study "quickstart" does not match its checksum'

  it.each<[string, string, string]>([
    ['a changed record', 'UPDATE trials SET seed = 1 WHERE number = 1', told],
    ['a changed measurement', 'UPDATE measurements SET value = 9 WHERE trial = 1 AND step = 1', told],
    ['a lost measurement', 'DELETE FROM measurements WHERE trial = 1 AND step = 3', told],
    ['measurements without a trial', 'DELETE FROM trials WHERE number = 1', told],
    [
      'a changed record of an unfinished trial',
      'UPDATE trials SET seed = 1 WHERE number = 2',
      told.replace('1', '2'),
    ],
    [
      'text that is no JSON',
      "UPDATE trials SET params = '{', checksum = NULL WHERE number = 1",
      'a record is not valid JSON',
    ],
    [
      'no JSON of a measurement',
      "UPDATE trials SET measured = NULL, checksum = NULL; UPDATE measurements SET metrics = '{'",
      'a record is not valid JSON',
    ],
    [
      'no checksums',
      'UPDATE trials SET measured = NULL, checksum = NULL, seed = 7; UPDATE measurements SET value = 9',
      'sound',
    ],
  ])('is named when results are read: %s', (what, sql, expected) => {
    expect(readAfter(`results-${what}`, sql, (reader) => [...reader.results(1)])).toBe(expected)
  })

  it('is named when it is read, or its measurements are', () => {
    const changed = 'UPDATE trials SET seed = 1 WHERE number = 1'
    expect(readAfter('a', changed, (reader) => reader.trial(1, 1))).toBe(told)
    expect(readAfter('b', changed, (reader) => reader.trials(1))).toBe(told)
    expect(readAfter('c', changed, (reader) => reader.bestTrials(1, 3))).toBe(told)
    expect(readAfter('d', changed, (reader) => reader.trial(1, 0))).toBe('sound')
    const lost = 'DELETE FROM measurements WHERE trial = 1 AND step = 3'
    expect(readAfter('e', lost, (reader) => reader.measurements(1, 1))).toBe(told)
    expect(readAfter('f', lost, (reader) => [...reader.allMeasurements(1)])).toBe(told)
    expect(readAfter('g', lost, (reader) => reader.measurements(1, 0))).toBe('sound')
    expect(readAfter('h', changed, (reader) => reader.measurements(1, 1))).toBe('sound')
  })

  it('is named by the number of its study where that has no name any more', () => {
    const sql = 'DELETE FROM studies; UPDATE trials SET seed = 1'
    expect(readAfter('nameless', sql, (reader) => reader.trial(1, 1))).toBe(
      'trial 1 of study 1 does not match its checksum',
    )
  })
})

it('rows of any table get the checksum of what they hold now', () => {
  const copy = `${folder}/sealed.db`
  const writer = openWriter(copy)
  const study = writer.createStudy(newStudy()).id
  writer.addStage(study, stage())
  writer.startTrial(study, spec(0), 'a-host')
  writer.finishTrial(study, 0, outcome(1), false)
  writer.flush()
  writer.addEvaluation(study, { trial: 0, at: 1, part: 'test', examples: 1, metrics: {}, confusion: null })
  writer.setArtifactFolder(study, 0, 'folder')
  writer.close()
  const db = new Database(copy)
  db.pragma('synchronous = OFF')
  const changes = {
    studies: 'seed = 7',
    stages: 'epochs = 7',
    trials: 'seed = 7',
    evaluations: 'examples = 7',
    artifact_folders: "folder = 'other'",
  } as const
  for (const [table, change] of Object.entries(changes)) {
    db.exec(`UPDATE ${table} SET ${change}`)
    sealRows(db, table as keyof typeof changes)
  }
  expect(db.prepare('SELECT checksum FROM artifact_folders').pluck().get()).toBe(checksumOf([1, 0, 'other']))
  db.close()
  const reader = openReader(copy)
  expect(reader.damage(study)).toEqual([])
  expect([reader.trial(study, 0)?.seed, reader.findStudy('quickstart')?.seed]).toEqual([7, 7])
  reader.close()
})
