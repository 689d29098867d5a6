import type Database from 'better-sqlite3'
import type { Cell } from './checksum.ts'
import { onStore } from './store-error.ts'

/** The statements of one connection: each SQL text is prepared once, rows come as arrays, errors as sentences. */
export class Statements {
  readonly db: Database.Database
  /** As the user named it, for errors. */
  readonly file: string
  readonly #prepared = new Map<string, Database.Statement>()

  constructor(db: Database.Database, file: string) {
    this.db = db
    this.file = file
  }

  prepare(sql: string): Database.Statement {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      statement = this.db.prepare(sql)
      if (statement.reader) statement.raw(true)
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  run(sql: string, ...bound: readonly Cell[]): Database.RunResult {
    return this.prepare(sql).run(...bound)
  }

  insert(table: string, columns: string, cells: readonly Cell[], how = 'INSERT'): Database.RunResult {
    const places = cells.map(() => '?').join(', ')
    return this.run(`${how} INTO ${table} (${columns}) VALUES (${places})`, ...cells)
  }

  /** Rows become records inside, so that an unreadable one is reported as damage of the file. */
  all<Row, T>(sql: string, bound: readonly Cell[], read: (row: Row) => T): T[] {
    return this.guard(() => (this.prepare(sql).all(...bound) as Row[]).map(read))
  }

  /** The first row; undefined if there is none. */
  get<Row, T>(sql: string, bound: readonly Cell[], read: (row: Row) => T): T | undefined {
    return this.guard(() => {
      const row = this.prepare(sql).get(...bound) as Row | undefined
      return row === undefined ? undefined : read(row)
    })
  }

  /** All reads of `work` see the store as it is at one moment, though a study goes on. */
  atOneMoment<T>(work: () => T): T {
    return this.guard(() => this.db.transaction(work)())
  }

  /** Does `work` with its errors about the file as sentences. */
  guard<T>(work: () => T): T {
    return onStore(this.file, work)
  }
}

/** For rows that are used as they come. */
export function asIs<Row>(row: Row): Row {
  return row
}
