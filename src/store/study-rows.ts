import { type Cell, checksumOf } from './checksum.ts'
import { STAGE_COLUMNS, STUDY_COLUMNS, toNewStudyCells, toStageCells, toStudyRecord } from './rows.ts'
import { asIs, type Statements } from './statements.ts'
import type { NewStudy, StageRecord, StudyRecord } from './store.ts'

/** The tables that hold what belongs to a study, in an order in which its rows can be deleted. */
const OF_A_STUDY = [
  'leases',
  'evaluations',
  'artifact_folders',
  'artifacts',
  'measurements',
  'trials',
  'stages',
]

const NEW_STUDY_COLUMNS = STUDY_COLUMNS.replace('id, ', '').replace(', checksum', '')

/** @throws Error if there is no such study */
export function readStudy(statements: Statements, id: number): StudyRecord {
  return readStudyRow(statements, id, toStudyRecord)
}

export function isNameTaken(statements: Statements, name: string): boolean {
  return statements.prepare('SELECT 1 FROM studies WHERE name = ?').get(name) !== undefined
}

/** @returns its id */
export function insertStudy(statements: Statements, study: NewStudy, now: number): number {
  const { lastInsertRowid } = statements.insert('studies', NEW_STUDY_COLUMNS, toNewStudyCells(study, now))
  const id = Number(lastInsertRowid)
  sealStudy(statements, id)
  return id
}

/** @param cells by column */
export function updateStudy(statements: Statements, id: number, cells: Readonly<Record<string, Cell>>): void {
  const columns = Object.keys(cells).map((column) => `${column} = ?`)
  statements.run(`UPDATE studies SET ${columns.join(', ')} WHERE id = ?`, ...Object.values(cells), id)
  sealStudy(statements, id)
}

export function addStage(statements: Statements, study: number, stage: StageRecord): void {
  statements.insert('stages', `study, ${STAGE_COLUMNS}`, [study, ...toStageCells(study, stage)])
}

export function deleteStudyRows(statements: Statements, id: number): void {
  for (const table of OF_A_STUDY) statements.run(`DELETE FROM ${table} WHERE study = ?`, id)
  statements.run('DELETE FROM studies WHERE id = ?', id)
}

/** Gives the record of a study its checksum; after every change of it, in the same transaction. */
function sealStudy(statements: Statements, id: number): void {
  const row = readStudyRow(statements, id, asIs<Cell[]>)
  statements.run('UPDATE studies SET checksum = ? WHERE id = ?', checksumOf(row.slice(0, -1)), id)
}

function readStudyRow<Row, T>(statements: Statements, id: number, read: (row: Row) => T): T {
  const found = statements.get(`SELECT ${STUDY_COLUMNS} FROM studies WHERE id = ?`, [id], read)
  if (found === undefined) throw new Error(`There is no study ${id} in ${statements.file}.`)
  return found
}
