import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** One process of one host, so named that a later process with the same pid is another one. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  /** `boot id:pid namespace:start time in clock ticks`; null where there is no /proc. */
  readonly process: string | null
}

/** `unknown` if it can't be seen from here: another host, or another container. */
export type Liveness = 'alive' | 'gone' | 'unknown'

export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, process: describeProcess(process.pid) }
}

/** Whether a process is there, as seen from this one. A zombie, which nobody has waited for, is gone. */
export function findProcess(identity: ProcessIdentity): Liveness {
  if (identity.host !== hostname()) return 'unknown'
  const [boot, namespace] = (identity.process ?? '').split(':')
  const here = (describeProcess(process.pid) ?? '').split(':')
  if (boot !== here[0]) return 'gone'
  if (namespace !== here[1]) return 'unknown'
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'gone'
  }
  if (identity.process === null) return 'alive'
  return describeProcess(identity.pid) === identity.process ? 'alive' : 'gone'
}

/** Null without /proc, for a process that isn't there, and for a zombie. */
export function describeProcess(pid: number): string | null {
  try {
    // The name in parentheses may hold spaces and parentheses; what follows are fields 3 (state) to 22 (start time).
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const namespace = readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')
    return `${boot}:${namespace}:${fields[19]}`
  } catch {
    return null
  }
}
