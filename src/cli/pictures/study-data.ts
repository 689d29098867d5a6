import type { DataSettings } from '../../data/data-config.ts'
import type { DataSet } from '../../data/data-set.ts'
import type { StudyRecord } from '../../store/store.ts'

/** The data set of a study, as far as it can be read. */
export interface StudyData {
  /** Null if the objective has no data set. */
  readonly settings: DataSettings | null
  readonly data: DataSet | null
  /** Why there is no data set; empty if there is one. */
  readonly reason: string
}

/** Several pictures of a study ask for its data, which may take seconds to read. */
const READ = new WeakMap<StudyRecord, Promise<StudyData>>()

/** Reads a study's data set. Never fails for what is gone: the reason is part of the result. */
export function readStudyData(study: StudyRecord): Promise<StudyData> {
  let read = READ.get(study)
  if (read === undefined) {
    read = readNow(study)
    READ.set(study, read)
  }
  return read
}

async function readNow(study: StudyRecord): Promise<StudyData> {
  const { experimentFromJson } = await import('../../study-file/experiment-json.ts')
  const { keepsNetwork } = await import('../../objective/kinds.ts')
  const experiment = await attempt(() => experimentFromJson(study.experiment, study.name))
  if (typeof experiment === 'string') return { settings: null, data: null, reason: experiment }
  const { objective } = experiment
  if (!keepsNetwork(objective)) {
    return { settings: null, data: null, reason: 'The objective has no data set to show.' }
  }
  const { loadDataSet } = await import('../../data/read-data-set.ts')
  const data = await attempt(() => loadDataSet(objective.data.data, objective.data.task))
  const settings = objective.data
  return typeof data === 'string' ? { settings, data: null, reason: data } : { settings, data, reason: '' }
}

/** What a function gives, or in a sentence why it gives nothing. */
export async function attempt<T>(make: () => T | Promise<T>): Promise<T | string> {
  try {
    return await make()
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}.`
  }
}
