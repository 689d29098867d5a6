import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { type FileArray, labelTexts, rowShape, shareValues, targetNumbers } from './array-data.ts'
import { dataCautions } from './cautions.ts'
import { readCifar10 } from './cifar10.ts'
import { readCifar100 } from './cifar100.ts'
import { numberClasses, numberTargets } from './class-labels.ts'
import { type DataConfig, dataPath, type Task } from './data-config.ts'
import type { DataSet } from './data-set.ts'
import { generateTextures } from './generated.ts'
import { readIdx } from './idx.ts'
import { type MeasuredLabels, measuredLabels, regressionRemark } from './measured-labels.ts'
import { readNpy } from './npy.ts'
import { readNpz } from './npz.ts'
import { malformed, readWholeFile } from './read-file.ts'
import { openArff } from './table/arff-file.ts'
import { openCsv, openLike } from './table/csv-file.ts'
import { tableSet } from './table/table-set.ts'

type Config<S extends DataConfig['source']> = Extract<DataConfig, { source: S }>

/**
 * Reads or makes the data set, whole, and checks what every source must give: at least two classes that occur.
 * @throws UserError `usage` that names the file and the rule.
 */
export function readDataSet(config: DataConfig, task?: Task): DataSet {
  return checked(readSource(config, task), config)
}

/** The same for all formats: Parquet can be read by waiting alone. */
export async function loadDataSet(config: DataConfig, task?: Task): Promise<DataSet> {
  if (config.source !== 'parquet') return readDataSet(config, task)
  const { openParquet } = await import('./table/parquet-file.ts')
  const first = await openParquet(dataPath(config)!)
  const test = config.test === undefined ? null : await openParquet(config.test)
  return checked(tableSet('parquet', first, test, { ...config, task }), config)
}

function checked(data: DataSet, config: DataConfig): DataSet {
  if (data.targets !== undefined) return { ...data, cautions: [...data.cautions, ...dataCautions(data)] }
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
  const images = ['generated', 'cifar10', 'cifar100', 'idx'].includes(config.source)
  if (task === 'regression' && images) {
    throw new UserError(
      'usage',
      `task: regression needs numbers to predict; source ${config.source} has classes`,
      {
        hint: 'Write task: classification, or leave it out.',
      },
    )
  }
  switch (config.source) {
    case 'generated':
      return generateTextures(config.count, config.seed)
    case 'cifar10':
      return readCifar10(config.path)
    case 'cifar100':
      return readCifar100(config.path, config.labels)
    case 'csv':
      return readCsvSet(config, task)
    case 'arff':
      return tableSet(
        'arff',
        openArff(dataPath(config)!),
        config.test === undefined ? null : openArff(config.test),
        { ...config, task },
      )
    case 'parquet':
      throw new Error('Parquet is read by loadDataSet')
    case 'npy':
      return fromArrays('npy', npyPairs(config), task)
    case 'npz':
      return fromArrays('npz', readNpz(config.path, config), task)
    case 'idx':
      return readIdxSet(config)
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
    header,
    label,
    named,
    names: null,
    skip,
  })
  const test = config.test === undefined ? null : openLike(config.test, first.form!, first.names, label)
  return tableSet('csv', first, test, { ...config, task })
}

/** One data set from a pair of inputs and labels; a second pair is its test part. */
function fromArrays(
  source: string,
  pairs: readonly (readonly [inputs: FileArray, labels: FileArray])[],
  task?: Task,
): DataSet {
  const [inputs] = pairs[0]!
  const { shape, columns } = rowShape(inputs)
  for (const [x, y] of pairs) {
    if (rowShape(x).shape.join() !== shape.join()) {
      throw malformed(
        x.file,
        `has rows of ${x.shape.slice(1).join(' x ')}, but ${path.basename(inputs.file)} has rows of ${shape.join(' x ')}`,
      )
    }
    if (x.shape[0] !== y.shape[0]) {
      throw malformed(
        y.file,
        `has ${y.shape[0]} labels for the ${x.shape[0]} rows of ${path.basename(x.file)}`,
      )
    }
  }
  const learned = learnedFrom(
    pairs.map(([, y]) => y),
    task,
  )
  const values = pairs.length === 1 ? inputs.values : joined(pairs.map(([x]) => x.values))
  return {
    source,
    shape,
    values: shareValues({ ...inputs, values }, columns),
    columns,
    ...learned.labels,
    testRows: pairs[1]?.[0].shape[0] ?? 0,
    usualSplit: null,
    layout: null,
    remarks: learned.remarks,
    cautions: [],
  }
}

/** The classes or the numbers that arrays of labels hold. */
function learnedFrom(arrays: readonly FileArray[], task: Task) {
  const measured = task === 'regression' || task === 'classification' ? null : measuredNumbers(arrays)
  if (task === undefined && measured !== null) throw tooManyLabels(arrays[0]!, measured)
  if (task === 'regression' || measured !== null) {
    const targets = arrays.flatMap((array) => targetNumbers(array))
    const remarks = measured === null ? [] : [regressionRemark('the labels are', measured)]
    return { labels: numberTargets(targets, 'target'), remarks }
  }
  const texts = arrays.flatMap((array) => labelTexts(array))
  return { labels: numberClasses(texts, arrays[0]!.file), remarks: [] }
}

function tooManyLabels({ file }: FileArray, { distinct, rows }: MeasuredLabels): UserError {
  return malformed(
    file,
    `has ${distinct} different numbers in ${rows} rows: too many for classes`,
    'To predict a number, write task: regression; if the numbers are classes, write task: classification.',
  )
}

/** What speaks for numbers that were measured, in arrays of one column; null if they may be classes. */
function measuredNumbers(arrays: readonly FileArray[]): MeasuredLabels | null {
  if (arrays.some(({ values, shape, texts }) => texts !== undefined || values.length !== shape[0]))
    return null
  return measuredLabels(
    arrays.flatMap(({ values }) => Array.from(values, String)),
    Number,
  )
}

function readIdxSet(config: Config<'idx'>): DataSet {
  const pairs = idxPairs(config).map(([x, y]) => [readIdx(x), readIdx(y)] as const)
  const data = fromArrays('idx', pairs, 'classification')
  return { ...data, classes: idxClassNames(config, data.classes) }
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
      `idx: ${config.path} must be a folder with MNIST's files; a single file also needs "labels"`,
      {
        where: { file: config.path },
      },
    )
  }
  const files = readdirSync(config.path)
  const prefix = idxPrefix(config.path, files)
  const find = (part: string, kind: string): string | null => {
    const name = files.find((file) =>
      new RegExp(`^${prefix}${part}-${kind}[.-]idx\\d-ubyte(\\.gz)?$`).test(file),
    )
    return name === undefined ? null : path.join(config.path, name)
  }
  const pairs = ['train', '(t10k|test)'].map((part) => {
    const [images, labels] = [find(part, 'images'), find(part, 'labels')]
    if ((images === null) === (labels === null)) return images === null ? null : ([images, labels!] as const)
    const there = path.basename(images ?? labels!)
    const gone = images === null ? there.replace('labels', 'images') : there.replace('images', 'labels')
    const name = gone
      .replace(/idx\d/, images === null ? 'idx3' : 'idx1')
      .replace(/\.idx/, '-idx')
      .replace(/\.gz$/, '')
    throw malformed(path.join(config.path, name), 'is missing', 'Images and labels belong together.')
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

/** What EMNIST puts in front of MNIST's names, for the one of its sets that is in a folder; empty for MNIST. */
function idxPrefix(folder: string, files: readonly string[]): string {
  const found = files.map((file) => /^(emnist-[a-z]+-)(train|test)-images/.exec(file)?.[1])
  const prefixes = [...new Set(found.filter((prefix) => prefix !== undefined))]
  if (prefixes.length <= 1) return prefixes[0] ?? ''
  throw new UserError(
    'usage',
    `idx: ${folder} contains several data sets: ${prefixes.map((prefix) => prefix.slice(0, -1)).join(', ')}`,
    { hint: 'Move the files of one data set to a folder of their own.', where: { file: folder } },
  )
}

/** EMNIST's classes by their characters, from its mapping file: `A` for the label 10. */
function idxClassNames(config: Config<'idx'>, classes: readonly string[]): readonly string[] {
  if (config.labels !== undefined) return classes
  const files = readdirSync(config.path)
  const file = `${idxPrefix(config.path, files)}mapping.txt`
  if (!files.includes(file)) return classes
  const lines = readWholeFile(path.join(config.path, file), 2 ** 20)
    .toString('utf8')
    .split(/\r?\n/)
  const names = new Map(
    lines.map((line) => {
      const [label, ...codes] = line.trim().split(/\s+/)
      return [label, String.fromCodePoint(...codes.map((code) => Number(code) & 0xffff))]
    }),
  )
  return classes.map((label) => names.get(label) || label)
}
