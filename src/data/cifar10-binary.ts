import type { ImageBatch } from './image-batch.ts'
import { malformed, readWholeFile } from './read-file.ts'

/** A label byte, then 1,024 bytes each of red, green and blue. */
const RECORD_BYTES = 3_073

/** Reads a file of whole records; labels are not checked here. */
export function readBinaryBatch(file: string): ImageBatch {
  const bytes = readWholeFile(file)
  if (bytes.length % RECORD_BYTES !== 0) {
    throw malformed(
      file,
      `must consist of whole records of ${RECORD_BYTES} bytes, got ${bytes.length} bytes: ${Math.floor(bytes.length / RECORD_BYTES)} records and ${bytes.length % RECORD_BYTES} extra bytes`,
      'It is truncated, or not a CIFAR-10 batch.',
    )
  }
  const images = bytes.length / RECORD_BYTES
  const labels = new Uint8Array(images)
  for (let i = 0; i < images; i++) labels[i] = bytes[i * RECORD_BYTES]!
  return { labels, planes: bytes, offset: 1, stride: RECORD_BYTES }
}

/** The class names of batches.meta.txt, one a line. */
export function readBinaryNames(file: string): readonly string[] {
  const lines = readWholeFile(file, 2 ** 16)
    .toString('utf8')
    .split(/\r?\n/)
  return lines.map((line) => line.trim()).filter((line) => line !== '')
}
