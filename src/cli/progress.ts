import { shellWord } from '../report/names.ts'
import { narrowingHeadline, narrowingLines, stageTotalsLine } from '../report/narrowing.ts'
import { countOf } from '../report/numbers.ts'
import { renderProgress, renderTrialLine } from '../report/progress.ts'
import { advanceProgress, NOTHING_YET } from '../report/progress-state.ts'
import { oneLine, paint, type Span, truncate, wrap, wrapSpans } from '../report/text.ts'
import { runningTime } from '../store/running-time.ts'
import type { StageRecord } from '../store/store.ts'
import type { StudyEvent, StudyListener } from '../study/events.ts'
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
  const { stream, env, quiet, dbOption = '', now = () => performance.now() } = options
  const colour = hasColour(stream, env)
  let state = NOTHING_YET
  let lastLineAt = Number.NEGATIVE_INFINITY
  let mishaps = 0
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
  const print = (text: string): void => {
    if (block !== null) block.printAbove(text)
    else stream.write(`${text}\n`)
  }
  const printLines = (lines: readonly (readonly Span[])[]): void =>
    print(lines.map((line) => paint(line, colour)).join('\n'))
  /** No line is wider than the window: a terminal would break it within a word. */
  const printWrapped = (text: string): void =>
    print(
      text
        .split('\n')
        .flatMap((line) => wrap(line, width()))
        .join('\n'),
    )
  const width = (): number => (stream.isTTY ? windowOf(stream).columns() : Number.POSITIVE_INFINITY)

  const tellMishap = (trial: TrialRecord): void => {
    mishaps++
    if (mishaps <= TOLD_MISHAPS)
      printLines(wrapSpans(mishapLine(trial, state.study?.name ?? '', dbOption), width()))
    else if (mishaps === TOLD_MISHAPS + 1) {
      printWrapped(
        `Further ones in this stage are only counted. List them: finesweep trials --state diverged,failed${dbOption}`,
      )
    }
  }
  const tellStage = (stage: StageRecord): void => {
    const { previous } = state
    if (previous === null || stage.narrowing === null) return
    // What an earlier process did of the stage was not seen here, but for its number of trials.
    const isWhole = previous.finishedBefore === 0
    const totals: Span[] = stageTotalsLine({
      name: previous.record.name,
      trials: previous.finished,
      epochs: isWhole ? previous.epochs : null,
      // By the records of its trials, as the report at the end and `explain` have it.
      durationMs: isWhole ? runningTime(previous.ran) : null,
      diverged: isWhole ? previous.diverged : 0,
      failed: isWhole ? previous.failed : 0,
    })
    printLines([
      ...wrapSpans([...totals, ` ${narrowingHeadline(stage.narrowing)}`], width()),
      ...narrowingLines(stage.narrowing, width()),
    ])
  }

  const tell = (event: StudyEvent): void => {
    switch (event.kind) {
      case 'study-started': {
        const trials = event.stages.reduce((sum, stage) => sum + stage.trials, 0)
        const again = event.finished > 0 ? `, ${event.finished} of them finished before` : ''
        printWrapped(
          `${oneLine(event.study.name)}: ${countOf(trials, 'trial')} in ${countOf(event.stages.length, 'stage')}${again}; ` +
            `seed ${event.study.seed}, ${countOf(event.workers, 'worker')}`,
        )
        return
      }
      case 'stage-started':
        mishaps = 0
        // A stage that an earlier process began was reported then.
        if (event.finished === 0) tellStage(event.stage)
        return
      case 'trial-retried':
        print(`Trial ${event.trial}, attempt ${event.attempt}: ${oneLine(event.error.message)}. Retrying.`)
        return
      case 'trial-finished': {
        const { record } = event
        if (TRIAL_STATES[record.state].tone === 'bad') tellMishap(record)
        if (block === null && now() - lastLineAt >= LINE_INTERVAL_MS) {
          lastLineAt = now()
          print(renderTrialLine(state, record, now()))
        }
        return
      }
    }
  }

  return {
    listener: (event) => {
      if (quiet) return
      preparation = null
      state = advanceProgress(state, event, now())
      tell(event)
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
    print: (sentence) => printWrapped(sentence),
    close: () => block?.close(),
  }
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
