import path from 'node:path'
import { UserError } from '../errors.ts'
import { type FileArray, rowShape, shareValues } from './array-data.ts'
import { readBinaryBatch } from './cifar10-binary.ts'
import { readPythonBatch } from './cifar10-python.ts'
import { type InputLayout, sharedBytes, type Values } from './data-set.ts'
import { detectSource } from './detect-source.ts'
import { readIdx } from './idx.ts'
import { IMAGE_BYTES, type ImageBatch, interleavePlanes } from './image-batch.ts'
import { readNpy } from './npy.ts'
import { readNpzInputs } from './npz.ts'
import { isFolder, loadDataSet } from './read-data-set.ts'
import { malformed } from './read-file.ts'
import { readMatchedRows, readPlainRows, type UnlabelledRows } from './table/matched-rows.ts'

/**
 * Reads rows as a study read its own: a table by the names or the order of its columns, with or without the label; an
 * array, an IDX images file, one CIFAR-10 batch, or a whole data set whose labels are left aside.
 * @param columns how many inputs a row must have
 * @param layout how the study's table was read; null if it was none
 * @throws UserError `usage` that names the file and the rule
 */
export async function readUnlabelled(
  source: string,
  columns: number,
  layout: InputLayout | null,
): Promise<UnlabelledRows> {
  if (layout !== null && source !== 'generated') return readMatchedRows(source, layout)
  const read = source !== 'generated' && !isFolder(source) ? readRowsOf(source) : null
  if (read === null && source !== 'generated' && !isFolder(source)) return readPlainRows(source, columns)
  const { values, columns: found } = read ?? (await loadDataSet(detectSource(source), 'classification'))
  if (found !== columns) {
    throw new UserError('usage', `The rows have ${found} inputs each; ${columns} are expected`, {
      hint: 'They must be like the rows that the network was trained on.',
      where: { file: source },
    })
  }
  return { values, rows: values.length / columns, columns, labels: null, remarks: [] }
}

type ReadRows = { readonly values: Values; readonly columns: number }

/** The rows of one file; null if its name is of no known format. */
function readRowsOf(file: string): ReadRows | null {
  const name = path.basename(file)
  if (name.endsWith('.npy')) return rowsOf(readNpy(file))
  if (name.endsWith('.npz')) return rowsOf(readNpzInputs(file, undefined))
  if (/idx\d-ubyte(\.gz)?$/.test(name)) return rowsOf(readIdx(file))
  if (name.endsWith('.bin')) return rowsOfBatch(file, readBinaryBatch(file))
  if (/^(data_batch_\d+|test_batch)$/.test(name)) return rowsOfBatch(file, readPythonBatch(file))
  return null
}

function rowsOf(array: FileArray): ReadRows {
  const { columns } = rowShape(array)
  return { values: shareValues(array, columns), columns }
}

function rowsOfBatch(file: string, batch: ImageBatch): ReadRows {
  if (batch.labels.length === 0) throw malformed(file, 'contains no images')
  const values = sharedBytes(batch.labels.length * IMAGE_BYTES)
  interleavePlanes(batch, values)
  return { values, columns: IMAGE_BYTES }
}
