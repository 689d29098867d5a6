import { thisProcess } from '../process-identity.ts'
import { type HeldLease, heldBySomebodyElse, isLive, leaseLost } from './lease.ts'
import type { Statements } from './statements.ts'

type LeaseRow = [
  token: string,
  host: string,
  pid: number,
  process: string | null,
  since: number,
  heartbeatAt: number,
]

/** The lease as stored, its holder live or dead. */
export function readLease(statements: Statements, study: number): HeldLease | undefined {
  const sql = 'SELECT token, host, pid, process, since, heartbeat_at FROM leases WHERE study = ?'
  return statements.get(sql, [study], ([token, host, pid, process, since, heartbeatAt]: LeaseRow) => ({
    token,
    host,
    pid,
    process,
    since,
    heartbeatAt,
  }))
}

/** The leases that one writer takes, keeps and drops; each method inside the caller's transaction. */
export class OwnLeases {
  readonly #statements: Statements
  readonly #now: () => number
  /** This writer's: two writers of one process are two holders. */
  readonly #token = crypto.randomUUID()

  constructor(statements: Statements, now: () => number) {
    this.#statements = statements
    this.#now = now
  }

  /** @returns false if this writer holds it already. @throws UserError('store') if another one does, and is live */
  take(study: number, name: string): boolean {
    if (readLease(this.#statements, study)?.token === this.#token) return false
    this.refuseIfHeldElsewhere(study, name)
    const { host, pid, process } = thisProcess()
    const now = this.#now()
    this.#statements.insert(
      'leases',
      'study, token, host, pid, process, since, heartbeat_at',
      [study, this.#token, host, pid, process, now, now],
      'INSERT OR REPLACE',
    )
    return true
  }

  /** @throws UserError('store') if another process has taken over */
  check(study: number, name: () => string): void {
    const lease = readLease(this.#statements, study)
    if (lease?.token !== this.#token) throw leaseLost(name(), lease)
  }

  /** @throws UserError('store') while another writer, in this process or elsewhere, runs the study */
  refuseIfHeldElsewhere(study: number, name: string): void {
    const lease = readLease(this.#statements, study)
    if (lease === undefined || lease.token === this.#token) return
    if (isLive(lease, this.#now())) throw heldBySomebodyElse(name, lease)
  }

  renew(study: number): void {
    this.#statements.run('UPDATE leases SET heartbeat_at = ? WHERE study = ?', this.#now(), study)
  }

  drop(study: number): void {
    this.#statements.run('DELETE FROM leases WHERE study = ? AND token = ?', study, this.#token)
  }
}
