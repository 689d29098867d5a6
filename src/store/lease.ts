import { UserError } from '../errors.ts'
import { findProcess, type ProcessIdentity } from '../process-identity.ts'
import type { Lease } from './store.ts'

/** A holder that can't be seen from here counts as dead after this long without a heartbeat. */
export const LEASE_TIMEOUT_MS = 60_000

/** A lease as stored. */
export interface HeldLease extends Lease, ProcessIdentity {
  /** One for each writer: two writers of one process are two holders. */
  readonly token: string
}

/**
 * Whether the holder still runs. On this host its process decides: one that trains for minutes without a
 * heartbeat is live, one that is gone is dead at once. Elsewhere its last heartbeat decides.
 */
export function isLive(lease: HeldLease, now: number): boolean {
  const found = findProcess(lease)
  if (found !== 'unknown') return found === 'alive'
  return now - lease.heartbeatAt < LEASE_TIMEOUT_MS
}

export function heldBySomebodyElse(study: string, lease: HeldLease): UserError {
  const since = new Date(lease.since).toISOString()
  const hidden = findProcess(lease) === 'unknown'
  return new UserError(
    'store',
    `Study "${study}" is being run by pid ${lease.pid} on host ${lease.host} (since ${since})`,
    {
      hint: hidden
        ? `If it has died, the study is free ${LEASE_TIMEOUT_MS / 1000} s after its last heartbeat.`
        : 'Wait until it ends, or stop it first.',
    },
  )
}

/** For a writer that was thought dead (a suspended machine) and finds another in its place. */
export function leaseLost(study: string, lease: Lease | undefined): UserError {
  const now =
    lease === undefined ? 'no process holds it now' : `pid ${lease.pid} on host ${lease.host} runs it now`
  return new UserError('store', `Study "${study}": this process lost its lease; ${now}`, {
    hint: 'Resume the study: uncommitted trials are rerun.',
  })
}
