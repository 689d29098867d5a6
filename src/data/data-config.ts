import path from 'node:path'
import { z } from 'zod'
import { isEncoding } from './table/decode-text.ts'

const file = z.string().min(1)
const count = z.int().min(1)
const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
/** What one row is, for pictures: [8, 8] or [28, 28, 1]. */
const shape = z.array(count).min(1).max(4)

/** The embedded set: `count` textures of 32x32x3. */
const generated = z.strictObject({
  source: z.literal('generated'),
  count: z.int().min(30).max(400_000).default(12_000),
  seed: seed.default(0),
})

/** A folder with CIFAR-10's binary or Python batches. */
const cifar10 = z.strictObject({ source: z.literal('cifar10'), path: file })

/** A folder with CIFAR-100's training and test file, in the binary or the Python layout. */
const cifar100 = z.strictObject({
  source: z.literal('cifar100'),
  path: file,
  labels: z.enum(['fine', 'coarse']).default('fine'),
})

/** A column, by name or by number from 0; negative numbers count from the end. */
const column = z.union([z.string().min(1), z.int()])
/** A cell's text; numbers and booleans in a study file stand for their text. */
const cell = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** Levels in their order, each of them once. */
const levels = z
  .array(cell)
  .min(2)
  .refine((names) => new Set(names).size === names.length, {
    error: ({ input }) => {
      const names = input as readonly string[]
      const twice = names.find((name, place) => names.indexOf(name) !== place)
      return `must name each level once, got ${JSON.stringify(twice)} twice`
    },
  })

/** What tables of all formats have in common. */
const tableKeys = {
  /** The training file, where `test` is another one; the same as `path`. */
  path: file.optional(),
  train: file.optional(),
  /** A file of rows for testing alone. */
  test: file.optional(),
  label: column.default(-1),
  /** The inputs; all columns but the label if left out. */
  columns: z.array(column).min(1).optional(),
  /** Columns that are not inputs. */
  drop: z.array(column).min(1).optional(),
  /** Columns whose values are names, though they look like numbers, or are many. */
  categorical: z.array(column).default([]),
  /** The levels of columns that have an order, from the lowest on. */
  ordered: z.record(z.string(), levels).default({}),
  /** What happens where a value is missing; fitted on the training rows. */
  missing: z.enum(['error', 'drop', 'mean', 'median', 'most-frequent']).default('error'),
  /** Texts that stand for a missing value, beside the usual ones. */
  missingValues: z.array(cell).default([]),
  /** Gives a column with missing values a further input: 1 where it is missing. */
  indicator: z.boolean().default(false),
  /** What happens to rows without a label. */
  unlabelled: z.enum(['error', 'drop', 'class']).default('error'),
  /** Other names for labels, as in { '>50K.': '>50K' }. */
  rename: z.record(z.string(), cell).default({}),
  shape: shape.optional(),
}

/** A table in a text file; also gzipped. */
const csv = z.strictObject({
  source: z.literal('csv'),
  ...tableKeys,
  /** Whether the first row names the columns; `detect` looks at it. */
  header: z.union([z.boolean(), z.literal('detect')]).default('detect'),
  /** One character; `blanks` for runs of spaces and tabs; `detect` looks at the first rows. */
  delimiter: z
    .string()
    .refine((text) => text.length === 1 || ['detect', 'blanks', 'tab'].includes(text), {
      error: ({ input }) => `must be one character, tab, blanks or detect, got ${JSON.stringify(input)}`,
    })
    .default('detect'),
  decimal: z.enum(['.', ',', 'detect']).default('detect'),
  /** What separates groups of three digits. */
  thousands: z.string().length(1).optional(),
  /** A label of the WHATWG Encoding Standard. */
  encoding: z
    .string()
    .refine(isEncoding, {
      error: ({ input }) =>
        `must be the name of an encoding such as utf-8 or latin1, got ${JSON.stringify(input)}`,
    })
    .optional(),
  /** How many lines stand above the table. */
  skip: z.int().min(0).default(0),
  /** The prefix of comment lines. */
  comment: z.string().min(1).max(8).optional(),
})

/** A pair of NumPy arrays: inputs (rows, ...) and labels (rows); a second pair is the test part. */
const npy = z.strictObject({
  source: z.literal('npy'),
  path: file,
  labels: file,
  test: file.optional(),
  testLabels: file.optional(),
})

/** A table in a Parquet file. */
const parquet = z.strictObject({ source: z.literal('parquet'), ...tableKeys })

/** A table in an ARFF file, the format of Weka and OpenML. */
const arff = z.strictObject({ source: z.literal('arff'), ...tableKeys })

/** A NumPy archive: its arrays by their names, or the usual ones (x_train, y_train, x_test, y_test). */
const npz = z.strictObject({
  source: z.literal('npz'),
  path: file,
  inputs: z.string().min(1).optional(),
  labels: z.string().min(1).optional(),
  testInputs: z.string().min(1).optional(),
  testLabels: z.string().min(1).optional(),
})

/** MNIST's files: a folder with the four of them, or one images file and one labels file. */
const idx = z.strictObject({ source: z.literal('idx'), path: file, labels: file.optional() })

/** The `data` block of a study file. */
export const dataSchema = z
  .discriminatedUnion('source', [generated, cifar10, cifar100, csv, parquet, arff, npy, npz, idx])
  .superRefine((data, context) => {
    const message =
      'missing' in data ? tableFilesMistake(data) : data.source === 'npy' ? arrayFilesMistake(data) : null
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
  .prefault({ source: 'generated' })

function tableFilesMistake(data: { path?: string | undefined; train?: string | undefined }): string | null {
  if (data.path !== undefined && data.train !== undefined)
    return 'has both path and train, which mean the same'
  return data.path === undefined && data.train === undefined ? 'needs a path: the file of the table' : null
}

function arrayFilesMistake(data: {
  test?: string | undefined
  testLabels?: string | undefined
}): string | null {
  if ((data.test === undefined) === (data.testLabels === undefined)) return null
  return `has ${data.test === undefined ? 'testLabels without test' : 'test without testLabels'}: they belong together`
}

/** A count of rows, or below 1 a share of them, rounded down. */
const part = z
  .number()
  .min(0)
  .refine((n) => n < 1 || Number.isInteger(n), {
    error: ({ input }) => `must be a whole number of rows, or a share below 1, got ${input}`,
  })

/** The `split` block of a study file. */
export const splitSchema = z
  .strictObject({
    train: part.optional(),
    valid: part.optional(),
    /** 0 for no test part. */
    test: part.optional(),
    /** Every part has the same share of each class, as near as whole rows allow; left out: of less than 10,000 rows. */
    stratified: z.boolean().optional(),
    /** Shuffles the rows before the split. Without it, a source with a test part of its own keeps its order. */
    seed: seed.optional(),
    /** Cross validation: k folds over the rows of the training and the validation part. */
    folds: z.int().min(2).max(100).optional(),
  })
  .prefault({})

const preprocessing = z
  .strictObject({
    /**
     * `mean` subtracts the mean image, `standardize` divides by the deviation as well, `unit` scales bytes to [0, 1];
     * `auto` is `mean` for images and `standardize` for tables.
     */
    kind: z.enum(['auto', 'none', 'mean', 'standardize', 'unit']).default('auto'),
    /** Rotates onto the k largest principal components. */
    pca: count.optional(),
    /** Scales each principal component to variance 1. */
    whiten: z.boolean().default(false),
    /** Appends a column of ones. */
    biasTrick: z.boolean().default(false),
  })
  .refine((settings) => !settings.whiten || settings.pca !== undefined, {
    path: ['whiten'],
    error: 'whiten: scales principal components, so it needs pca: k',
  })

/** The `preprocess` block of a study file: a kind alone (`mean`), or a record with more. */
export const preprocessSchema = z
  .preprocess((value) => (typeof value === 'string' ? { kind: value } : value), preprocessing)
  .prefault({})

export type DataConfig = z.output<typeof dataSchema>
export type SplitConfig = z.output<typeof splitSchema>
export type PreprocessConfig = z.output<typeof preprocessSchema>

/** A block of a table: what its reader needs, whatever the format. */
export type TableConfig = Omit<Extract<DataConfig, { source: 'parquet' }>, 'source'> & {
  readonly task: Task
}

/** What a network learns: classes, or a number. */
export const taskSchema = z.enum(['classification', 'regression']).optional()

/**
 * `auto` goes by the labels: numbers that look measured are predicted as such. Where no task is said otherwise, labels
 * are classes, and those that look measured are refused.
 */
export type Task = 'auto' | 'classification' | 'regression' | undefined

/** All that decides what a study's trials are trained on; plain JSON, paths absolute. */
export interface DataSettings {
  readonly data: DataConfig
  readonly split: SplitConfig
  readonly preprocess: PreprocessConfig
  /** What is learned; classes if left out. Settings that trials run with are never `auto`. */
  readonly task?: Task
  /** How the data are split and scaled: `first` as version 0.1 did, for studies that it began; today's way if left out. */
  readonly form?: 'first' | undefined
}

/** Where a source's data lie; null for the generated set. */
export function dataPath(data: DataConfig): string | null {
  if (data.source === 'generated') return null
  return data.path ?? ('train' in data ? data.train! : null)
}

const FILE_KEYS = ['path', 'train', 'test', 'labels', 'testLabels'] as const

/** The files and folders that a block names, by key. */
export function dataFiles(data: DataConfig): readonly (readonly [key: string, file: string])[] {
  const keys = data as { readonly [key: string]: unknown }
  // The labels of an archive are the name of an array in it.
  if (data.source === 'npz' || data.source === 'cifar100') return [['path', data.path]]
  return FILE_KEYS.flatMap((key) => (typeof keys[key] === 'string' ? [[key, keys[key]] as const] : []))
}

/** The same with every path made absolute; `baseFolder` is where the study file lies. */
export function resolveDataPaths(settings: DataSettings, baseFolder: string): DataSettings {
  const absolute = dataFiles(settings.data).map(([key, name]) => [key, path.resolve(baseFolder, name)])
  return { ...settings, data: { ...settings.data, ...Object.fromEntries(absolute) } as DataConfig }
}
