import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runExperiment } from '../../src/session/session.ts'
import type { StudyEvent } from '../../src/study/events.ts'
import type { Experiment } from '../../src/study-file/experiment.ts'

export interface StudyRunOptions {
  readonly workers: number
  /** The engine; null for none. */
  readonly url: string | null
  /** Below which workers look for files. */
  readonly root: string
  /** Of which events the rate is. */
  readonly kind: StudyEvent['kind']
  /** How many of them do not count: until all workers have joined and are warm. */
  readonly skip: number
}

/** Runs a study. @returns how many events of the kind there were a second, after the first ones */
export async function studyRate(experiment: Experiment, options: StudyRunOptions): Promise<number> {
  const { workers, url, root, kind, skip } = options
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-bench-'))
  const times: number[] = []
  try {
    await runExperiment(experiment, null, {
      db: path.join(folder, 'studies.db'),
      workers,
      ...(url === null ? {} : { engine: { url, root } }),
      say: () => {},
      listener: (event) => {
        if (event.kind === kind) times.push(performance.now())
      },
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return (1000 * (times.length - 1 - skip)) / (times.at(-1)! - times[skip]!)
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
