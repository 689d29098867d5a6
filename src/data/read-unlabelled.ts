import path from 'node:path'
import { UserError } from '../errors.ts'
import { type FileArray, rowShape, shareValues } from './array-data.ts'
import { readBinaryBatch } from './cifar10-binary.ts'
import { readPythonBatch } from './cifar10-python.ts'
import { readCsv } from './csv.ts'
import { sharedBytes } from './data-set.ts'
import { detectSource } from './detect-source.ts'
import { readIdx } from './idx.ts'
import { IMAGE_BYTES, type ImageBatch, interleavePlanes } from './image-batch.ts'
import { readNpy } from './npy.ts'
import { isFolder, readDataSet } from './read-data-set.ts'
import { malformed } from './read-file.ts'

/** Rows to be predicted, as read: (rows, columns) row-major, in shared memory. */
export interface UnlabelledRows {
  readonly values: Uint8Array | Float32Array
  readonly rows: number
  readonly columns: number
}

/**
 * Reads rows without their labels: a table, an array, an IDX images file, one CIFAR-10 batch, or a whole data set
 * whose labels are left aside. A table may have one column more than wanted: its last one is taken for the labels.
 * @param columns how many inputs a row must have
 * @throws UserError `usage` that names the file and the rule
 */
export function readUnlabelled(source: string, columns: number): UnlabelledRows {
  const read = source !== 'generated' && !isFolder(source) ? readRowsOf(source, columns) : null
  const data = read ?? readDataSet(detectSource(source))
  if (data.columns !== columns) {
    throw new UserError('usage', `The rows have ${data.columns} inputs each; ${columns} are wanted`, {
      hint: 'They must be of the kind that the network was trained on.',
      where: { file: source },
    })
  }
  return { values: data.values, rows: data.values.length / columns, columns }
}

/** The rows of one file; null if it is none that is known by its name. */
function readRowsOf(
  file: string,
  columns: number,
): { values: Uint8Array | Float32Array; columns: number } | null {
  const name = path.basename(file)
  const table = /\.(csv|tsv)(\.gz)?$/i.exec(name)
  if (table !== null) {
    const delimiter = table[1]!.toLowerCase() === 'tsv' ? '\t' : ','
    const read = readCsv(file, { delimiter, header: 'detect', label: -1, inputs: columns })
    const array = { file, shape: [read.values.length / read.columns, read.columns], values: read.values }
    return { values: shareValues(array, read.columns), columns: read.columns }
  }
  if (name.endsWith('.npy')) return rowsOf(readNpy(file))
  if (/idx\d-ubyte(\.gz)?$/.test(name)) return rowsOf(readIdx(file))
  if (name.endsWith('.bin')) return rowsOfBatch(file, readBinaryBatch(file))
  if (/^(data_batch_\d+|test_batch)$/.test(name)) return rowsOfBatch(file, readPythonBatch(file))
  return null
}

function rowsOf(array: FileArray): { values: Uint8Array | Float32Array; columns: number } {
  const { columns } = rowShape(array)
  return { values: shareValues(array, columns), columns }
}

function rowsOfBatch(file: string, batch: ImageBatch): { values: Uint8Array; columns: number } {
  if (batch.labels.length === 0) throw malformed(file, 'holds no image')
  const values = sharedBytes(batch.labels.length * IMAGE_BYTES)
  interleavePlanes(batch, values)
  return { values, columns: IMAGE_BYTES }
}
