import { type DataImages, MOST_SAMPLES } from '../../picture/figures/data.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'
import { readWinner, winnerFirst } from '../../study/winning-trial.ts'
import { attempt, readStudyData } from './study-data.ts'

/** More columns of samples would not be seen. */
const MOST_CLASSES = 20

/** What pictures of a study's data could be made, or why none. */
export interface StudyImages {
  readonly images: DataImages | null
  /** Why there is nothing; empty if there is something. */
  readonly reason: string
}

/**
 * Collects the mean image, samples of each class, and the first layer of a kept network. Never fails for what is gone:
 * the reason is part of the result.
 * @param number the trial whose network is shown; the winner by default, or else the best whose network was kept
 */
export async function readStudyImages(
  reader: StudyReader,
  study: StudyRecord,
  number: number | undefined,
): Promise<StudyImages> {
  const { settings, data, reason } = await readStudyData(study)
  if (settings === null) return { images: null, reason }
  const notes = data === null ? [`The data set cannot be read, so no samples are shown: ${reason}`] : []
  const shape = imageShape(data === null ? guessShape(settings.data) : data.shape)
  if (shape === null) {
    return { images: null, reason: [...notes, 'The rows of the data set are not images.'].join(' ') }
  }
  const network = await keptNetwork(reader, study, number)
  const { preprocess } = settings
  const isRaw = (preprocess as { pca?: unknown }).pca == null
  const columns = shape[0] * shape[1] * shape[2]
  const weights = network !== null && isRaw ? firstLayer(network.weights, columns) : []
  return {
    images: {
      shape,
      mean: network !== null && isRaw ? meanOf(network.shift, network.scale, columns) : null,
      samples: data === null ? [] : samplesOf(data, columns),
      classes: data?.classes.length ?? 0,
      weights,
      units: weights.length,
      trial: network?.trial ?? null,
      notes: [
        ...notes,
        ...(network === null
          ? [
              `No network of ${number === undefined ? 'this study' : `trial ${number}`} is kept, so neither a mean image nor a first layer is shown.`,
            ]
          : []),
        ...(data !== null && data.classes.length > MOST_CLASSES
          ? [`Samples of the first ${MOST_CLASSES} of ${data.classes.length} classes.`]
          : []),
        ...(isRaw
          ? []
          : ['The network is given principal components, so its first layer cannot be shown as images.']),
      ],
    },
    reason: '',
  }
}

/** The shape that a source always has, for a data set that is not at hand. */
function guessShape(data: { readonly source: string }): readonly number[] {
  return data.source === 'cifar10' ? [32, 32, 3] : []
}

function imageShape(shape: readonly number[]): DataImages['shape'] | null {
  const [rows = 0, columns = 0, channels = 1] = shape
  const isImage =
    (shape.length === 2 || (shape.length === 3 && (channels === 1 || channels === 3))) &&
    rows > 1 &&
    columns > 1
  return isImage ? [rows, columns, channels] : null
}

/** The kept network of that trial, or of the winner, or of the best that has one. */
async function keptNetwork(reader: StudyReader, study: StudyRecord, number: number | undefined) {
  const { decodeNetwork } = await import('../../train/saved-network.ts')
  const numbers =
    number === undefined
      ? winnerFirst(reader, study, readWinner(reader, study), 20).map((trial) => trial.number)
      : [number]
  for (const trial of numbers) {
    const bytes = reader.artifact(study.id, trial)
    const saved = bytes === undefined ? null : await attempt(() => decodeNetwork(bytes))
    if (saved === null || typeof saved === 'string') continue
    const first = Object.values(saved.state).find((tensor) => tensor.shape.length === 2)
    return { trial, shift: saved.shift, scale: saved.scale, weights: first }
  }
  return null
}

/** What was subtracted from each pixel, if something was; 0 to 255. */
function meanOf(shift: Float32Array, scale: Float32Array, columns: number): Float32Array | null {
  if (shift.length < columns || scale.length < columns) return null
  const mean = shift.subarray(0, columns)
  if (mean.every((value) => value === 0)) return null
  return stretch(mean)
}

/** Values of bytes stay; those in [0, 1] are stretched to 0 to 255. */
function stretch(values: Float32Array): Float32Array {
  const most = values.reduce((high, value) => Math.max(high, value), 0)
  return most > 1 ? values : values.map((value) => value * 255)
}

function samplesOf(
  data: {
    readonly values: Uint8Array | Float32Array | Float64Array
    readonly labels: ArrayLike<number>
    readonly classes: readonly string[]
    readonly testRows: number
  },
  columns: number,
): DataImages['samples'] {
  const rows = data.labels.length - data.testRows
  const images: number[][] = data.classes.map(() => [])
  for (let row = 0; row < rows; row++) {
    const found = images[data.labels[row]!]
    if (found !== undefined && found.length < MOST_SAMPLES) found.push(row)
  }
  let most = data.values instanceof Uint8Array ? 255 : 0
  if (most === 0) for (const value of data.values.subarray(0, 100 * columns)) most = Math.max(most, value)
  const factor = most > 1 ? (most > 255 ? 255 / most : most <= 16 ? 255 / 16 : 1) : 255
  return data.classes.slice(0, MOST_CLASSES).map((name, label) => ({
    name,
    images: images[label]!.map((row) =>
      Float32Array.from(data.values.subarray(row * columns, (row + 1) * columns), (value) => value * factor),
    ),
  }))
}

/** A row of weights for each unit. Inputs that are not pixels (a column of ones) are left out. */
function firstLayer(
  tensor: { readonly shape: readonly number[]; readonly data: ArrayLike<number> } | undefined,
  columns: number,
): Float32Array[] {
  if (tensor === undefined) return []
  const [rows = 0, width = 0] = tensor.shape
  if (rows >= columns && rows <= columns + 1) {
    // (inputs, units)
    return Array.from({ length: width }, (_, unit) =>
      Float32Array.from({ length: columns }, (_, input) => tensor.data[input * width + unit]!),
    )
  }
  if (width < columns || width > columns + 1) return []
  return Array.from({ length: rows }, (_, unit) =>
    Float32Array.from({ length: columns }, (_, input) => tensor.data[unit * width + input]!),
  )
}
