import path from 'node:path'
import { z } from 'zod'

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

/** A table of numbers with one column of labels; also gzipped. */
const csv = z.strictObject({
  source: z.literal('csv'),
  path: file,
  /** The label's column, by name or by number from 0; negative numbers count from the end. */
  label: z.union([z.string().min(1), z.int()]).default(-1),
  /** Whether the first row names the columns; `detect`: it does if none of its input cells is a number. */
  header: z.union([z.boolean(), z.literal('detect')]).default('detect'),
  delimiter: z.string().length(1).default(','),
  shape: shape.optional(),
})

/** A pair of NumPy arrays: inputs (rows, ...) and labels (rows). */
const npy = z.strictObject({ source: z.literal('npy'), path: file, labels: file })

/** MNIST's files: a folder with the four of them, or one images file and one labels file. */
const idx = z.strictObject({ source: z.literal('idx'), path: file, labels: file.optional() })

/** The `data` block of a study file. */
export const dataSchema = z
  .discriminatedUnion('source', [generated, cifar10, csv, npy, idx])
  .prefault({ source: 'generated' })

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
    /** Every part has the same share of each class, as near as whole rows allow. */
    stratified: z.boolean().default(false),
    /** Shuffles the rows before the split. Without it, a source with a test part of its own keeps its order. */
    seed: seed.optional(),
    /** Cross validation: k folds over the rows of the training and the validation part. */
    folds: z.int().min(2).max(100).optional(),
  })
  .prefault({})

const preprocessing = z
  .strictObject({
    /** `mean` subtracts the mean image, `standardize` divides by the deviation as well, `unit` scales bytes to [0, 1]. */
    kind: z.enum(['none', 'mean', 'standardize', 'unit']).default('mean'),
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

/** All that decides what a study's trials are trained on; plain JSON, paths absolute. */
export interface DataSettings {
  readonly data: DataConfig
  readonly split: SplitConfig
  readonly preprocess: PreprocessConfig
}

/** The same with every path made absolute; `baseFolder` is where the study file lies. */
export function resolveDataPaths(settings: DataSettings, baseFolder: string): DataSettings {
  const { data } = settings
  if (data.source === 'generated') return settings
  const resolved = { ...data, path: path.resolve(baseFolder, data.path) }
  if ('labels' in resolved && resolved.labels !== undefined) {
    resolved.labels = path.resolve(baseFolder, resolved.labels)
  }
  return { ...settings, data: resolved }
}
