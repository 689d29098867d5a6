import { listFolder } from '../objective/folder-artifact.ts'
import {
  FailedError,
  type Measurements,
  type Objective,
  type TrialContext,
  type TrialResult,
} from '../objective/objective.ts'
import type { TrialFolders } from '../objective/study-place.ts'

/** Calls the objective. @throws FailedError if it is not a generator */
export function startGenerator(objective: Objective, context: TrialContext): Measurements {
  const generator: unknown = objective.run(context)
  if (typeof (generator as { next?: unknown } | null)?.next !== 'function') {
    throw new FailedError(
      'bad-measurement',
      'The run function of an objective must be a generator: write function* (or async function*)',
    )
  }
  return generator as Measurements
}

/** Runs the objective's `finally` blocks. What they throw or yield changes nothing any more. */
export async function closeGenerator(generator: Measurements, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    const closing: unknown = generator.return(undefined)
    if (!isPromise(closing)) return
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs)
    })
    await Promise.race([closing, limit])
  } catch {
    // The trial has its ending already.
  } finally {
    clearTimeout(timer)
  }
}

/** What an objective returns. @throws FailedError if it is anything else than it may be */
export function readResult(returned: unknown): TrialResult {
  if (returned === undefined || returned === null) return {}
  const { artifact, arithmetic } = returned as Record<string, unknown>
  const isRecord = typeof returned === 'object' && !Array.isArray(returned)
  const isArtifact = artifact === undefined || artifact instanceof Uint8Array
  const isArithmetic = arithmetic === undefined || typeof arithmetic === 'string'
  if (!isRecord || !isArtifact || !isArithmetic) {
    throw new FailedError(
      'bad-measurement',
      'An objective must return nothing or { artifact, arithmetic }, which are bytes and a string; its value is the last one it yields',
    )
  }
  return returned as TrialResult
}

/** A trial that has a folder and leaves nothing else leaves the list of its files: there is something to continue. */
export function withFolder(result: TrialResult, folders: TrialFolders): TrialResult {
  const { used } = folders
  return result.artifact !== undefined || used === null ? result : { ...result, artifact: listFolder(used) }
}

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null)?.then === 'function'
}
