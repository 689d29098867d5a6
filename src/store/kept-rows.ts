import { toEvaluation, toEvaluationCells } from './rows.ts'
import type { Statements } from './statements.ts'
import type { ArtifactFolder, Evaluation } from './store.ts'

/** In the order they were added. */
export function readEvaluations(statements: Statements, study: number): Evaluation[] {
  const sql =
    'SELECT trial, at, part, examples, metrics, confusion FROM evaluations WHERE study = ? ORDER BY id'
  return statements.all(sql, [study], toEvaluation)
}

export function insertEvaluation(statements: Statements, study: number, evaluation: Evaluation): void {
  const columns = 'study, trial, at, part, examples, metrics, confusion'
  statements.insert('evaluations', columns, [study, ...toEvaluationCells(evaluation)])
}

/** In order of trial. */
export function readArtifactFolders(statements: Statements, study: number): ArtifactFolder[] {
  const sql = 'SELECT trial, folder FROM artifact_folders WHERE study = ? ORDER BY trial'
  return statements.all(sql, [study], ([trial, folder]: [number, string]) => ({ trial, folder }))
}

/** In place of an earlier folder; null to forget it. */
export function putArtifactFolder(
  statements: Statements,
  study: number,
  trial: number,
  folder: string | null,
): void {
  statements.run('DELETE FROM artifact_folders WHERE study = ? AND trial = ?', study, trial)
  if (folder !== null) statements.insert('artifact_folders', 'study, trial, folder', [study, trial, folder])
}
