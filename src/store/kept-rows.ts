import type { Cell } from './checksum.ts'
import { decodeJson, encodeFlatRecord } from './exact-json.ts'
import { checkRow, sealed } from './rows.ts'
import type { Statements } from './statements.ts'
import type { ArtifactFolder, Evaluation } from './store.ts'

export const EVALUATION_COLUMNS = 'trial, at, part, examples, metrics, confusion, checksum'

type EvaluationRow = [
  trial: number,
  at: number,
  part: string,
  examples: number,
  metrics: string,
  confusion: string | null,
  checksum: number | null,
]

function toEvaluation(study: number, row: EvaluationRow): Evaluation {
  checkRow(row, [study], `an evaluation of trial ${row[0]}`)
  return {
    trial: row[0],
    at: row[1],
    part: row[2],
    examples: row[3],
    metrics: decodeJson(row[4]) as Record<string, number>,
    confusion: row[5] === null ? null : (JSON.parse(row[5]) as number[][]),
  }
}

/** All columns of an evaluation with its checksum. */
function toEvaluationCells(study: number, evaluation: Evaluation): Cell[] {
  const { trial, at, part, examples, metrics, confusion } = evaluation
  const matrix = confusion && JSON.stringify(confusion)
  return sealed([study], [trial, at, part, examples, encodeFlatRecord(metrics), matrix])
}

export const FOLDER_COLUMNS = 'trial, folder, checksum'

type FolderRow = [trial: number, folder: string, checksum: number | null]

function toArtifactFolder(study: number, row: FolderRow): ArtifactFolder {
  checkRow(row, [study], `the record of the folder of trial ${row[0]}`)
  return { trial: row[0], folder: row[1] }
}

/** All columns of a trial's folder with its checksum. */
function toFolderCells(study: number, { trial, folder }: ArtifactFolder): Cell[] {
  return sealed([study], [trial, folder])
}

/** In the order they were added. */
export function readEvaluations(statements: Statements, study: number): Evaluation[] {
  const sql = `SELECT ${EVALUATION_COLUMNS} FROM evaluations WHERE study = ? ORDER BY id`
  return statements.all(sql, [study], (row: EvaluationRow) => toEvaluation(study, row))
}

export function insertEvaluation(statements: Statements, study: number, evaluation: Evaluation): void {
  const cells = toEvaluationCells(study, evaluation)
  statements.insert('evaluations', `study, ${EVALUATION_COLUMNS}`, [study, ...cells])
}

/** In order of trial. */
export function readArtifactFolders(statements: Statements, study: number): ArtifactFolder[] {
  const sql = `SELECT ${FOLDER_COLUMNS} FROM artifact_folders WHERE study = ? ORDER BY trial`
  return statements.all(sql, [study], (row: FolderRow) => toArtifactFolder(study, row))
}

/** In place of an earlier folder; null to forget it. */
export function putArtifactFolder(
  statements: Statements,
  study: number,
  trial: number,
  folder: string | null,
): void {
  statements.run('DELETE FROM artifact_folders WHERE study = ? AND trial = ?', study, trial)
  if (folder === null) return
  const cells = toFolderCells(study, { trial, folder })
  statements.insert('artifact_folders', `study, ${FOLDER_COLUMNS}`, [study, ...cells])
}
