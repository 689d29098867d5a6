import type { StudyRecord } from '../store/store.ts'
import { shellWord } from '../text/shell-word.ts'

/**
 * Whose turn it is in a study that is not complete and that no process runs: a resume's, the program's that has its
 * objective in its code, or that of whoever asks for its trials and tells their values.
 */
export type NextTurn = 'resume' | 'program' | 'ask'

export function nextTurn({ experiment }: StudyRecord): NextTurn {
  const { objective } = (experiment ?? {}) as {
    readonly objective?: { readonly kind?: unknown; readonly code?: unknown }
  }
  if (objective?.kind !== 'external') return 'resume'
  return typeof objective.code === 'string' ? 'program' : 'ask'
}

/** What to do to continue a study, a sentence without its full stop. @param dbOption ` --db F` if commands need it, else empty */
export function wayOn(study: StudyRecord, dbOption: string): string {
  const name = shellWord(study.name)
  switch (nextTurn(study)) {
    case 'resume':
      return `Continue with: finesweep resume ${name}${dbOption}`
    case 'program':
      return 'Run the program that started it again: its objective is a function in that program'
    case 'ask':
      return `Continue with: finesweep ask ${name}${dbOption}`
  }
}
