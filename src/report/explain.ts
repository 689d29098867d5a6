import { samplerSentence } from '../search/create-sampler.ts'
import { isImported, narrowedBy } from '../search/imported-stages.ts'
import type { NarrowDecision } from '../search/narrow-decision.ts'
import { REPLICATE_SAMPLER } from '../search/replication.ts'
import type { FloatDistribution, IntDistribution } from '../space/distribution.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import type { TrialRecord } from '../trial.ts'
import { shortName } from './names.ts'
import { narrowingHeadline, narrowingJson, narrowingLines, stageTotalsLine } from './narrowing.ts'
import { countOf, formatDistribution, formatMetric, formatPercent } from './numbers.ts'
import { comparisonWords, passageSentence, type RungPassage, readRungPassages } from './rungs.ts'
import { boundSentence, readStoppingBounds, type StoppingBound } from './search-notes.ts'
import { displayWidth, oneLine, padEnd, paint, type Span, truncate, wrap, wrapSpans } from './text.ts'
import { NO_TRIALS, readRunningTimes, readTotals, type Totals } from './totals.ts'
import { SCHEMA_VERSION, studyHead } from './trial-json.ts'

/** Where each stage of a study searched, why, and what came of it. */
export interface Explanation {
  readonly study: StudyRecord
  readonly totals: Totals
  readonly stages: readonly ExplainedStage[]
  /** Hard bounds that the best lies at. */
  readonly stoppingBounds: readonly StoppingBound[]
}

export interface ExplainedStage {
  readonly record: StageRecord
  readonly totals: Totals
  /** How long its trials ran, in milliseconds; null if none has ended, and in a study without a narrowing, which does not show it. */
  readonly ranMs: number | null
  readonly best: TrialRecord | null
  /** What became of its trials at each rung; null if it has none. */
  readonly rungs: readonly RungPassage[] | null
}

/** Above this many cuts at a rung, people look at single ones with `show`. */
const MOST_CUTS = 20

/** @param mostCuts how many trials that a rung ended are told, of each rung */
export function readExplanation(reader: StudyReader, study: StudyRecord, mostCuts = MOST_CUTS): Explanation {
  const totals = readTotals(reader, study.id)
  const records = reader.stages(study.id)
  const bestOfAll = reader.bestTrials(study.id, 1)[0] ?? null
  const times = records.some(({ narrowing }) => narrowing !== null)
    ? readRunningTimes(reader, study.id).stages
    : null
  return {
    study,
    totals: totals.all,
    stoppingBounds: readStoppingBounds(reader, study, records, bestOfAll),
    stages: records.map((record) => {
      const best = reader.bestTrials(study.id, 1, record.index)[0] ?? null
      return {
        record,
        totals: totals.stages[record.index] ?? NO_TRIALS,
        ranMs: times?.get(record.index) ?? null,
        best,
        rungs: readRungPassages(reader, study, record, best, mostCuts),
      }
    }),
  }
}

/**
 * The explanation in sentences, for a window of that width.
 * @param dbOption ` --db F` if commands to come need it, else empty; null where code asks, which has no commands
 */
export function renderExplanation(
  { study, stages, stoppingBounds }: Explanation,
  dbOption: string | null,
  width: number,
  colour: boolean,
): string {
  const lines: Span[][] = [
    [
      { text: oneLine(study.name), tone: 'strong' },
      `: ${study.direction} ${study.metric}, seed ${study.seed}`,
    ],
  ]
  if (stages.length === 0) lines.push(['No stage has started.'])
  for (const [index, stage] of stages.entries()) {
    const isOver = study.state === 'complete' || index < stages.length - 1
    lines.push(
      [''],
      ...stageLines(stage, study.metric, isOver, width),
      ...rungLines(stage, study.metric, width, dbOption !== null),
    )
    const next = stages[index + 1]?.record
    if (next?.narrowing != null) {
      const source = sourceOf(stages, index + 1)
      lines.push(
        [''],
        ...decisionLines(source, next.narrowing, width),
        ...noteLines(source.record, next, next.narrowing, width),
      )
    }
  }
  if (study.state === 'complete' && study.endReason !== null) {
    const reason = oneLine(study.endReason).replace(/\.$/, '')
    lines.push([''], ...wrapSpans([`The study ended: ${reason}.`], width))
  }
  if (stoppingBounds.length > 0) lines.push([''])
  for (const bound of stoppingBounds) {
    lines.push(...wrapSpans([{ text: boundSentence(bound, study, dbOption), tone: 'warning' }], width))
  }
  return `${lines.map((line) => paint(line, colour)).join('\n')}\n`
}

/** A line for each stage that the next was narrowed by. What was decided was shown then, and `explain` shows it again. */
export function stageTotals({ stages }: Explanation, width: number): Span[][] {
  return stages.flatMap((_, index): Span[][] => {
    const next = stages[index + 1]?.record
    return next?.narrowing == null
      ? []
      : wrapSpans(totalsLine(sourceOf(stages, index + 1), next.narrowing), width)
  })
}

/** The stage that the one of that index was narrowed by. */
function sourceOf(stages: readonly ExplainedStage[], index: number): ExplainedStage {
  const records = stages.map(({ record }) => record)
  return stages[narrowedBy(records, index)]!
}

/** The explanation as one document: every decision with the numbers behind it. */
export function explanationJson({ study, stages, stoppingBounds }: Explanation) {
  return {
    ...studyHead(study),
    schemaVersion: SCHEMA_VERSION,
    seed: study.seed,
    stages: stages.map(({ record, totals, best, rungs }) => ({
      index: record.index,
      name: record.name,
      trials: record.trials,
      epochs: record.epochs,
      sampler: record.sampler,
      firstTrial: record.firstTrial,
      counts: totals.counts,
      epochsRun: totals.epochs,
      best: best === null ? null : { number: best.number, value: best.value, params: best.params },
      space: record.space,
      rungs: record.rungs === null ? null : { ...record.rungs, passages: rungs },
      narrowing: narrowingJson(record.narrowing),
    })),
    stoppingBounds,
  }
}

/** @param isOver whether the stage has ended, be it with fewer trials than planned */
function stageLines(
  { record, totals, best }: ExplainedStage,
  metric: string,
  isOver: boolean,
  width: number,
): Span[][] {
  const rank = `Stage ${record.index + 1}, `
  const isReplicate = record.sampler === REPLICATE_SAMPLER
  const isRoot = record.narrowing === null && !isReplicate && !isImported(record)
  const plan =
    `: ${countOf(record.trials, 'trial')} of ${countOf(record.epochs, 'epoch')}, ` +
    (isReplicate ? 'the best points again with different seeds' : samplerSentence(record.sampler)) +
    (isRoot ? ', over the whole range' : '')
  const head: Span[] = [rank, { text: oneLine(record.name), tone: 'strong' }, `${plan}.`]
  const ranges = isRoot ? rangeLines(record) : []
  if (totals.finished === 0) {
    return [
      head,
      ...ranges,
      [isOver ? 'None of its trials was run.' : 'None of its trials has finished yet.'],
    ]
  }
  const left = record.trials - totals.finished
  const rest =
    left <= 0 ? '' : isOver ? `, ${countOf(left, 'trial')} not run` : `, ${countOf(left, 'trial')} to go`
  const result: Span[] =
    best === null
      ? ['None of its trials succeeded', rest, '.']
      : [
          `Best${rest === '' || isOver ? '' : ' so far'}: trial ${best.number} with ${metric} `,
          { text: formatMetric(metric, best.value), tone: 'good' },
          `${rest}.`,
        ]
  return [...wrapSpans(head, width), ...ranges, ...wrapSpans(result, width)]
}

/** What became of the stage's trials at its rungs, each cut with its numbers. */
function rungLines(
  { record, rungs }: ExplainedStage,
  metric: string,
  width: number,
  hasCommands: boolean,
): Span[][] {
  if (rungs === null || rungs.every(({ reached }) => reached === 0)) return []
  const lines = rungs.flatMap((passage): Span[][] => {
    const { pruned, cuts } = passage
    const more = pruned - cuts.length
    return [
      ...wrapSpans([passageSentence(passage)], width),
      ...cuts.flatMap((cut) => hanging(`trial ${cut.trial}: ${comparisonWords(cut, metric)}`, width)),
      ...(more === 0
        ? []
        : hanging(
            `${more} more${hasCommands ? ': see finesweep show NUMBER for one, --json for all' : ''}`,
            width,
          )),
    ]
  })
  const { reduce } = record.rungs!
  const rule = `About one trial in ${reduce} goes on past a rung; each is compared with lower-numbered trials.`
  return [...wrapSpans([rule], width), ...lines]
}

/** Dim text, indented; further lines a little more. */
function hanging(text: string, width: number): Span[][] {
  return wrap(text, width - 4).map((line, i): Span[] => [
    { text: `${i === 0 ? '  ' : '    '}${line}`, tone: 'dim' },
  ])
}

function isUsualStep({ kind, step }: FloatDistribution | IntDistribution): boolean {
  return step === (kind === 'int' ? 1 : null)
}

/** The ranges that a study begins with. */
function rangeLines({ space }: StageRecord): Span[][] {
  const shown = Object.entries(space.parameters)
  const names = shown.map(([name]) => truncate(oneLine(shortName(name)), 24))
  const nameWidth = Math.max(0, ...names.map(displayWidth))
  const rules = space.constraints.map((rule): Span[] => [`  require ${oneLine(rule)}`])
  const ranges = shown.map(([, distribution], i): Span[] => {
    const traits = [
      ...('log' in distribution && distribution.log ? ['log'] : []),
      ...(distribution.kind === 'int' ? ['whole numbers'] : []),
      ...('step' in distribution && !isUsualStep(distribution) ? [`steps of ${distribution.step}`] : []),
      ...('hard' in distribution && !distribution.hard ? ['soft bounds'] : []),
      ...('ordered' in distribution && distribution.ordered ? ['ordered'] : []),
    ].join(', ')
    return [
      `  ${padEnd(names[i]!, nameWidth)}  ${oneLine(formatDistribution(distribution))}`,
      { text: traits === '' ? '' : `  ${traits}`, tone: 'dim' },
    ]
  })
  return [...ranges, ...rules]
}

function decisionLines(stage: ExplainedStage, decision: NarrowDecision, width: number): Span[][] {
  const head = totalsLine(stage, decision)
  return [
    ...wrapSpans([...head, ` ${narrowingHeadline(decision)}`], width),
    ...narrowingLines(decision, width),
  ]
}

function totalsLine({ record, totals, ranMs }: ExplainedStage, decision: NarrowDecision): Span[] {
  return stageTotalsLine({
    name: record.name,
    trials: totals.finished,
    epochs: totals.epochs,
    durationMs: ranMs,
    diverged: decision.diverged,
    failed: decision.failed,
  })
}

/** From this ratio of epochs on, after a stage of one epoch, the next stage's best may lie elsewhere. */
const FEW_EPOCHS_RATIO = 5

/** The settings behind a decision, and what it could not see. */
function noteLines(stage: StageRecord, next: StageRecord, decision: NarrowDecision, width: number): Span[][] {
  const elite = decision.elite.slice(0, 12).join(', ') + (decision.elite.length > 12 ? ', …' : '')
  const notes = [
    ...(decision.elite.length > 0 ? [`The best trials, in order: ${elite}.`] : []),
    `Margin: ${formatPercent(decision.margin)} of their width on each side.`,
    ...(decision.rootShare > 0
      ? [
          `${formatPercent(decision.rootShare)} of the trials of ${oneLine(next.name)} still sample the whole range.`,
        ]
      : []),
  ]
  const lines = wrap(notes.join(' '), width - 2).map((line): Span[] => [{ text: `  ${line}`, tone: 'dim' }])
  if (stage.epochs > 1 || next.epochs < FEW_EPOCHS_RATIO) return lines
  const warning =
    `These trials ran one epoch; those of the next stage run ${next.epochs}. With no earlier value to compare, narrowing cannot ` +
    `tell where the best ones move with longer training. With two or more epochs, it can.`
  return [
    ...lines,
    ...wrap(warning, width - 2).map((line): Span[] => [{ text: `  ${line}`, tone: 'warning' }]),
  ]
}
