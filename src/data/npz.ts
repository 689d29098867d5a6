import { unzipSync } from 'fflate'
import { UserError } from '../errors.ts'
import type { FileArray } from './array-data.ts'
import { parseNpy } from './npy.ts'
import { MAX_FILE_BYTES, malformed, readWholeFile } from './read-file.ts'

/** Which arrays of an archive are inputs and labels; a second pair is the test part. */
export interface ArrayNames {
  readonly inputs?: string | undefined
  readonly labels?: string | undefined
  readonly testInputs?: string | undefined
  readonly testLabels?: string | undefined
}

const INPUTS = [
  'x_train',
  'X_train',
  'train_images',
  'train_x',
  'x',
  'X',
  'data',
  'images',
  'inputs',
  'features',
]
const LABELS = ['y_train', 'Y_train', 'train_labels', 'train_y', 'y', 'Y', 'target', 'labels', 'label']
const TEST_INPUTS = ['x_test', 'X_test', 'test_images', 'test_x']
const TEST_LABELS = ['y_test', 'Y_test', 'test_labels', 'test_y']

/** An archive may unpack to this many times its size, or to 16 MiB. */
const MAX_RATIO = 1000

/**
 * The arrays of a NumPy archive (.npz) in pairs of inputs and labels, by the names given or the usual ones.
 * @throws UserError `usage` naming the arrays that are there
 */
export function readNpz(file: string, names: ArrayNames): readonly (readonly [FileArray, FileArray])[] {
  const arrays = unpack(file)
  const find = (given: string | undefined, usual: readonly string[]): FileArray | null => {
    const name = given ?? usual.find((each) => arrays.has(each))
    if (name === undefined) return null
    const bytes = arrays.get(name)
    if (bytes === undefined) throw noArray(file, name, [...arrays.keys()])
    return parseNpy(`${file}:${name}`, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }
  const inputs = find(names.inputs, INPUTS)
  const labels = find(names.labels, LABELS)
  if (inputs === null || labels === null) {
    throw noArray(file, inputs === null ? 'of inputs' : 'of labels', [...arrays.keys()])
  }
  const test = [find(names.testInputs, TEST_INPUTS), find(names.testLabels, TEST_LABELS)] as const
  if (test[0] === null || test[1] === null) return [[inputs, labels]]
  return [
    [inputs, labels],
    [test[0], test[1]],
  ]
}

/** The inputs of an archive, and their labels where it has some. */
export function readNpzRows(
  file: string,
  names: ArrayNames,
): { inputs: FileArray; labels: FileArray | null } {
  const arrays = unpack(file)
  const read = (name: string | undefined): FileArray | null => {
    const bytes = name === undefined ? undefined : arrays.get(name)
    if (bytes === undefined) return null
    return parseNpy(`${file}:${name}`, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }
  const firstOf = (usual: readonly string[]): string | undefined => usual.find((each) => arrays.has(each))
  for (const [x, y] of [
    [names.inputs ?? firstOf(INPUTS), names.labels ?? firstOf(LABELS)],
    [names.testInputs ?? firstOf(TEST_INPUTS), names.testLabels ?? firstOf(TEST_LABELS)],
  ] as const) {
    const inputs = read(x)
    if (inputs !== null) return { inputs, labels: read(y) }
  }
  const wanted = names.inputs === undefined ? 'of inputs' : names.inputs
  throw noArray(file, wanted, [...arrays.keys()])
}

function unpack(file: string): Map<string, Uint8Array> {
  const packed = readWholeFile(file)
  const limit = Math.min(MAX_FILE_BYTES, Math.max(2 ** 24, MAX_RATIO * packed.length))
  let total = 0
  try {
    const entries = unzipSync(packed, {
      filter: ({ name, originalSize }) => {
        total += originalSize
        if (total > limit) throw malformed(file, `unpacks to more than ${limit} bytes, the limit`)
        return name.endsWith('.npy')
      },
    })
    return new Map(Object.entries(entries).map(([name, bytes]) => [name.slice(0, -'.npy'.length), bytes]))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw malformed(file, `is not a readable archive of arrays: ${(error as Error).message}`)
  }
}

function noArray(file: string, name: string, there: readonly string[]) {
  return malformed(
    file,
    `has no array ${/^of /.test(name) ? `${name} under one of the usual names` : JSON.stringify(name)}`,
    `It contains ${there.join(', ') || 'no arrays'}. Write inputs: NAME and labels: NAME in the data block.`,
  )
}
