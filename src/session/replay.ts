import { UserError } from '../errors.ts'
import { createExecutor } from '../execute/create.ts'
import { createInlineExecutor } from '../execute/inline.ts'
import { kindOf } from '../objective/kinds.ts'
import { atPlace } from '../objective/source.ts'
import type { StudyPlace } from '../objective/study-place.ts'
import { own } from '../space/own.ts'
import type { StudyReader, StudyRecord } from '../store/store.ts'
import { experimentFromJson } from '../study-file/experiment-json.ts'
import { shellWord } from '../text/shell-word.ts'
import type { TimedMeasurement, TrialOutcome, TrialRecord } from '../trial.ts'
import { cacheFolderOf } from './conduct.ts'
import { openExperiment } from './open-experiment.ts'
import { refuseDifferences } from './refuse-differences.ts'
import { studyFolder } from './trial-folders.ts'

/** What a replay showed. */
export interface ReplayResult {
  /** Null if every measurement was the same to the last bit and the trial ended in the same state. */
  readonly difference: string | null
  readonly outcome: TrialOutcome
}

/**
 * Runs one trial again, alone, on this thread unless it would end it, and compares all it measures with what is stored.
 * @throws UserError('usage') if what is measured has changed since, or the network it continued is not kept any more.
 */
export async function replayTrial(
  reader: StudyReader,
  study: StudyRecord,
  trial: TrialRecord,
  db: string,
  onMeasurement: (measurement: TimedMeasurement) => void = () => {},
): Promise<ReplayResult> {
  if (trial.origin !== null) {
    throw new UserError(
      'usage',
      `Trial ${trial.number} was imported from ${trial.origin}: it was not run here`,
    )
  }
  const cacheFolder = cacheFolderOf(db)
  const opened = await openExperiment(experimentFromJson(study.experiment, study.name), { cacheFolder })
  refuseDifferences(study, opened, false, 'replayed')
  const continued = trial.continues === null ? null : reader.artifact(study.id, trial.continues)
  if (continued === undefined) {
    throw new UserError(
      'usage',
      `Trial ${trial.number} continued the network of trial ${trial.continues}, which is no longer kept`,
      { hint: `Replay that one instead: finesweep replay ${shellWord(study.name)} ${trial.continues}` },
    )
  }
  const { trialTimeout, heapMb } = opened.experiment.limits
  // What `auto` picks here may be another arithmetic than the trial's.
  const { arithmetic } = trial
  const kind = kindOf(opened.experiment.objective)
  const place: StudyPlace = {
    study: study.name,
    stages: opened.experiment.stages.map(({ name }) => name),
    folder: studyFolder(db, study.name),
    isTemporary: true,
  }
  const recorded = arithmetic === null ? opened.source : kind.asRecorded(opened.source, arithmetic)
  const source = atPlace(recorded, place)
  const executor = endsItsThread(trial)
    ? createExecutor(source, { workers: 1, heapLimitMb: heapMb })
    : createInlineExecutor(source)
  try {
    const outcome = await executor.run(
      {
        spec: trial,
        continued,
        slot: 0,
        attempt: 1,
        timeoutMs: trialTimeout === null ? null : trialTimeout * 1000,
      },
      onMeasurement,
    )
    const stored = reader.measurements(study.id, trial.number)
    return { difference: firstDifference(trial, stored, outcome), outcome }
  } finally {
    await executor.close()
  }
}

/** Whether the trial ended in a way that this thread would not survive: it is replayed in one of its own. */
function endsItsThread({ error }: TrialRecord): boolean {
  return error !== null && ['timeout', 'exited', 'out-of-memory'].includes(error.code)
}

/** The first thing that is not the same, in a sentence; null if all is, to the last bit. */
export function firstDifference(
  trial: TrialRecord,
  stored: readonly TimedMeasurement[],
  outcome: TrialOutcome,
): string | null {
  for (const [index, then] of stored.entries()) {
    const now = outcome.measurements[index]
    if (now === undefined) return `step ${then.step} was measured then but not now`
    if (now.step !== then.step)
      return `measurement ${index + 1} was step ${then.step} then, and is step ${now.step} now`
    const pairs: [string, number | undefined, number | undefined][] = [['value', then.value, now.value]]
    for (const name of new Set([...Object.keys(then.metrics), ...Object.keys(now.metrics)])) {
      pairs.push([name, own(then.metrics, name), own(now.metrics, name)])
    }
    for (const [name, before, after] of pairs) {
      if (!Object.is(before, after))
        return `${name} at step ${then.step} was ${before} then, and is ${after} now`
    }
  }
  const extra = outcome.measurements[stored.length]
  if (extra !== undefined) return `step ${extra.step} is measured now but was not then`
  if (outcome.state !== trial.state) return `it ended ${trial.state} then, and ${outcome.state} now`
  return null
}
