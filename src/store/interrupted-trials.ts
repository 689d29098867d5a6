import type Database from 'better-sqlite3'
import { sealRows } from './seal.ts'

/**
 * Of which trials `t` a process ended while they ran; bound are the live studies, as a JSON array. A trial without a slot
 * was handed out by `ask` and stays pending until it is told, but in studies of 0.1 no trial has one.
 */
function interrupted(db: Database.Database): string {
  const ran =
    db.pragma('user_version', { simple: true }) === 1
      ? 'true'
      : "(t.slot IS NOT NULL OR t.study IN (SELECT id FROM studies WHERE code_version LIKE '0.1.%'))"
  return `t.state = 'running' AND ${ran} AND t.study NOT IN (SELECT value FROM json_each(?))`
}

/** How many trials of each study, by name, still read `running` though no process runs them. */
export function findInterrupted(
  db: Database.Database,
  live: string,
): { readonly name: string; readonly trials: number }[] {
  const sql = `SELECT name, count(*) AS trials FROM trials t JOIN studies ON studies.id = t.study
    WHERE ${interrupted(db)} GROUP BY name ORDER BY name`
  return db.prepare<[string], { name: string; trials: number }>(sql).all(live)
}

/** Gives these trials back, as if they had not begun. */
export function resetInterrupted(db: Database.Database, live: string): void {
  db.prepare(
    `DELETE FROM measurements WHERE EXISTS (SELECT 1 FROM trials t
      WHERE t.study = measurements.study AND t.number = trial AND ${interrupted(db)})`,
  ).run(live)
  db.prepare(
    `UPDATE trials AS t SET state = 'waiting', host = NULL, slot = NULL, started_at = NULL WHERE ${interrupted(db)}`,
  ).run(live)
  sealRows(db, 'trials', "state = 'waiting'")
}
