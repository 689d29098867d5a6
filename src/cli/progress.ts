import { narrowingHeadline, narrowingLines, stageTotalsLine } from '../report/narrowing.ts'
import { countOf, workersText } from '../report/numbers.ts'
import { renderProgress, renderTrialLine } from '../report/progress.ts'
import {
  advanceProgress,
  NOTHING_YET,
  type ProgressState,
  type StageProgress,
} from '../report/progress-state.ts'
import { oneLine, paint, type Span, truncate, wrapSpans } from '../report/text.ts'
import { runningTime } from '../store/running-time.ts'
import type { StageRecord } from '../store/store.ts'
import type { StudyEvent, StudyListener } from '../study/events.ts'
import { shellWord } from '../text/shell-word.ts'
import { TRIAL_STATES, type TrialRecord } from '../trial.ts'
import { createLiveBlock, type LiveBlock, windowOf } from './live-block.ts'
import { hasColour, type OutputStream, type Terminal } from './terminal.ts'

export interface ProgressOptions {
  /** Usually stderr: results have stdout for themselves. */
  readonly stream: OutputStream
  readonly env: Terminal['env']
  /** Nothing is shown but what `print` is given. */
  readonly quiet: boolean
  /** ` --db F` if the commands that are named need it; by default they don't. */
  readonly dbOption?: string
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number
}

export interface Progress {
  readonly listener: StudyListener
  /** What is done to the data before the study begins, and the share of it that is done, from 0 to 1. */
  preparing(step: string, done: number): void
  /** Says a sentence above the picture. */
  print(sentence: string): void
  /** Takes the picture away and gives the terminal back. May be called twice. */
  close(): void
}

/** How often a line is printed where the stream is not a terminal. */
const LINE_INTERVAL_MS = 10_000

/** This many diverged or failed trials of a stage are reported one by one; the others are only counted. */
const TOLD_MISHAPS = 5

/**
 * Shows a running study: on a terminal a picture that is redrawn in place, elsewhere a line for a finished trial or
 * every 10 s, whichever is rarer. What was decided between stages stays above it.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { stream, env, quiet, now = () => performance.now() } = options
  const colour = hasColour(stream, env)
  let state = NOTHING_YET
  let told = ''
  let preparation: { readonly step: string; readonly done: number } | null = null
  const isLive = !quiet && stream.isTTY === true && env.TERM !== 'dumb'
  const block: LiveBlock | null = isLive
    ? createLiveBlock(stream, (width, rows) =>
        preparation === null
          ? renderProgress(state, now(), { width, rows, colour })
          : [truncate(preparationLine(preparation.step, preparation.done), width)],
      )
    : null
  const width = (): number => (stream.isTTY ? windowOf(stream).columns() : Number.POSITIVE_INFINITY)
  const printLines: PrintLines = (lines) => {
    // No line is wider than the window: a terminal would break it within a word.
    const text = lines.flatMap((line) => wrapSpans(line, width())).map((line) => paint(line, colour))
    if (block !== null) block.printAbove(text.join('\n'))
    else stream.write(`${text.join('\n')}\n`)
  }
  const print = (text: string): void => printLines(text.split('\n').map((line) => [line]))
  const tell = eventTeller(printLines, width, options.dbOption ?? '', block === null ? now : null)
  return {
    listener: (event) => {
      if (quiet) return
      preparation = null
      state = advanceProgress(state, event, now())
      tell(event, state)
      block?.refresh()
    },
    preparing: (step, done) => {
      if (quiet) return
      // Where nothing can be redrawn a line for each step, unless it is over at once.
      if (block === null && done > 0 && done < 1 && step !== told) {
        told = step
        print(capitalized(step))
      }
      preparation = { step, done }
      block?.refresh()
    },
    print,
    close: () => block?.close(),
  }
}

type PrintLines = (lines: readonly (readonly Span[])[]) => void

/**
 * Says what stays of a study's events.
 *
 * @param clock for lines about finished trials, where nothing is redrawn in place; null for none
 */
function eventTeller(
  print: PrintLines,
  width: () => number,
  dbOption: string,
  clock: (() => number) | null,
): (event: StudyEvent, state: ProgressState) => void {
  let lastLineAt = Number.NEGATIVE_INFINITY
  let mishaps = 0
  const tellMishap = (trial: TrialRecord, study: string): void => {
    mishaps++
    if (mishaps <= TOLD_MISHAPS) print([mishapLine(trial, study, dbOption)])
    else if (mishaps === TOLD_MISHAPS + 1) {
      const list = `finesweep trials --state diverged,failed${dbOption}`
      print([[`Any more in this stage are only counted. To list them: ${list}`]])
    }
  }
  return (event, state) => {
    switch (event.kind) {
      case 'study-started':
        return print([[beginning(event)]])
      case 'stage-started': {
        mishaps = 0
        const { narrowing } = event.stage
        // A stage that an earlier process began was reported then.
        if (event.finished > 0 || state.previous === null || narrowing === null) return
        return print(stageLines(state.previous, narrowing, width()))
      }
      case 'trial-retried': {
        const { trial, attempt, error } = event
        return print([[`Trial ${trial}, attempt ${attempt}: ${oneLine(error.message)}. Retrying.`]])
      }
      case 'trial-finished': {
        const { record } = event
        if (TRIAL_STATES[record.state].tone === 'bad') tellMishap(record, state.study?.name ?? '')
        if (clock === null || clock() - lastLineAt < LINE_INTERVAL_MS) return
        lastLineAt = clock()
        print([[renderTrialLine(state, record, clock())]])
      }
    }
  }
}

/** What a stage came to, and what was decided by it. */
function stageLines(
  stage: StageProgress,
  decision: NonNullable<StageRecord['narrowing']>,
  width: number,
): Span[][] {
  // What an earlier process did of the stage was not seen here, but for its number of trials.
  const isWhole = stage.finishedBefore === 0
  const totals = stageTotalsLine({
    name: stage.record.name,
    trials: stage.finished,
    epochs: isWhole ? stage.epochs : null,
    // By the records of its trials, as the report at the end and `explain` have it.
    durationMs: isWhole ? runningTime(stage.ran) : null,
    diverged: isWhole ? stage.diverged : 0,
    failed: isWhole ? stage.failed : 0,
  })
  return [
    ...wrapSpans([...totals, ` ${narrowingHeadline(decision)}`], width),
    ...narrowingLines(decision, width),
  ]
}

/** `quickstart: 64 trials in 2 stages, 9 of them finished before; seed 42, 2 workers` */
function beginning(event: Extract<StudyEvent, { readonly kind: 'study-started' }>): string {
  const trials = event.stages.reduce((sum, stage) => sum + stage.trials, 0)
  const again = event.finished > 0 ? `, ${event.finished} of them already finished` : ''
  return (
    `${oneLine(event.study.name)}: ${countOf(trials, 'trial')} in ${countOf(event.stages.length, 'stage')}${again}; ` +
    `seed ${event.study.seed}, ${workersText(event.workers)}`
  )
}

/** `Finding 100 principal components: 43 %`; no share of a step that can't tell any. */
function preparationLine(step: string, done: number): string {
  return done > 0 && done < 1 ? `${capitalized(step)}: ${Math.floor(100 * done)} %` : capitalized(step)
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `Trial 17 diverged: loss became NaN in epoch 1. Replay it alone: finesweep replay quickstart 17` */
function mishapLine(trial: TrialRecord, study: string, dbOption: string): Span[] {
  const reason = trial.error === null ? '' : `: ${oneLine(trial.error.message).replace(/\.$/, '')}`
  return [
    `Trial ${trial.number} `,
    { text: trial.state, tone: 'bad' },
    `${reason}. `,
    { text: `Replay it alone: finesweep replay ${shellWord(study)} ${trial.number}${dbOption}`, tone: 'dim' },
  ]
}
