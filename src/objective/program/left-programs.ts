import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeProcess, findProcess, type ProcessIdentity, thisProcess } from '../../process-identity.ts'
import { inFolder } from '../folder-error.ts'

/** Beside the trials' folders: a file for each trial whose program runs. */
const RUNNING = '.running'
/** How long a killed process may take to be gone. */
const MOST_WAIT_MS = 1_000
const LOOK_EVERY_MS = 20

/** What is known of a running program; no identity until it has started. */
interface RunningRecord {
  /** The trial's folder, which its processes have in their environment. */
  readonly folder: string
  readonly process: ProcessIdentity | null
}

/** Records a trial's program, so that a resume can end it; each file is there before its program is. */
export interface RunningTrial {
  started(pid: number): void
  ended(): void
}

/** @param folder the trial's folder, inside that of its study. @throws FolderError, also from its methods */
export function recordRunning(folder: string): RunningTrial {
  const records = path.join(path.dirname(folder), RUNNING)
  const file = path.join(records, `${path.basename(folder)}.json`)
  const write = (record: RunningRecord): void =>
    inFolder(records, () => writeFileSync(file, JSON.stringify(record)))
  inFolder(records, () => mkdirSync(records, { recursive: true }))
  write({ folder, process: null })
  return {
    started(pid) {
      write({ folder, process: { ...thisProcess(), pid, process: describeProcess(pid) } })
    },
    ended() {
      inFolder(records, () => rmSync(file, { force: true }))
    },
  }
}

/**
 * Ends the programs that a killed run of a study left behind, with all that they started, and waits until they are
 * gone. Where there is no /proc, only the groups of programs whose start was recorded.
 * @param studyFolder the folder of the trials' folders
 * @returns how many trials had left processes
 */
export async function endLeftPrograms(studyFolder: string): Promise<number> {
  const records = path.join(studyFolder, RUNNING)
  const left = new Set<string>()
  const running = readRecords(records)
  const until = performance.now() + MOST_WAIT_MS
  // More than once: a process may start another between the look at it and its end.
  for (;;) {
    const found = running.filter(endProcesses)
    for (const { folder } of found) left.add(folder)
    if (found.length === 0 || performance.now() > until) break
    await sleep(LOOK_EVERY_MS)
  }
  inFolder(records, () => rmSync(records, { recursive: true, force: true }))
  return left.size
}

function readRecords(records: string): RunningRecord[] {
  try {
    return readdirSync(records).flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(path.join(records, name), 'utf8')) as RunningRecord]
      } catch {
        // Killed within its writing: the folder is known by the file's name.
        return [{ folder: path.join(path.dirname(records), path.parse(name).name), process: null }]
      }
    })
  } catch {
    return []
  }
}

/** Kills what is left of a trial's program. @returns whether anything was */
function endProcesses({ folder, process: leader }: RunningRecord): boolean {
  const pids = processesOf(folder)
  const leads = leader !== null && leader.process !== null && findProcess(leader) === 'alive'
  for (const target of [...(leads ? [-leader.pid] : []), ...pids]) {
    try {
      process.kill(target, 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
  return leads || pids.length > 0
}

/** The processes with that trial's folder in their environment, whatever group they are in; empty without /proc. */
function processesOf(folder: string): number[] {
  const entry = `FINESWEEP_DIR=${folder}`
  return processIds().filter((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
      return environment.split('\0').includes(entry) && describeProcess(pid) !== null
    } catch {
      // It has ended, or belongs to somebody else.
      return false
    }
  })
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}
