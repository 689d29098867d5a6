import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { inCommand, UserError } from '../errors.ts'
import { RANKED_STATES } from '../trial.ts'
import { closeWritable, openReadable, openWritable } from './connection.ts'
import { findDamage } from './find-damage.ts'
import { findInterrupted, resetInterrupted } from './interrupted-trials.ts'
import { type HeldLease, isLive } from './lease.ts'
import { identify, MIGRATIONS } from './schema.ts'
import { onStore } from './store-error.ts'

/** What a check found in a store. */
export interface StoreFinding {
  /** `ok` and `note` are as they should be; a `warning` costs nothing but may surprise; an `error` loses something. */
  readonly severity: 'ok' | 'note' | 'warning' | 'error'
  readonly kind:
    | 'store'
    | 'no-store'
    | 'version'
    | 'integrity'
    | 'live-lease'
    | 'stale-lease'
    | 'interrupted-trials'
    | 'incomplete-trials'
    | 'useless-artifacts'
    | 'damaged-records'
    | 'long-wal'
  /** One sentence, without a final full stop. */
  readonly message: string
  /** What to do about it; null if nothing need be done. */
  readonly hint: string | null
  /** True if `fix` corrected it. */
  readonly fixed: boolean
}

/** A WAL beyond this size is one that nobody has written back for a long time. */
const LONG_WAL_BYTES = 64 * 2 ** 20

/** The states of trials with a result, for SQL. */
const RANKED = RANKED_STATES.map((state) => `'${state}'`).join(', ')

const FIX = 'To fix it: finesweep doctor --fix'

/** A check, and how to correct what it finds; `fix` runs in its own transaction, and only where it is safe. */
interface Check {
  readonly find: (db: Database.Database, now: number) => Omit<StoreFinding, 'fixed'>[]
  readonly fix?: (db: Database.Database, now: number) => void
}

/**
 * Looks a store over, also while a study runs. Changes nothing unless `fix` is set, and then only what no study needs: leases of dead processes, their trials that still read `running`, weights that belong to no result, a long WAL.
 */
export function checkStore(
  file: string,
  options: { readonly fix?: boolean; readonly now?: () => number } = {},
): StoreFinding[] {
  const now = (options.now ?? Date.now)()
  try {
    const found = withDatabase(openReadable(file), (db) => findAll(db, file, now))
    const repairable = found.some(({ hint }) => hint === FIX)
    if (!options.fix || !repairable) return found
    repair(file, now)
    const left = withDatabase(openReadable(file), (db) => findAll(db, file, now))
    return found.map((finding) => ({ ...finding, fixed: !left.some(({ kind }) => kind === finding.kind) }))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const missing = error.code === 'not-found'
    return [
      {
        severity: missing ? 'note' : 'error',
        kind: missing ? 'no-store' : 'integrity',
        message: error.message,
        hint: error.hintWith(inCommand) ?? null,
        fixed: false,
      },
    ]
  }
}

function withDatabase<T>(db: Database.Database, use: (db: Database.Database) => T): T {
  try {
    return use(db)
  } finally {
    db.close()
  }
}

function findAll(db: Database.Database, file: string, now: number): StoreFinding[] {
  return onStore(file, () => {
    const damage = damagedFile(db)
    if (damage.length > 0) return [...damage, ...nameDamaged(db, now)]
    const found = [
      describeStore(db, file),
      ...CHECKS.flatMap(({ find }) => find(db, now)),
      ...findLongWal(file),
    ]
    return found.map((finding) => ({ ...finding, fixed: false }))
  })
}

/** Which records a damaged structure has reached, as far as it can be read. */
function nameDamaged(db: Database.Database, now: number): StoreFinding[] {
  try {
    return DAMAGED_RECORDS.find(db, now).map((finding) => ({ ...finding, fixed: false }))
  } catch {
    return []
  }
}

function repair(file: string, now: number): void {
  const db = openWritable(file)
  try {
    onStore(file, () => {
      for (const { fix } of CHECKS) if (fix !== undefined) db.transaction(() => fix(db, now)).immediate()
      db.pragma('wal_checkpoint(TRUNCATE)')
    })
  } finally {
    closeWritable(db)
  }
}

function damagedFile(db: Database.Database): StoreFinding[] {
  const lines = db.prepare('PRAGMA integrity_check(20)').pluck().all() as string[]
  const strays = db.pragma('foreign_key_check') as { readonly table: string }[]
  const messages = [
    ...lines.filter((line) => line !== 'ok'),
    ...new Set(strays.map(({ table }) => `orphaned rows in ${table}`)),
  ]
  return messages.map((line) => ({
    severity: 'error',
    kind: 'integrity',
    message: `The store is damaged: ${line.replaceAll('\n', ' ')}`,
    hint: 'Export what can be read, then restore a backup.',
    fixed: false,
  }))
}

function describeStore(db: Database.Database, file: string): Omit<StoreFinding, 'fixed'> {
  const count = (table: string): number => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
  const version = identify(db, file)
  const bytes = statSync(file).size
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
  const old = version < MIGRATIONS.length
  return {
    severity: old ? 'note' : 'ok',
    kind: old ? 'version' : 'store',
    message: `${file}: version ${version}, ${size}, studies: ${count('studies')}, trials: ${count('trials')}`,
    hint: old
      ? `The next run or resume backs it up, then upgrades it to version ${MIGRATIONS.length}.`
      : null,
  }
}

function findLongWal(file: string): Omit<StoreFinding, 'fixed'>[] {
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false })
  if (wal === undefined || wal.size <= LONG_WAL_BYTES) return []
  const message = `${file}-wal has grown to ${Math.round(wal.size / 2 ** 20)} MB`
  return [{ severity: 'warning', kind: 'long-wal', message, hint: FIX }]
}

interface NamedLease extends HeldLease {
  readonly study: number
  readonly name: string
}

function leases(db: Database.Database): NamedLease[] {
  const sql = `SELECT study, name, token, host, pid, process, since, heartbeat_at AS heartbeatAt
    FROM leases JOIN studies ON studies.id = leases.study ORDER BY study`
  return db.prepare(sql).all() as NamedLease[]
}

/** Ids of the studies that somebody runs, as a JSON array for SQL. */
function liveStudies(db: Database.Database, now: number): string {
  return JSON.stringify(leases(db).flatMap((lease) => (isLive(lease, now) ? [lease.study] : [])))
}

const LEASES: Check = {
  find: (db, now) =>
    leases(db).map((lease) => {
      const who = `pid ${lease.pid} on host ${lease.host}`
      return isLive(lease, now)
        ? {
            severity: 'note',
            kind: 'live-lease',
            message: `Study "${lease.name}" is being run by ${who}`,
            hint: null,
          }
        : {
            severity: 'warning',
            kind: 'stale-lease',
            message: `Study "${lease.name}" was run by ${who}, which no longer exists`,
            hint: FIX,
          }
    }),
  fix: (db, now) => {
    db.prepare('DELETE FROM leases WHERE study NOT IN (SELECT value FROM json_each(?))').run(
      liveStudies(db, now),
    )
  },
}

const INTERRUPTED_TRIALS: Check = {
  find: (db, now) =>
    findInterrupted(db, liveStudies(db, now)).map(({ name, trials }) => ({
      severity: 'warning',
      kind: 'interrupted-trials',
      message: `Study "${name}": its process ended while trials were running (${trials}); resume runs them again`,
      hint: FIX,
    })),
  fix: (db, now) => resetInterrupted(db, liveStudies(db, now)),
}

/** Can't come about by a crash: a trial and its measurements are written in one transaction. */
const INCOMPLETE_TRIALS: Check = {
  find: (db) => {
    const sql = `SELECT count(*) FROM trials WHERE
      CASE WHEN state IN (${RANKED}) THEN epochs ELSE 0 END <>
      CASE WHEN state IN ('waiting', ${RANKED}) THEN
        (SELECT coalesce(max(step), 0) FROM measurements m WHERE m.study = trials.study AND m.trial = number)
      ELSE 0 END`
    const trials = db.prepare(sql).pluck().get() as number
    if (trials === 0) return []
    return [
      {
        severity: 'error',
        kind: 'incomplete-trials',
        message: `Trials do not match their measurements (${trials})`,
        hint: 'The store was edited by another program; restore a backup.',
      },
    ]
  },
}

/** SQLite's own check sees a damaged structure, and not a wrong digit. */
const DAMAGED_RECORDS: Check = {
  find: (db) => {
    const studies = db.prepare('SELECT id, name FROM studies ORDER BY id').all() as {
      readonly id: number
      readonly name: string
    }[]
    return studies.flatMap(({ id, name }) => {
      const damage = db.transaction(() => findDamage(db, id))()
      if (damage.length === 0) return []
      return [
        {
          severity: 'error',
          kind: 'damaged-records',
          message: `Study "${name}" is damaged: ${damage.join(', ')}`,
          hint: 'Restore a backup, or run the study again: its seed gives the same trials.',
        },
      ]
    })
  },
}

const USELESS = `EXISTS (SELECT 1 FROM trials t WHERE t.study = artifacts.study AND t.number = trial AND t.state NOT IN (${RANKED}))`

const USELESS_ARTIFACTS: Check = {
  find: (db) => {
    const found = db.prepare(`SELECT count(*) FROM artifacts WHERE ${USELESS}`).pluck().get() as number
    if (found === 0) return []
    const message = `Artifacts exist for trials without a result (${found})`
    return [{ severity: 'warning', kind: 'useless-artifacts', message, hint: FIX }]
  },
  fix: (db) => {
    db.prepare(`DELETE FROM artifacts WHERE ${USELESS}`).run()
  },
}

const CHECKS: readonly Check[] = [
  LEASES,
  INTERRUPTED_TRIALS,
  DAMAGED_RECORDS,
  INCOMPLETE_TRIALS,
  USELESS_ARTIFACTS,
]
