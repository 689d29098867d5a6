import { applyPreprocessing } from '../data/apply-preprocessing.ts'
import type { DataSettings } from '../data/data-config.ts'
import type { FittedData } from '../data/fitted-data.ts'
import { isOwnData, readUnlabelled } from '../data/read-unlabelled.ts'
import type { UnlabelledRows } from '../data/table/matched-rows.ts'
import { readTestPart } from '../data/test-part.ts'
import { UserError } from '../errors.ts'
import type { StudyReader, StudyRecord } from '../store/store.ts'
import { type Predictions, predict, predictNumbers } from '../train/evaluate.ts'
import type { Kernels } from '../train/kernels/kernels.ts'
import { openKernels } from '../train/kernels/open-kernels.ts'
import type { Network } from '../train/network.ts'
import { openNetwork, type SavedNetwork } from '../train/saved-network.ts'
import { type TestScore, testScore } from '../train/test-score.ts'
import type { TrialRecord } from '../trial.ts'
import { whyNoAccuracy, whyNoR2 } from './without-score.ts'

/** A network that a study kept, with what was fitted on the data it was trained on. */
export interface KeptNetwork {
  readonly study: StudyRecord
  readonly trial: TrialRecord
  readonly saved: SavedNetwork
  readonly data: FittedData
  /** How the study reads its data. */
  readonly settings: DataSettings
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

/**
 * Evaluates a kept network on its study's test part, which is read again.
 * @throws UserError('usage') if there is none, or the data are gone or have changed.
 */
export async function judgeOnTest(kept: KeptNetwork): Promise<TestScore> {
  const { name, fingerprints } = kept.study
  const examples = await readTestPart(kept.settings, kept.data, fingerprints.data).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error
    const { hint, where } = error
    throw new UserError('usage', `Study "${name}" cannot be evaluated: ${error.message}`, { hint, where })
  })
  if (examples === null) throw new UserError('usage', `The data of study "${name}" have no test part`)
  return withNetwork(kept, (network) => testScore(network, examples, kept.data.target))
}

/** What a kept network says of the rows of a file. */
export interface FilePredictions {
  readonly rows: number
  /** Classes and their probabilities; null where a number is predicted. */
  readonly classes: Predictions | null
  /** The number of each row, in the units of the data; null for classes. */
  readonly numbers: Float64Array | null
  /** Rows without a prediction, since a value is missing; their numbers in the others mean nothing. */
  readonly incomplete: ReadonlySet<number>
  /** The share of rows whose label in the file is the one that was predicted; null where the file has no labels. */
  readonly accuracy: number | null
  /** R² on the rows' own numbers, where the file has them; null otherwise and for classes. */
  readonly r2: number | null
  /** What was ignored or is not known to the study, in sentences without their full stop. */
  readonly remarks: readonly string[]
}

/** Predicts new rows, read as the study read its own. @throws UserError('usage') naming the file and the rule. */
export async function predictFile(kept: KeptNetwork, source: string): Promise<FilePredictions> {
  const { layout, preprocessing, classes, target } = kept.data
  const read = await readUnlabelled(source, preprocessing.columns, layout, {
    config: kept.settings.data,
    classes,
    task: kept.settings.task ?? 'classification',
  })
  const { values, rows, labels, incomplete, remarks } = read
  const isOwn = isOwnData(source, kept.settings.data)
  const inputs = applyPreprocessing(preprocessing, values)
  const all = Uint32Array.from({ length: rows }, (_, row) => row)
  if (target !== undefined) {
    const { mean, deviation } = target
    const said = withNetwork(kept, (network) => predictNumbers(network, inputs, all))
    const numbers = Float64Array.from(said, (value) => mean + deviation * value)
    const r2 = r2Of(numbers, read)
    const why = r2 === null ? whyNoR2(read) : isOwn ? [TRAINED_ON] : []
    return { rows, classes: null, numbers, incomplete, accuracy: null, r2, remarks: [...remarks, ...why] }
  }
  const predictions = withNetwork(kept, (network) => predict(network, inputs, all))
  const accuracy = accuracyOf(predictions, labels, classes, incomplete)
  const why = accuracy === null ? whyNoAccuracy(labels, classes) : isOwn ? [TRAINED_ON] : []
  const said = [...remarks, ...why]
  return { rows, classes: predictions, numbers: null, incomplete, accuracy, r2: null, remarks: said }
}

const TRAINED_ON =
  'most of these rows are those that the network was trained on; how it does on new ones, finesweep evaluate says'

function r2Of(numbers: Float64Array, { labels, labelNumber, incomplete }: UnlabelledRows): number | null {
  const rows = Array.from(numbers.keys()).filter((row) => !incomplete.has(row))
  const truth = rows.map((row) => (labels?.[row] ? labelNumber(labels[row]) : Number.NaN))
  if (truth.length === 0 || truth.some(Number.isNaN)) return null
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length
  const squares = (of: (at: number) => number): number =>
    truth.reduce((sum, value, at) => sum + (value - of(at)) ** 2, 0)
  const spread = squares(() => mean)
  return spread > 0 ? 1 - squares((at) => numbers[rows[at]!]!) / spread : null
}

function accuracyOf(
  { labels: guesses }: Predictions,
  labels: readonly string[] | null,
  classes: readonly string[],
  incomplete: ReadonlySet<number>,
): number | null {
  if (labels?.every((label) => classes.includes(label)) !== true) return null
  const rows = Array.from(labels.keys()).filter((row) => !incomplete.has(row))
  const right = rows.filter((row) => classes[guesses[row]!] === labels[row]).length
  return rows.length === 0 ? null : right / rows.length
}

function withNetwork<T>({ saved, arithmetic }: KeptNetwork, use: (network: Network) => T): T {
  const kernels = openKernels({ arithmetic })
  try {
    return use(openNetwork(kernels, saved))
  } finally {
    kernels.close()
  }
}
