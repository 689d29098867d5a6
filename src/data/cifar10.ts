import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { readBinaryBatch, readBinaryNames } from './cifar10-binary.ts'
import { readPythonBatch, readPythonNames } from './cifar10-python.ts'
import { type DataSet, sharedLabels } from './data-set.ts'
import { IMAGE_BYTES, type ImageBatch, interleavePlanes } from './image-batch.ts'
import { malformed } from './read-file.ts'

const NUM_CLASSES = 10
/** What the published set has: five training batches and one test batch of this many images. */
const PUBLISHED_BATCHES = 5
const PUBLISHED_IMAGES = 10_000

/** One of the two published layouts: how its files are called and read. */
interface Layout {
  readonly words: string
  readonly ending: string
  readonly names: string
  readBatch(file: string): ImageBatch
  readNames(file: string): readonly string[]
}

const BINARY: Layout = {
  words: 'binary layout',
  ending: '.bin',
  names: 'batches.meta.txt',
  readBatch: readBinaryBatch,
  readNames: readBinaryNames,
}
const PYTHON: Layout = {
  words: 'Python layout',
  ending: '',
  names: 'batches.meta',
  readBatch: readPythonBatch,
  readNames: readPythonNames,
}

/**
 * Reads a folder of CIFAR-10 batches, in the layout that lies there; both give the same bytes and the same hash.
 * Batches 1 .. k without a gap and the test batch are read, each of them whole, or nothing.
 * Source: A. Krizhevsky, the CIFAR-10 page (file formats), https://www.cs.toronto.edu/~kriz/cifar.html
 */
export function readCifar10(folder: string): DataSet {
  const files = listFolder(folder)
  const layout = layoutOf(files)
  if (layout === null) throw wrongFolder(folder, files)
  const numbers = batchNumbers(folder, files, layout)
  const trainFiles = numbers.map((number) => path.join(folder, `data_batch_${number}${layout.ending}`))
  const testFile = path.join(folder, `test_batch${layout.ending}`)
  for (const name of [path.basename(testFile), layout.names]) {
    if (!files.includes(name)) throw missing(folder, name)
  }
  const classes = layout.readNames(path.join(folder, layout.names))
  if (classes.length !== NUM_CLASSES) {
    throw malformed(
      path.join(folder, layout.names),
      `must name ${NUM_CLASSES} classes, got ${classes.length}`,
    )
  }
  // Each file goes into its place as soon as it is read: the set is in memory once, and never beside its files.
  const memory = new SharedArrayBuffer(sum([...trainFiles, testFile].map(mostImages)) * IMAGE_BYTES)
  const read: ReadFile[] = []
  let rows = 0
  for (const file of [...trainFiles, testFile]) {
    const batch = layout.readBatch(file)
    checkBatch(file, batch)
    interleavePlanes(batch, new Uint8Array(memory, rows * IMAGE_BYTES))
    release(batch)
    rows += batch.labels.length
    read.push({ file, labels: batch.labels })
  }
  checkPublishedSizes(folder, read, layout)
  const testRows = read.at(-1)!.labels.length
  const labels = Uint8Array.from(read.flatMap((each) => [...each.labels]))
  return {
    source: `cifar10 (${layout.words})`,
    shape: [32, 32, 3],
    values: new Uint8Array(memory, 0, rows * IMAGE_BYTES),
    columns: IMAGE_BYTES,
    labels: sharedLabels(labels, NUM_CLASSES),
    classes,
    testRows,
    usualSplit: usualSplit(rows - testRows, testRows),
    layout: null,
    remarks: [],
    cautions: [],
  }
}

/** A file whose images are in their place. */
interface ReadFile {
  readonly file: string
  readonly labels: Uint8Array
}

/** Gives a file's memory back at once: a collection that comes later would leave all files in memory side by side. */
function release({ planes }: ImageBatch): void {
  // Small buffers share their memory with others.
  if (planes.buffer instanceof ArrayBuffer && planes.buffer.byteLength > 2 ** 20) planes.buffer.transfer(0)
}

/** How many images a file can hold at most, by its size. */
function mostImages(file: string): number {
  return Math.min(PUBLISHED_IMAGES, Math.floor(statSync(file).size / IMAGE_BYTES))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Whether a folder's files look like CIFAR-10 batches. */
export function isCifar10(files: readonly string[]): boolean {
  return layoutOf(files) !== null
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'it is a file' : code
    throw new UserError(
      'usage',
      `cifar10: path must be the folder that contains the batches, got ${folder}: ${reason}`,
      {
        hint: 'Paths in a study file are relative to its folder.',
        cause: error,
      },
    )
  }
}

function layoutOf(files: readonly string[]): Layout | null {
  if (files.some((name) => /^(data_batch_\d+|test_batch)\.bin$/.test(name))) return BINARY
  if (files.some((name) => /^(data_batch_\d+|test_batch)$/.test(name))) return PYTHON
  return null
}

function wrongFolder(folder: string, files: readonly string[]): UserError {
  const inside = files.find((name) => /^cifar-10-batches-(bin|py)$/.test(name))
  const packed = files.find((name) => /^cifar-10-.*\.tar\.gz$/.test(name))
  const hint =
    inside !== undefined
      ? `Did you mean ${path.join(folder, inside)}?`
      : packed !== undefined
        ? `Unpack ${packed} first.`
        : 'It should contain files named data_batch_1.bin or data_batch_1.'
  return new UserError('usage', `cifar10: no batches found in ${folder}`, { hint })
}

function missing(folder: string, name: string): UserError {
  return malformed(path.join(folder, name), 'is missing', 'All files of the data set are needed.')
}

/** The training batches' numbers, 1 .. k. */
function batchNumbers(folder: string, files: readonly string[], { ending }: Layout): number[] {
  const found = new Set(files)
  const last = Math.max(
    1,
    ...files.map((name) => Number(/^data_batch_(\d{1,3})(\.bin)?$/.exec(name)?.[1] ?? 0)),
  )
  return Array.from({ length: last }, (_, i) => {
    const name = `data_batch_${i + 1}${ending}`
    if (!found.has(name)) throw missing(folder, name)
    return i + 1
  })
}

function checkBatch(file: string, { labels }: ImageBatch): void {
  if (labels.length === 0) throw malformed(file, 'contains no images')
  if (labels.length > PUBLISHED_IMAGES) {
    throw malformed(file, `contains ${labels.length} images; a batch has at most ${PUBLISHED_IMAGES}`)
  }
  labels.forEach((label, i) => {
    if (label >= NUM_CLASSES) {
      throw malformed(
        file,
        `has the label ${label} in record ${i + 1}; labels must be 0 to 9`,
        undefined,
        i + 1,
      )
    }
  })
}

/** A batch of 10,000 is one of the published six, and then the others must be there, and as long: none is cut short. */
function checkPublishedSizes(folder: string, read: readonly ReadFile[], { ending }: Layout): void {
  const full = read.find(({ labels }) => labels.length === PUBLISHED_IMAGES)
  if (full === undefined) return
  const short = read.find(({ labels }) => labels.length < PUBLISHED_IMAGES)
  if (short !== undefined) {
    throw malformed(
      short.file,
      `contains ${short.labels.length} images, but ${path.basename(full.file)} has ${PUBLISHED_IMAGES}; it is truncated`,
      'Download it again.',
    )
  }
  if (read.length <= PUBLISHED_BATCHES) throw missing(folder, `data_batch_${read.length}${ending}`)
}

/** 40,000 / 5,000 / 5,000 of the published set; of less, a tenth of the training rows is the validation part. */
function usualSplit(trainRows: number, testRows: number): DataSet['usualSplit'] {
  const test = Math.min(testRows, 5_000)
  if (trainRows === PUBLISHED_BATCHES * PUBLISHED_IMAGES) return { train: 40_000, valid: 5_000, test }
  const valid = Math.max(1, Math.round(trainRows / 10))
  return { train: trainRows - valid, valid, test }
}
