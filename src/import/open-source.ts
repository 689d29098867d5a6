import { existsSync, readFileSync, statSync } from 'node:fs'
import { type Place, UserError } from '../errors.ts'
import { APPLICATION_ID } from '../store/schema.ts'
import { openReader } from '../store/sqlite-store.ts'
import type { StudyReader } from '../store/store.ts'
import type { GivenTrials } from './given-trial.ts'
import { type CsvSettings, columnOption, readCsvTrials } from './read-csv.ts'
import { readOptunaTrials } from './read-optuna.ts'
import { readStudyTrials } from './read-study.ts'

export interface SourceSettings extends CsvSettings {
  /** The study within a store or a journal; null for its only one. */
  readonly study: string | null
  /** The store of the study that takes the trials. If no file has the name of the source, a study of this store is meant. */
  readonly store: StudyReader
}

/** The longest text that Node can hold as one string. */
const MOST_BYTES = 2 ** 29 - 1

const SQLITE = 'SQLite format 3\0'

/**
 * Reads the trials of a CSV file, an Optuna journal, a store of finesweep, or another study of the same store. The
 * kind of a file is detected from its first bytes. All but a store may come through a pipe.
 * @throws UserError('not-found') if neither a file nor a study has that name; 'usage' for a folder, and as the readers do
 */
export function readSource(from: string, settings: SourceSettings): GivenTrials {
  const { study, store, columns } = settings
  const status = existsSync(from) ? statSync(from) : null
  if (status === null || status.isDirectory()) {
    if (store.findStudy(from) === undefined) throw noSource(from, status !== null)
    refuseColumns(columns, 'a study')
    return { ...readStudyTrials(store, 'this store', from), name: `study ${from}` }
  }
  const bytes = readBytes(from, status.size)
  if (bytes.subarray(0, SQLITE.length).toString('latin1') === SQLITE) {
    if (!status.isFile())
      throw new UserError('usage', 'A store must be a regular file', { where: { file: from } })
    refuseColumns(columns, 'a store')
    refuseOtherDatabase(bytes, from)
    const reader = openReader(from)
    try {
      return readStudyTrials(reader, from, study)
    } finally {
      reader.close()
    }
  }
  const isUtf16 = ['fffe', 'feff'].includes(bytes.subarray(0, 2).toString('hex'))
  if (isUtf16) throw notUtf8({ file: from }, 'UTF-16')
  const text = bytes.toString('utf8')
  const first = text.slice(0, text.search(/\r?\n|$/)).trimStart()
  if (first.startsWith('{"op_code"') || (first.startsWith('{') && first.includes('"op_code"'))) {
    refuseColumns(columns, 'an Optuna journal')
    return readOptunaTrials(text, from, study)
  }
  if (text.startsWith('PAR1') || /^[{[]/.test(first) || bytes.includes(0)) {
    throw new UserError('usage', 'Trials can be imported only from CSV, an Optuna journal or a store', {
      where: { file: from },
      hint: 'Convert it to CSV; finesweep export -o trials.csv writes one.',
    })
  }
  // What was no UTF-8 became this sign, and does not come back from it.
  if (text.includes('\ufffd') && !Buffer.from(text).equals(bytes)) {
    const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length
    throw notUtf8({ file: from, line }, 'latin1')
  }
  if (study !== null) {
    throw new UserError('usage', 'This is a CSV file, which contains no studies to choose from', {
      where: { file: from },
      hint: 'Leave the study out',
      option: { name: 'study', value: study },
    })
  }
  return readCsvTrials(text, from, settings)
}

/** @param likely the encoding that it may have, as iconv calls it */
function notUtf8(where: Place, likely: string): UserError {
  return new UserError('usage', 'This file is not UTF-8', {
    where,
    hint: `Convert it: iconv -f ${likely} -t UTF-8 FILE > NEW, if it is ${likely}.`,
  })
}

/** Where SQLite keeps the number that says whose file it is. */
const APPLICATION_ID_AT = 68

function refuseOtherDatabase(bytes: Buffer, from: string): void {
  if (bytes.length >= APPLICATION_ID_AT + 4 && bytes.readInt32BE(APPLICATION_ID_AT) === APPLICATION_ID) return
  throw new UserError('usage', 'This SQLite file is not a finesweep store', {
    where: { file: from },
    hint: `Is it a storage of Optuna's? Copy the study to a journal: optuna.copy_study(from_study_name=NAME, from_storage="sqlite:///FILE", to_storage=JournalStorage(JournalFileBackend("NEW.log"))).`,
  })
}

function noSource(from: string, isFolder: boolean): UserError {
  if (isFolder) {
    return new UserError('usage', `${JSON.stringify(from)} is a folder, not a file of trials`, {
      hint: 'Pass a file: CSV, an Optuna journal or a store.',
    })
  }
  return new UserError('not-found', `No file or study is named ${JSON.stringify(from)}`, {
    hint: 'Pass a CSV file, an Optuna journal, a store, or the name of another study: finesweep studies lists them.',
  })
}

/** All of a file, or of a pipe, whose length is known at its end. */
function readBytes(file: string, size: number): Buffer {
  const tooLarge = new UserError('usage', 'This file is too large to import', { where: { file } })
  if (size > MOST_BYTES) throw tooLarge
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UserError('usage', `This file cannot be read: ${code}`, { where: { file }, cause: error })
  }
  if (bytes.length > MOST_BYTES) throw tooLarge
  return bytes
}

function refuseColumns(columns: CsvSettings['columns'], what: string): void {
  const [first] = Object.entries(columns)
  if (first === undefined) return
  throw new UserError('usage', `Only the columns of a CSV file can be mapped; the source is ${what}`, {
    hint: 'Leave the map out',
    option: columnOption(...first),
  })
}
