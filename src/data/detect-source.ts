import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { isCifar10 } from './cifar10.ts'
import { isCifar100 } from './cifar100.ts'
import { type DataConfig, dataSchema } from './data-config.ts'
import { isFolder } from './read-data-set.ts'
import { readWholeFile } from './read-file.ts'
import { isArff } from './table/arff-file.ts'
import { CONVERT_IMAGES, decodeText } from './table/decode-text.ts'
import { detectDialect } from './table/dialect.ts'
import { isParquet } from './table/parquet-file.ts'

/** How the file of labels beside an array of inputs may be called. */
function labelNames(inputs: string): readonly string[] {
  const names = [
    inputs.replace(/data|inputs|images/i, 'labels'),
    inputs.replace(/x(?=[._-])/i, 'y'),
    inputs.replace(/\.npy$/, '-labels.npy'),
    'labels.npy',
    'y.npy',
  ]
  return names.filter((name) => name !== inputs)
}

/**
 * The data block for what lies at a path: a folder of CIFAR-10 or IDX files, a table, an array with its labels beside
 * it, an IDX images file; or `generated` for the embedded set.
 * @throws UserError `usage` if nothing there is known.
 */
export function detectSource(source: string): DataConfig {
  if (source === 'generated') return dataSchema.parse({ source })
  const file = path.resolve(source)
  if (!existsSync(file)) {
    throw new UserError('usage', `No data found at ${source}: no such file or folder`, {
      hint: 'Pass a folder, a file or "generated".',
    })
  }
  const found = isFolder(file) ? inFolder(file) : fromFile(file)
  if (found !== null) return dataSchema.parse(found)
  throw new UserError('usage', `${source} is not a readable data set`, {
    hint: `Supported: tables in text, Parquet and ARFF files, CIFAR-10 folders, .npy arrays with labels next to them, .npz archives, and IDX files. ${CONVERT_IMAGES}`,
  })
}

function inFolder(folder: string): unknown {
  const files = readdirSync(folder).sort()
  if (isCifar100(files)) return { source: 'cifar100', path: folder }
  if (isCifar10(files)) return { source: 'cifar10', path: folder }
  if (files.some((name) => /-images[.-]idx\d-ubyte(\.gz)?$/.test(name)))
    return { source: 'idx', path: folder }
  const inputs = files.filter((name) => /^(x|data|inputs|images)([._-].*)?\.npy$/i.test(name))
  const test = inputs.find(isTestFile)
  const train = inputs.find((name) => !isTestFile(name))
  if (train !== undefined) return arrayPair(folder, train, test)
  // A folder that is almost one of CIFAR-10's gets that reader's word on what is missing.
  const nearly = files.some((name) => /^(cifar-10-.*|batches\.meta.*)$/.test(name))
  return nearly ? { source: 'cifar10', path: folder } : null
}

function isTestFile(name: string): boolean {
  return /(^|[._-])(test|valid|val)([._-]|$)/i.test(name)
}

function fromFile(file: string): unknown {
  const [folder, name] = [path.dirname(file), path.basename(file)]
  if (/-images[.-]idx\d-ubyte(\.gz)?$/.test(name)) {
    const labels = name.replace(/-images([.-])idx\d/, '-labels$1idx1')
    return { source: 'idx', path: file, labels: path.join(folder, labels) }
  }
  if (name.endsWith('.npy')) return arrayPair(folder, name)
  if (name.endsWith('.npz')) return { source: 'npz', path: file }
  // Tables are known by what they hold, not by how they are called.
  const start = firstBytes(file)
  if (isParquet(start)) return { source: 'parquet', path: file }
  if (isArff(start.toString('latin1'))) return { source: 'arff', path: file }
  const columns = columnsOfText(file)
  if (columns > 1) return { source: 'csv', path: file }
  if (columns === 0) return null
  throw new UserError('usage', `${name} has one column; a table needs inputs and a label`, {
    hint: 'If its cells are separated by an unusual character, set delimiter. A file of labels belongs next to its inputs.',
    where: { file },
  })
}

/** Enough of a file to know its format. */
function firstBytes(file: string): Buffer {
  return readWholeFile(file).subarray(0, 65_536)
}

/** How many cells the first row of a text has; 0 if there is none. */
function columnsOfText(file: string): number {
  const { content } = decodeText(file, null)
  const { sample } = detectDialect(file, content, {
    delimiter: null,
    decimal: '.',
    thousands: null,
    comment: null,
    skip: 0,
  })
  return sample[0]?.length ?? 0
}

/** The array of inputs in a folder with its labels beside it, and those of the test part if there are any. */
function arrayPair(folder: string, name: string, testName?: string): unknown {
  const pair = { source: 'npy', path: path.join(folder, name), labels: labelsBeside(folder, name) }
  if (testName === undefined) return pair
  return { ...pair, test: path.join(folder, testName), testLabels: labelsBeside(folder, testName) }
}

function labelsBeside(folder: string, name: string): string {
  const candidates = labelNames(name)
  const labels = candidates.find((other) => existsSync(path.join(folder, other)))
  if (labels !== undefined) return path.join(folder, labels)
  throw new UserError('usage', `${name} needs its labels next to it, in a file named ${candidates[0]}`, {
    where: { file: path.join(folder, name) },
  })
}
