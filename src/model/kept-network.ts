import { applyPreprocessing } from '../data/apply-preprocessing.ts'
import type { PreparedData } from '../data/prepared.ts'
import { readUnlabelled } from '../data/read-unlabelled.ts'
import { UserError } from '../errors.ts'
import type { StudyReader, StudyRecord } from '../store/store.ts'
import { type DetailedScore, type Predictions, predict, scoreInDetail } from '../train/evaluate.ts'
import type { Kernels } from '../train/kernels/kernels.ts'
import { openKernels } from '../train/kernels/open-kernels.ts'
import type { Network } from '../train/network.ts'
import { openNetwork, type SavedNetwork } from '../train/saved-network.ts'
import type { TrialRecord } from '../trial.ts'

/** A network that a study kept, with the data it was trained on. */
export interface KeptNetwork {
  readonly study: StudyRecord
  readonly trial: TrialRecord
  readonly saved: SavedNetwork
  readonly data: PreparedData
  readonly arithmetic: 'auto' | Kernels['arithmetic']
}

/** The bytes a trial left behind: for the classifier a safetensors file. @throws UserError('not-found') saying which are kept. */
export function keptArtifact(reader: StudyReader, study: StudyRecord, trial: TrialRecord): Uint8Array {
  const artifact = reader.artifact(study.id, trial.number)
  if (artifact !== undefined) return artifact
  const kept = reader
    .bestTrials(study.id, 100)
    .filter(({ number }) => reader.artifact(study.id, number) !== undefined)
  const hint =
    kept.length === 0
      ? 'This study kept none.'
      : `Only the best are kept: ${kept.map(({ number }) => number).join(', ')}. Any other can be run again: finesweep replay.`
  throw new UserError('not-found', `The network of trial ${trial.number} was not kept`, { hint })
}

/** Judges a kept network on its study's test part. @throws UserError('usage') if there is none. */
export function judgeOnTest(kept: KeptNetwork): DetailedScore {
  const examples = kept.data.folds[0]!.test
  if (examples === null || examples.rows.length === 0) {
    throw new UserError('usage', `The data of study "${kept.study.name}" have no test part`)
  }
  return withNetwork(kept, (network) => scoreInDetail(network, examples))
}

/** What a kept network says of the rows of a file. */
export interface FilePredictions extends Predictions {
  /** The share of rows whose label in the file is the one that was predicted; null where the file has no labels. */
  readonly accuracy: number | null
  /** What was ignored or is not known to the study, in sentences without their full stop. */
  readonly remarks: readonly string[]
}

/** Predicts new rows, read as the study read its own. @throws UserError('usage') naming the file and the rule. */
export async function predictFile(kept: KeptNetwork, source: string): Promise<FilePredictions> {
  const { layout, folds } = kept.data
  const { preprocessing, classes } = folds[0]!
  const { values, rows, labels, remarks } = await readUnlabelled(source, preprocessing.columns, layout)
  const inputs = applyPreprocessing(preprocessing, values)
  const all = Uint32Array.from({ length: rows }, (_, row) => row)
  const predictions = withNetwork(kept, (network) => predict(network, inputs, all))
  return { ...predictions, accuracy: accuracyOf(predictions, labels, classes), remarks }
}

function accuracyOf(
  { labels: guesses }: Predictions,
  labels: readonly string[] | null,
  classes: readonly string[],
): number | null {
  if (labels?.every((label) => classes.includes(label)) !== true) return null
  const right = labels.reduce((count, label, row) => count + (classes[guesses[row]!] === label ? 1 : 0), 0)
  return right / labels.length
}

function withNetwork<T>({ saved, arithmetic }: KeptNetwork, use: (network: Network) => T): T {
  const kernels = openKernels({ arithmetic })
  try {
    return use(openNetwork(kernels, saved))
  } finally {
    kernels.close()
  }
}
