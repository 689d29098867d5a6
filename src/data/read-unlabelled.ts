import path from 'node:path'
import { UserError } from '../errors.ts'
import { type FileArray, labelTexts, rowShape, shareValues } from './array-data.ts'
import { readBinaryBatch } from './cifar10-binary.ts'
import { readPythonBatch } from './cifar10-python.ts'
import { readCifar100Batch } from './cifar100.ts'
import { type DataConfig, dataPath, type Task } from './data-config.ts'
import { type InputLayout, sharedBytes, type Values } from './data-set.ts'
import { detectSource } from './detect-source.ts'
import { readIdx } from './idx.ts'
import { IMAGE_BYTES, type ImageBatch, interleavePlanes } from './image-batch.ts'
import { readNpy } from './npy.ts'
import { readNpzRows } from './npz.ts'
import { isFolder, loadDataSet } from './read-data-set.ts'
import { malformed } from './read-file.ts'
import { readMatchedRows, readPlainRows, type UnlabelledRows } from './table/matched-rows.ts'

/** What a study's own data were. */
export interface StudyData {
  /** How they were read; null if that is not known. */
  readonly config: DataConfig | null
  /** What its network tells apart. */
  readonly classes: readonly string[]
  readonly task: Task
}

/**
 * Reads rows as a study read its own: a table by the names or the order of its columns, with or without the label; an
 * array, an archive, an IDX images file, one CIFAR batch, or a whole data set. Labels come along where they are known:
 * in a table, an archive, a batch, a whole data set, and in whatever the study itself was trained on.
 * @param columns how many inputs a row must have
 * @param layout how the study's table was read; null if it was none
 * @throws UserError `usage` that names the file and the rule
 */
export async function readUnlabelled(
  source: string,
  columns: number,
  layout: InputLayout | null,
  study: StudyData = { config: null, classes: [], task: 'classification' },
): Promise<UnlabelledRows> {
  if (layout !== null && source !== 'generated') return readMatchedRows(source, layout)
  const whole = wholeSet(source, study.config)
  const read = whole === null ? readRowsOf(source, study) : await readWholeSet(source, whole, study.task)
  if (read === null) return readPlainRows(source, columns)
  const { values, columns: found, labels } = read
  if (found !== columns) {
    throw new UserError('usage', `The rows have ${found} inputs each; ${columns} are expected`, {
      hint: 'They must have the same form as the rows that the network was trained on.',
      where: { file: source },
    })
  }
  const rows = values.length / columns
  return { values, rows, columns, labels, labelNumber: Number, incomplete: new Set(), remarks: [] }
}

/** The data block for a source that is read with its labels: a folder, or what the study names; null for another file. */
function wholeSet(source: string, config: DataConfig | null): DataConfig | null {
  if (source === 'generated') return config?.source === 'generated' ? config : detectSource(source)
  if (config !== null && isOwnData(source, config)) return config
  if (!isFolder(source)) return null
  const found = detectSource(source)
  return found.source === 'cifar100' && config?.source === 'cifar100'
    ? { ...found, labels: config.labels }
    : found
}

/** Whether a source is what a study was trained on, the test part that it may have in another file aside. */
export function isOwnData(source: string, config: DataConfig): boolean {
  if (source === 'generated') return config.source === 'generated'
  const own = dataPath(config)
  return own !== null && path.resolve(source) === path.resolve(own)
}

type ReadRows = {
  readonly values: Values
  readonly columns: number
  readonly labels: readonly string[] | null
}

/** A data set with its labels. The test part of a file's study lies in another file or array, and is left aside. */
async function readWholeSet(source: string, config: DataConfig, task: Task): Promise<ReadRows> {
  const data = await loadDataSet(config, task)
  const { columns, testRows, classes } = data
  const rows = data.labels.length - (source === 'generated' || isFolder(source) ? 0 : testRows)
  const labels =
    data.targets === undefined
      ? Array.from(data.labels.subarray(0, rows), (label) => classes[label]!)
      : Array.from(data.targets.subarray(0, rows), String)
  return { values: data.values.subarray(0, rows * columns), columns, labels }
}

/** The rows of one file; null if its name is of no known format. */
function readRowsOf(file: string, { config, classes }: StudyData): ReadRows | null {
  const name = path.basename(file)
  if (name.endsWith('.npy')) return rowsOf(readNpy(file), null)
  if (name.endsWith('.npz')) {
    const { inputs, labels } = readNpzRows(file, config?.source === 'npz' ? config : {})
    return rowsOf(inputs, labels)
  }
  if (/idx\d-ubyte(\.gz)?$/.test(name)) return rowsOf(readIdx(file), null)
  if (config?.source === 'cifar100' && /^(train|test)(\.bin)?$/.test(name)) {
    return rowsOfBatch(file, readCifar100Batch(file, config.labels), classes)
  }
  if (name.endsWith('.bin')) return rowsOfBatch(file, readBinaryBatch(file), classes)
  if (/^(data_batch_\d+|test_batch)$/.test(name)) return rowsOfBatch(file, readPythonBatch(file), classes)
  return null
}

function rowsOf(array: FileArray, labels: FileArray | null): ReadRows {
  const { columns } = rowShape(array)
  const rows = array.shape[0]!
  return {
    values: shareValues(array, columns),
    columns,
    labels: labels?.shape[0] === rows ? predictedTexts(labels) : null,
  }
}

/** Labels as texts, numbers that are to be predicted included. */
function predictedTexts(labels: FileArray): readonly string[] {
  const { values, texts } = labels
  const measured =
    texts === undefined && Array.prototype.some.call(values, (value) => !Number.isInteger(value))
  return measured ? Array.from(values, String) : labelTexts(labels)
}

function rowsOfBatch(file: string, batch: ImageBatch, classes: readonly string[]): ReadRows {
  if (batch.labels.length === 0) throw malformed(file, 'contains no images')
  const values = sharedBytes(batch.labels.length * IMAGE_BYTES)
  interleavePlanes(batch, values)
  const known = batch.labels.every((label) => label < classes.length)
  const labels = known ? Array.from(batch.labels, (label) => classes[label]!) : null
  return { values, columns: IMAGE_BYTES, labels }
}
