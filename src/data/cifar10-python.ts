import type { ImageBatch } from './image-batch.ts'
import { pickledArray, readPickle } from './pickle.ts'
import { malformed } from './read-file.ts'

const COLUMNS = 3_072

/** Reads a pickled batch: `data` (images, 3072) as three planes, `labels` a list. Labels above 9 are not checked here. */
export function readPythonBatch(file: string): ImageBatch {
  const batch = readDictionary(file)
  const data = pickledArray(batch.get('data'))
  if (data === null || data.shape.length !== 2 || data.shape[1] !== COLUMNS) {
    const got = data === null ? 'none' : `(${data.shape.join(', ')})`
    throw malformed(file, `must hold "data", an array (images, ${COLUMNS}) of bytes, got ${got}`)
  }
  const labels = batch.get('labels')
  if (!Array.isArray(labels) || labels.length !== data.shape[0]) {
    const got = Array.isArray(labels) ? `${labels.length} of them` : 'none'
    throw malformed(file, `must hold "labels", one for each of ${data.shape[0]} images, got ${got}`)
  }
  labels.forEach((label: unknown, i) => {
    if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label <= 255) return
    throw malformed(
      file,
      `has a label that is no class in record ${i + 1}; labels must be 0 to 9`,
      undefined,
      i + 1,
    )
  })
  return { labels: Uint8Array.from(labels), planes: data.bytes, offset: 0, stride: COLUMNS }
}

/** The class names of batches.meta. */
export function readPythonNames(file: string): readonly string[] {
  const names = readDictionary(file).get('label_names')
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  throw malformed(file, 'must hold "label_names", a list of names')
}

function readDictionary(file: string): ReadonlyMap<unknown, unknown> {
  const value = readPickle(file)
  if (value instanceof Map) return value
  throw malformed(file, 'must hold a dictionary, as CIFAR-10 for Python does')
}
