import { isUtf8 } from 'node:buffer'
import { malformed, readWholeFile } from '../read-file.ts'

export interface DecodedText {
  /** UTF-8 bytes, or a text if they had to be decoded. */
  readonly content: Buffer | string
  /** The encoding's name: `utf-8`, `windows-1252`. */
  readonly encoding: string
}

/** What ZIP archives begin with: PK, 3, 4. */
const ZIP = 0x04034b50
/** What PNG and JPEG files begin with. */
const IMAGES = ['89504e47', 'ffd8ff']

/** For a reader with image files. */
export const CONVERT_IMAGES =
  'Convert image files (PNG, JPEG) to one array, x_train.npy, with their classes in y_train.npy.'

/**
 * A file's text. UTF-8 is taken strictly, UTF-16 by its byte order mark, and anything else by its name alone:
 * a byte that does not fit is never replaced.
 * @param encoding a label of the WHATWG Encoding Standard, or null to go by the bytes
 * @throws UserError `usage` with the line of the first byte that does not fit
 */
export function decodeText(file: string, encoding: string | null): DecodedText {
  const bytes = readWholeFile(file)
  if (bytes.length >= 4 && bytes.readUInt32LE(0) === ZIP) {
    throw malformed(
      file,
      'is a ZIP archive (like .xlsx files), not text',
      'Export the sheet as CSV. The name of an archive of NumPy arrays must end in .npz.',
    )
  }
  const start = bytes.toString('hex', 0, 4)
  if (IMAGES.some((magic) => start.startsWith(magic))) {
    throw malformed(file, 'is an image, not a table', CONVERT_IMAGES)
  }
  const mark = bytes.length >= 2 ? bytes.readUInt16LE(0) : 0
  const marked = mark === 0xfeff ? 'utf-16le' : mark === 0xfffe ? 'utf-16be' : null
  const name = encoding === null ? (marked ?? 'utf-8') : new TextDecoder(encoding).encoding
  if (name === 'utf-8') {
    if (bytes.subarray(0, 4096).includes(0)) {
      throw malformed(
        file,
        'contains zero bytes: it is not text',
        'Is it another kind of file? For UTF-16 text without a byte order mark, write encoding: utf-16le.',
      )
    }
    if (!isUtf8(bytes)) throw notUtf8(file, bytes, encoding)
    return { content: bytes, encoding: name }
  }
  try {
    return { content: new TextDecoder(name, { fatal: true }).decode(bytes), encoding: name }
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    throw malformed(file, `is not valid ${name}: ${error.message}`, 'Write the right encoding.')
  }
}

/** Whether a name is an encoding that can be read. */
export function isEncoding(name: string): boolean {
  try {
    new TextDecoder(name)
    return true
  } catch {
    return false
  }
}

function notUtf8(file: string, bytes: Buffer, encoding: string | null) {
  let line = 1
  let start = 0
  for (;;) {
    const end = bytes.indexOf(0x0a, start)
    const part = bytes.subarray(start, end < 0 ? bytes.length : end)
    if (!isUtf8(part) || end < 0) break
    start = end + 1
    line++
  }
  const asked = encoding === null ? '' : ', as `encoding` says'
  return malformed(
    file,
    `is not UTF-8${asked}: line ${line} has invalid bytes`,
    'Write its encoding in the data block: encoding: latin1 (Western Europe), windows-1251, shift_jis, gbk, ...',
    line,
  )
}
