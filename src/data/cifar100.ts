import { readdirSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { readBinaryNames } from './cifar10-binary.ts'
import { pythonImages, readDictionary, readPythonNames } from './cifar10-python.ts'
import { type DataSet, sharedBytes, sharedLabels } from './data-set.ts'
import { IMAGE_BYTES, type ImageBatch, interleavePlanes } from './image-batch.ts'
import { malformed, readWholeFile } from './read-file.ts'

/** The 100 fine classes, or the 20 coarse ones that they belong to. */
export type Cifar100Labels = 'fine' | 'coarse'

/** A coarse label, a fine one, then 1,024 bytes each of red, green and blue. */
const RECORD_BYTES = 3_074

/** Whether a folder's files look like CIFAR-100. */
export function isCifar100(files: readonly string[]): boolean {
  return layoutOf(files) !== null
}

/**
 * Reads a folder with CIFAR-100's training and test file, in the binary or the Python layout.
 * Source: A. Krizhevsky, the CIFAR-100 page (file formats), https://www.cs.toronto.edu/~kriz/cifar.html
 */
export function readCifar100(folder: string, labels: Cifar100Labels): DataSet {
  const layout = layoutOf(filesOf(folder))
  if (layout === null) {
    throw new UserError('usage', `cifar100: no train and test files found in ${folder}`, {
      hint: 'It should contain files named train.bin and test.bin, or train, test and meta.',
    })
  }
  const at = (name: string): string => path.join(folder, name)
  const [train, test] =
    layout === 'binary'
      ? [readBinary(at('train.bin'), labels), readBinary(at('test.bin'), labels)]
      : [readPython(at('train'), labels), readPython(at('test'), labels)]
  const classes =
    layout === 'binary'
      ? readBinaryNames(at(`${labels}_label_names.txt`))
      : readPythonNames(at('meta'), `${labels}_label_names`)
  const rows = train.labels.length + test.labels.length
  const values = sharedBytes(rows * IMAGE_BYTES)
  interleavePlanes(train, values)
  interleavePlanes(test, values.subarray(train.labels.length * IMAGE_BYTES))
  const all = Uint8Array.from([...train.labels, ...test.labels])
  const wrong = all.findIndex((label) => label >= classes.length)
  if (wrong >= 0) {
    throw new UserError(
      'usage',
      `cifar100: image ${wrong + 1} has the label ${all[wrong]}, but there are ${classes.length} classes`,
      {
        where: { file: folder },
      },
    )
  }
  return {
    source: `cifar100 (${layout === 'binary' ? 'binary' : 'Python'} layout, ${labels} labels)`,
    shape: [32, 32, 3],
    values,
    columns: IMAGE_BYTES,
    labels: sharedLabels(all, classes.length),
    classes,
    testRows: test.labels.length,
    usualSplit: null,
    layout: null,
    remarks: [],
    cautions: [],
  }
}

/** The images of one file, in the layout that its name tells. */
export function readCifar100Batch(file: string, labels: Cifar100Labels): ImageBatch {
  return file.endsWith('.bin') ? readBinary(file, labels) : readPython(file, labels)
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new UserError(
      'usage',
      `cifar100: ${folder} can't be read (${(error as NodeJS.ErrnoException).code})`,
      {
        hint: 'Paths in a study file are relative to its folder.',
        cause: error,
      },
    )
  }
}

function layoutOf(files: readonly string[]): 'binary' | 'python' | null {
  const has = (...names: string[]): boolean => names.every((name) => files.includes(name))
  if (has('train.bin', 'test.bin', 'fine_label_names.txt')) return 'binary'
  return has('train', 'test', 'meta') ? 'python' : null
}

function readBinary(file: string, labels: Cifar100Labels): ImageBatch {
  const bytes = readWholeFile(file)
  const images = Math.floor(bytes.length / RECORD_BYTES)
  if (bytes.length % RECORD_BYTES !== 0) {
    throw malformed(
      file,
      `must consist of whole records of ${RECORD_BYTES} bytes, got ${bytes.length} bytes: ${images} records and ${bytes.length % RECORD_BYTES} extra bytes`,
      'It is truncated, or not a CIFAR-100 file.',
    )
  }
  const place = labels === 'fine' ? 1 : 0
  const numbers = Uint8Array.from({ length: images }, (_, i) => bytes[i * RECORD_BYTES + place]!)
  return { labels: numbers, planes: bytes, offset: 2, stride: RECORD_BYTES }
}

function readPython(file: string, labels: Cifar100Labels): ImageBatch {
  return pythonImages(file, readDictionary(file), `${labels}_labels`)
}
