import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { SqliteReader } from '../../src/store/sqlite-reader.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const MOST_TRIALS = 60

/** A reader between any two of whose statements a study goes on: its running trial ends, and the next one begins. */
function besideStudy(name: string) {
  const file = `${folder}/${name}.db`
  const writer = openWriter(file, { now: () => 0 })
  const { id } = writer.createStudy(newStudy({ name }))
  writer.addStage(id, stage())
  let running = 0
  const begin = (): void => {
    writer.startTrial(id, spec(running), 'a-host')
    writer.flush()
  }
  const goOn = (): void => {
    // Who reads all trials would never come to an end.
    if (running === MOST_TRIALS) return
    writer.finishTrial(id, running++, outcome(1 / running), false)
    begin()
  }
  begin()
  const reader = new SqliteReader(interrupted(new Database(file, { readonly: true }), goOn), file, () => 0)
  return { id, reader, next: () => running + 1 }
}

/** The same connection, which calls `between` before each of its queries. */
function interrupted(db: Database.Database, between: () => void): Database.Database {
  const prepare = db.prepare.bind(db)
  db.prepare = ((sql: string) => {
    const statement = prepare(sql)
    for (const method of ['get', 'all', 'iterate'] as const) {
      const query = statement[method].bind(statement)
      statement[method] = ((...bound: unknown[]) => {
        between()
        return query(...bound)
      }) as never
    }
    return statement
  }) as typeof db.prepare
  return db
}

test('a trial that ends while its measurements are read is not taken for a damaged one', () => {
  const { id, reader, next } = besideStudy('measurements')
  for (let i = 0; i < 5; i++) expect([0, 3]).toContain(reader.measurements(id, next()).length)
  for (const { measurements } of reader.allMeasurements(id)) expect([0, 3]).toContain(measurements.length)
})

test('a study that goes on while it is checked is not taken for a damaged one', () => {
  const { id, reader } = besideStudy('damage')
  for (let i = 0; i < 5; i++) expect(reader.damage(id)).toEqual([])
  expect([...reader.results(id)].length).toBeGreaterThan(4)
})

test('totals and the best trials are those of one moment', () => {
  const { id, reader } = besideStudy('totals')
  for (let i = 0; i < 5; i++) {
    const [totals] = reader.totals(id)
    expect(totals?.counts.running).toBe(1)
    expect(reader.runningTimes(id).get(0)?.length ?? 0).toBeLessThanOrEqual(1)
    const best = reader.bestTrials(id, 3)
    expect(best.map(({ value }) => value)).toEqual([1, 1 / 2, 1 / 3].slice(0, best.length))
  }
})
