import type { ImageBatch } from './image-batch.ts'
import { pickledArray, readPickle } from './pickle.ts'
import { malformed } from './read-file.ts'

const COLUMNS = 3_072

/** Reads a pickled batch: `data` (images, 3072) as three planes, `labels` a list or an array. Labels above 9 are not checked here. */
export function readPythonBatch(file: string): ImageBatch {
  return pythonImages(file, readDictionary(file), 'labels')
}

/** The images of a batch with the labels of that key. */
export function pythonImages(file: string, batch: ReadonlyMap<unknown, unknown>, key: string): ImageBatch {
  const data = pickledArray(batch.get('data'))
  if (
    data === null ||
    !(data.values instanceof Uint8Array) ||
    data.shape.length !== 2 ||
    data.shape[1] !== COLUMNS
  ) {
    const got =
      data === null
        ? 'none'
        : `(${data.shape.join(', ')})${data.values instanceof Uint8Array ? '' : ' of another number type'}`
    throw malformed(file, `must contain "data", an array (images, ${COLUMNS}) of bytes, got ${got}`)
  }
  const listed = batch.get(key)
  const labels = Array.isArray(listed) ? listed : Array.from(pickledArray(listed)?.values ?? [])
  if (labels.length !== data.shape[0]) {
    const got = labels.length > 0 ? `${labels.length} of them` : 'none'
    throw malformed(file, `must contain "${key}", one for each of ${data.shape[0]} images, got ${got}`)
  }
  labels.forEach((label: unknown, i) => {
    if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label <= 255) return
    throw malformed(
      file,
      `has an invalid label in record ${i + 1}; labels must be whole numbers from 0`,
      undefined,
      i + 1,
    )
  })
  return { labels: Uint8Array.from(labels), planes: data.values, offset: 0, stride: COLUMNS }
}

/** The class names of batches.meta. */
export function readPythonNames(file: string, key = 'label_names'): readonly string[] {
  const names = readDictionary(file).get(key)
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  throw malformed(file, `must contain "${key}", a list of names`)
}

/** The dictionary in a pickle. @throws UserError `usage` if it holds something else */
export function readDictionary(file: string): ReadonlyMap<unknown, unknown> {
  const value = readPickle(file)
  if (value instanceof Map) return value
  throw malformed(file, 'must contain a dictionary, like CIFAR-10 for Python')
}
