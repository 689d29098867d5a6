import { UserError } from '../errors.ts'
import { fastGenerator } from '../random/fast-generator.ts'
import { shuffle } from '../random/permutation.ts'
import { stream } from '../random/stream.ts'
import type { DataSettings, SplitConfig } from './data-config.ts'
import type { DataSet, Labels } from './data-set.ts'

/** Row numbers of the parts of one fold, in shared memory. `test` is null if nothing is kept for testing. */
export interface SplitRows {
  readonly train: Uint32Array
  readonly valid: Uint32Array
  readonly test: Uint32Array | null
}

/** With fewer rows, parts have the same share of each class unless the study says otherwise. */
const STRATIFIED_BELOW = 10_000

/** The counts of the parts, all defaults filled in. */
export interface SplitCounts {
  readonly train: number
  readonly valid: number
  readonly test: number
}

/**
 * Divides the rows of a data set into training, validation and test rows; with `folds: k` k times over the same
 * training and validation rows, each of them being validated on once. Nothing is copied, and the parts never share
 * a row. A function of the data set's labels and the settings alone.
 * @throws UserError `usage` if there are fewer rows than asked for.
 */
export function splitRows(
  data: DataSet,
  settings: SplitConfig,
  form?: DataSettings['form'],
): readonly SplitRows[] {
  const counts = splitCounts(data, settings)
  const rows = data.labels.length
  const ownTest = data.testRows > 0
  // Images that come in parts are published in an order of chance; files of people are often sorted by the label.
  const keepsOrder = ownTest && (data.shape.length > 1 || form === 'first')
  // Chance spreads the classes of many rows well enough; a part of few rows may miss one.
  const stratified =
    settings.stratified ?? (!keepsOrder && rows < STRATIFIED_BELOW && data.targets === undefined)
  const arrange = (first: number, last: number, part: string): Uint32Array => {
    const order = Uint32Array.from({ length: last - first }, (_, i) => first + i)
    if (settings.seed !== undefined || !keepsOrder) {
      const name = ['split', settings.seed ?? 0, part]
      shuffle(order, form === 'first' ? fastGenerator(name) : stream(name))
    }
    return stratified ? interleaveClasses(order, data.labels) : order
  }
  const pool = arrange(0, rows - data.testRows, 'train')
  const forTraining = pool.subarray(0, counts.train + counts.valid)
  const testSource = ownTest
    ? arrange(rows - data.testRows, rows, 'test')
    : pool.subarray(counts.train + counts.valid)
  const test = counts.test === 0 ? null : shared(testSource.subarray(0, counts.test))
  if (settings.folds === undefined) {
    return [
      {
        train: shared(forTraining.subarray(0, counts.train)),
        valid: shared(forTraining.subarray(counts.train)),
        test,
      },
    ]
  }
  return foldRows(forTraining, settings.folds).map((fold) => ({ ...fold, test }))
}

/** How many rows each part gets; see `DataSet.usualSplit` for what is taken when nothing is said. */
export function splitCounts(data: DataSet, settings: SplitConfig): SplitCounts {
  const rows = data.labels.length
  const ownTest = data.testRows > 0
  const pool = rows - data.testRows
  const usual = data.usualSplit ?? {
    valid: Math.max(1, Math.round((ownTest ? pool : rows) / 10)),
    test: ownTest ? data.testRows : Math.round(rows / 10),
    train: Number.POSITIVE_INFINITY,
  }
  // Shares are rounded down, so that shares that add up to 1 always fit; 0.29 of 100 is 29 all the same.
  const count = (part: number, of: number): number => (part < 1 ? Math.floor(part * of + 1e-9) : part)
  const test = settings.test === undefined ? usual.test : count(settings.test, ownTest ? data.testRows : rows)
  if (ownTest && test > data.testRows) {
    throw tooFew('test', test, data.testRows, 'of the test part')
  }
  const left = ownTest ? pool : rows - test
  const share = ownTest ? pool : rows
  const train = settings.train === undefined ? null : count(settings.train, share)
  const valid =
    settings.valid === undefined
      ? Math.min(usual.valid, Math.max(0, left - (train ?? 0)))
      : count(settings.valid, share)
  const rest = train ?? (settings.valid === undefined ? Math.min(usual.train, left - valid) : left - valid)
  if (rest + valid > left || rest < 0) {
    throw tooFew(
      'train and valid',
      (train ?? 1) + valid,
      left,
      test > 0 && !ownTest ? 'without the test part' : '',
    )
  }
  if (rest === 0) throw emptyPart('train')
  if (valid === 0) throw emptyPart('valid')
  if (settings.folds !== undefined && settings.folds > rest + valid) {
    throw new UserError(
      'usage',
      `split: folds must be at most the number of rows, ${rest + valid}, got ${settings.folds}`,
    )
  }
  return { train: rest, valid, test }
}

function tooFew(parts: string, asked: number, there: number, note: string): UserError {
  return new UserError(
    'usage',
    `split: ${parts} ask for ${asked} rows, but there are ${Math.max(0, there)}${note === '' ? '' : ` ${note}`}`,
    { hint: 'Ask for fewer, or for shares below 1.' },
  )
}

function emptyPart(part: string): UserError {
  return new UserError('usage', `split: ${part} must get at least one row, got 0`, {
    hint: 'Ask for more, or leave more rows for it.',
  })
}

/** k folds over consecutive blocks of `order`: block i is fold i's validation part, the others its training part. */
function foldRows(order: Uint32Array, k: number): readonly Omit<SplitRows, 'test'>[] {
  return Array.from({ length: k }, (_, i) => {
    const start = Math.floor((i * order.length) / k)
    const end = Math.floor(((i + 1) * order.length) / k)
    const train = shared(order.subarray(0, order.length - (end - start)))
    train.set(order.subarray(0, start))
    train.set(order.subarray(end), start)
    return { train, valid: shared(order.subarray(start, end)) }
  })
}

/**
 * The rows in an order in which every class is spread evenly, so that any run of consecutive rows holds its share of
 * each: row r of the n of its class goes to the place (r + 1/2) / n of the whole. Keeps the order inside a class.
 */
function interleaveClasses(order: Uint32Array, labels: Labels): Uint32Array {
  const sizes = new Map<number, number>()
  for (const row of order) sizes.set(labels[row]!, (sizes.get(labels[row]!) ?? 0) + 1)
  const seen = new Map<number, number>()
  const places = Array.from(order, (row) => {
    const label = labels[row]!
    const rank = seen.get(label) ?? 0
    seen.set(label, rank + 1)
    return { row, place: (rank + 0.5) / sizes.get(label)! }
  })
  return Uint32Array.from(
    places.sort((a, b) => a.place - b.place),
    ({ row }) => row,
  )
}

function shared(rows: Uint32Array): Uint32Array {
  const copy = new Uint32Array(new SharedArrayBuffer(rows.length * 4))
  copy.set(rows)
  return copy
}
