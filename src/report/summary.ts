import { isImported } from '../search/imported-stages.ts'
import type { Evaluation, StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import { studyDigest } from '../study/digest.ts'
import { readWinner, type StudyWinner, winnerFirst } from '../study/winning-trial.ts'
import { shellWord } from '../text/shell-word.ts'
import type { TrialRecord } from '../trial.ts'
import { type Explanation, readExplanation, stageTotals } from './explain.ts'
import { type FailingStage, failingSentence, readFailingStages } from './failing-stages.ts'
import { countOf, formatDuration, workersText } from './numbers.ts'
import { boundSentence, readTopSpread, spreadSentences, type TopSpread } from './search-notes.ts'
import { hiddenColumnsLine, renderTable, type TableLayout } from './table.ts'
import { testLines } from './test-lines.ts'
import { oneLine, paint, type Span, wrap, wrapSpans } from './text.ts'
import { readRunningTimes, type Totals } from './totals.ts'
import { rankedColumns } from './trial-columns.ts'
import { wayOn } from './way-on.ts'
import { worthSentences } from './winner.ts'

/** What is reported when a study ends. */
export interface StudySummary {
  readonly study: StudyRecord
  readonly stages: readonly StageRecord[]
  readonly best: readonly TrialRecord[]
  readonly totals: Totals
  /** How long its trials ran, in milliseconds, pauses left out; null if none has ended. */
  readonly durationMs: number | null
  readonly explanation: Explanation
  /** Stages in which most trials failed. */
  readonly failing: readonly FailingStage[]
  /** How clearly the first places differ; null without a value. */
  readonly spread: TopSpread | null
  readonly winner: StudyWinner | null
  readonly evaluations: readonly Evaluation[]
  readonly digest: string
}

/** @param count how many of the best trials to show */
export function readSummary(reader: StudyReader, study: StudyRecord, count = 10): StudySummary {
  const explanation = readExplanation(reader, study)
  const stages = explanation.stages.map(({ record }) => record)
  const winner = readWinner(reader, study, stages)
  const best = winnerFirst(reader, study, winner, count)
  return {
    study,
    stages,
    best,
    winner,
    totals: explanation.totals,
    durationMs: readRunningTimes(reader, study.id).all,
    explanation,
    failing: readFailingStages(
      reader,
      study.id,
      explanation.stages.map(({ record, totals }) => ({ record, counts: totals.counts })),
    ),
    spread: readTopSpread(reader, study, reader.bestTrials(study.id, Math.max(count, 5))),
    evaluations: reader.evaluations(study.id),
    digest: studyDigest(reader, study.id),
  }
}

/** What is known beside the store, for the last lines. */
export interface RunFacts {
  readonly workers: number
  /** The store, as the user names it. */
  readonly db: string
  /** ` --db F` if the commands to come need it, else empty. */
  readonly dbOption: string
  /** What may be wrong with the data, in sentences without their full stop. */
  readonly cautions?: readonly string[]
}

/**
 * The results of a study: the ranked table, a line for each stage, the test accuracy, and in a line what was run
 * and where it is kept.
 */
export function renderSummary(summary: StudySummary, facts: RunFacts, layout: TableLayout): string {
  const { study, explanation, best, evaluations, spread, winner } = summary
  const first = summary.failing.map((stage): Span[] => [{ text: `${failingSentence(stage)}.`, tone: 'bad' }])
  const made = renderTable(rankedColumns(summary, best), best, layout)
  const hidden = hiddenColumnsLine(made, `choose with finesweep best${facts.dbOption} --columns A,B`)
  const shown = wrap(hidden, layout.width ?? DEFAULT_WIDTH).map(
    (line) => `${paint([{ text: line, tone: 'dim' }], layout.colour)}\n`,
  )
  const table = made.text + (hidden === '' ? '' : shown.join(''))
  const decisions = stageTotals(explanation, layout.width ?? DEFAULT_WIDTH)
  const end: Span[][] = []
  if (study.state !== 'complete' || study.endReason !== null) end.push([endSentence(study, facts.dbOption)])
  if (best.length === 0) end.push([{ text: 'No trial succeeded.', tone: 'bad' }])
  const notes = [
    ...(spread === null ? [] : spreadSentences(spread, study.metric)),
    ...explanation.stoppingBounds.map((bound) => boundSentence(bound, study, facts.dbOption)),
  ]
  const width = layout.width ?? DEFAULT_WIDTH
  end.push(...notes.flatMap((text) => wrapSpans([{ text, tone: 'warning' }], width)))
  const worth = worthSentences(winner, study.metric)
  end.push(...worth.flatMap((text) => wrapSpans([text], width)))
  end.push(...testLines(evaluations, study.metric))
  for (const caution of facts.cautions ?? []) end.push([{ text: `Caution: ${caution}.`, tone: 'warning' }])
  end.push([totalsLine(summary, facts)])
  const paintAll = (lines: readonly (readonly Span[])[]) =>
    lines.map((line) => `${paint(line, layout.colour)}\n`).join('')
  // No line is wider than the window: a terminal would break it within a word.
  const fitted = layout.width === null ? end : end.flatMap((line) => wrapSpans(line, width))
  return [paintAll(first), table, paintAll(decisions), paintAll(fitted)]
    .filter((part) => part !== '')
    .join('\n')
}

/** Where nobody's window says how wide a line may be. */
const DEFAULT_WIDTH = 120

/** Commands that show more, in a line. */
export function nextSteps({ best, study }: StudySummary, { dbOption }: RunFacts): string {
  const first = best[0]
  const show = first === undefined ? [] : [`finesweep show ${shellWord(study.name)} ${first.number}`]
  const commands = ['finesweep explain', 'finesweep export --format csv', ...show]
  return `Next: ${commands.map((command) => command + dbOption).join(' · ')}`
}

function totalsLine(
  { totals, durationMs, digest, explanation }: StudySummary,
  { workers, db }: RunFacts,
): string {
  const { counts } = totals
  const imported = explanation.stages.filter(({ record }) => isImported(record)).map((stage) => stage.totals)
  const others = imported.reduce((sum, { finished }) => sum + finished, 0)
  const epochs = imported.reduce((rest, stage) => rest - stage.epochs, totals.epochs)
  const mishaps = [
    ...(others > 0 ? [`${others} imported`] : []),
    ...(counts.diverged > 0 ? [`${counts.diverged} diverged`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
  ].join(', ')
  return (
    `${countOf(totals.finished, 'trial')}${mishaps === '' ? '' : ` (${mishaps})`}, ${countOf(epochs, 'epoch')}, ${workersText(workers)}, ` +
    `${formatDuration(durationMs)} · ${db} · digest ${shortDigest(digest)}`
  )
}

function endSentence(study: StudyRecord, dbOption: string): Span {
  const reason = study.endReason === null ? '' : `: ${oneLine(study.endReason).replace(/\.$/, '')}`
  const way = study.state === 'complete' ? '' : ` ${wayOn(study, dbOption)}`
  const text = `The study ${study.state === 'complete' ? 'ended' : `is ${study.state}`}${reason}.${way}`
  return { text, tone: 'warning' }
}

/** `7f3a…c2`: enough to see whether two are the same. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 8)}…${digest.slice(-4)}`
}
