import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runExperiment } from '../../src/session/session.ts'
import { defineStudy } from '../../src/study-file/define-study.ts'

/** What the orchestra costs: trials of an objective that does nothing. */
export interface OverheadFigures {
  readonly trials: number
  readonly workers: number
  readonly trialsPerSecond: number
  /** Microseconds a trial, around the 100th and around the last, medians of blocks of 50. */
  readonly microsecondsAt100: number
  readonly microsecondsAtEnd: number
  /** The one over the other: 1 if the ten thousandth costs what the hundredth does. */
  readonly growth: number
}

/** Runs `trials` trials of an objective that only measures, five times each, all stored. */
export async function measureOverhead(trials: number, workers: number): Promise<OverheadFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-bench-'))
  const experiment = defineStudy(
    {
      name: 'nothing',
      objective: './trivial.ts',
      direction: 'minimize',
      stages: [{ name: 'only', trials, epochs: 5, sampler: 'random' }],
    },
    import.meta.dirname,
  )
  const finishedAt: number[] = []
  try {
    await runExperiment(experiment, null, {
      db: path.join(folder, 'studies.db'),
      workers,
      listener: (event) => {
        if (event.kind === 'trial-finished') finishedAt.push(performance.now())
      },
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const seconds = (finishedAt.at(-1)! - finishedAt[0]!) / 1000
  const early = medianBlock(finishedAt.slice(50, 550))
  const late = medianBlock(finishedAt.slice(-500))
  return {
    trials,
    workers,
    trialsPerSecond: (trials - 1) / seconds,
    microsecondsAt100: early,
    microsecondsAtEnd: late,
    growth: late / early,
  }
}

const BLOCK = 50

/** Microseconds a trial: the median over blocks of trials, which a pause of the machine does not move. */
function medianBlock(times: readonly number[]): number {
  const blocks: number[] = []
  for (let i = 0; i + BLOCK < times.length; i += BLOCK)
    blocks.push(((times[i + BLOCK]! - times[i]!) * 1000) / BLOCK)
  return blocks.toSorted((a, b) => a - b)[Math.floor(blocks.length / 2)]!
}
