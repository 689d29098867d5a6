import type { StudyReader } from '../store/store.ts'
import type { TimedMeasurement, TrialRecord } from '../trial.ts'

const PAGE = 4096

/**
 * All trials of a study, or of a stage, in order of number, read by the page, so that a study of any length needs little
 * memory.
 */
export function* streamTrials(reader: StudyReader, study: number, stage?: number): Generator<TrialRecord> {
  for (let from = 0; ; ) {
    const page = reader.trials(study, { limit: PAGE, from, stage })
    yield* page
    if (page.length < PAGE) return
    from = page.at(-1)!.number + 1
  }
}

/** A trial with all that it measured. */
export interface MeasuredTrial {
  readonly trial: TrialRecord
  /** In order of step. */
  readonly measurements: readonly TimedMeasurement[]
}

/** All trials of a study with their measurements, in order of number. */
export function* streamMeasuredTrials(reader: StudyReader, study: number): Generator<MeasuredTrial> {
  const all = reader.allMeasurements(study)
  let next = all.next()
  for (const trial of streamTrials(reader, study)) {
    // A study that runs meanwhile may have begun further trials between the two reads.
    while (!next.done && next.value.trial < trial.number) next = all.next()
    const measured = !next.done && next.value.trial === trial.number
    yield { trial, measurements: measured ? next.value.measurements : [] }
  }
}
