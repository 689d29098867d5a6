import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { type FileArray, labelTexts, rowShape, shareValues } from './array-data.ts'
import { dataCautions } from './cautions.ts'
import { readCifar10 } from './cifar10.ts'
import { numberClasses } from './class-labels.ts'
import { type DataConfig, dataPath, type Task } from './data-config.ts'
import type { DataSet } from './data-set.ts'
import { generateTextures } from './generated.ts'
import { readIdx } from './idx.ts'
import { readNpy } from './npy.ts'
import { malformed } from './read-file.ts'
import { openCsv, openLike } from './table/csv-file.ts'
import { tableSet } from './table/table-set.ts'

type Config<S extends DataConfig['source']> = Extract<DataConfig, { source: S }>

/**
 * Reads or makes the data set, whole, and checks what every source must give: at least two classes that occur.
 * @throws UserError `usage` that names the file and the rule.
 */
export function readDataSet(config: DataConfig, task: Task = 'auto'): DataSet {
  const data = readSource(config, task)
  const first = data.labels[0]
  if (data.labels.every((label) => label === first)) {
    const file = dataPath(config)
    throw new UserError(
      'usage',
      `The ${data.labels.length} rows are all of one class, "${data.classes[first ?? 0] ?? ''}"; a classifier needs two`,
      file === null ? {} : { where: { file } },
    )
  }
  return { ...data, cautions: [...data.cautions, ...dataCautions(data)] }
}

function readSource(config: DataConfig, task: Task): DataSet {
  switch (config.source) {
    case 'generated':
      return generateTextures(config.count, config.seed)
    case 'cifar10':
      return readCifar10(config.path)
    case 'csv':
      return readCsvSet(config, task)
    case 'npy':
      return fromArrays('npy', npyPairs(config))
    case 'idx':
      return fromArrays(
        'idx',
        idxPairs(config).map(([x, y]) => [readIdx(x), readIdx(y)] as const),
      )
  }
}

function readCsvSet(config: Config<'csv'>, task: Task): DataSet {
  const { label, header, skip } = config
  const keys = [label, ...(config.columns ?? []), ...(config.drop ?? []), ...config.categorical]
  const named = keys.some((key) => typeof key === 'string')
  const first = openCsv(dataPath(config)!, {
    delimiter: config.delimiter === 'detect' ? null : config.delimiter === 'tab' ? '\t' : config.delimiter,
    decimal: config.decimal === 'detect' ? null : config.decimal,
    thousands: config.thousands ?? null,
    comment: config.comment ?? null,
    encoding: config.encoding ?? null,
    ...{ header, label, named, skip },
  })
  const test = config.test === undefined ? null : openLike(config.test, first.form!, label)
  return tableSet('csv', first, test, { ...config, sure: task === 'classification' })
}

/** One data set from a pair of inputs and labels; a second pair is its test part. */
function fromArrays(
  source: string,
  pairs: readonly (readonly [inputs: FileArray, labels: FileArray])[],
): DataSet {
  const [inputs] = pairs[0]!
  const { shape, columns } = rowShape(inputs)
  for (const [x, y] of pairs) {
    if (rowShape(x).shape.join() !== shape.join()) {
      throw malformed(
        x.file,
        `has rows of ${x.shape.slice(1).join(' x ')}, ${path.basename(inputs.file)} of ${shape.join(' x ')}`,
      )
    }
    if (x.shape[0] !== y.shape[0]) {
      throw malformed(
        y.file,
        `has ${y.shape[0]} labels for the ${x.shape[0]} rows of ${path.basename(x.file)}`,
      )
    }
  }
  const texts = pairs.flatMap(([, y]) => labelTexts(y))
  const values = pairs.length === 1 ? inputs.values : joined(pairs.map(([x]) => x.values))
  return {
    source,
    shape,
    values: shareValues({ ...inputs, values }, columns),
    columns,
    ...numberClasses(texts, pairs[0]![1].file),
    testRows: pairs[1]?.[0].shape[0] ?? 0,
    usualSplit: null,
    layout: null,
    remarks: [],
    cautions: [],
  }
}

function npyPairs({ path: inputs, labels, test, testLabels }: Config<'npy'>) {
  const pairs = [[readNpy(inputs), readNpy(labels)] as const]
  return test === undefined ? pairs : [...pairs, [readNpy(test), readNpy(testLabels!)] as const]
}

function joined(parts: readonly ArrayLike<number>[]): ArrayLike<number> {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const whole = parts.every((part) => part instanceof Uint8Array)
    ? new Uint8Array(length)
    : new Float64Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The images and labels files: those named, or MNIST's by their names in a folder; the test pair if it is there. */
function idxPairs(config: Config<'idx'>): readonly (readonly [images: string, labels: string])[] {
  if (config.labels !== undefined) return [[config.path, config.labels]]
  if (!isFolder(config.path)) {
    throw new UserError(
      'usage',
      `idx: ${config.path} must be a folder with MNIST's files, or have "labels" beside it`,
      {
        where: { file: config.path },
      },
    )
  }
  const files = readdirSync(config.path)
  const find = (part: string, kind: string): string | null => {
    const name = files.find((file) => new RegExp(`^${part}-${kind}[.-]idx\\d-ubyte(\\.gz)?$`).test(file))
    return name === undefined ? null : path.join(config.path, name)
  }
  const pairs = ['train', 't10k'].map((part) => {
    const [images, labels] = [find(part, 'images'), find(part, 'labels')]
    if ((images === null) === (labels === null)) return images === null ? null : ([images, labels!] as const)
    throw malformed(
      path.join(config.path, `${part}-${images === null ? 'images-idx3' : 'labels-idx1'}-ubyte`),
      'is missing',
      'Images and labels belong together.',
    )
  })
  if (pairs[0] == null) {
    throw malformed(
      path.join(config.path, 'train-images-idx3-ubyte'),
      'is missing',
      'Is this the folder of an IDX data set?',
    )
  }
  return pairs.filter((pair) => pair !== null)
}

export function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
}
