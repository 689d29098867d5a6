import { resolve } from 'node:path'
import { PreparationStopped } from '../data/prepare-in-thread.ts'
import { UserError } from '../errors.ts'
import { nextSteps, readSummary, renderSummary } from '../report/summary.ts'
import type { SessionOptions, SessionResult } from '../session/conduct.ts'
import type { StudyListener } from '../study/events.ts'
import { fewWarnings } from './few-warnings.ts'
import { sayWrapped, tableLayout } from './layout.ts'
import { dbOption, withReader } from './open-study.ts'
import { chosenEngine, defaultWorkers, type EngineArguments } from './run-options.ts'
import { listenForSignals } from './stop-signals.ts'
import { print, type Terminal } from './terminal.ts'

export interface SessionArguments extends EngineArguments {
  readonly db: string
  readonly quiet: boolean
  readonly serve: boolean
  readonly workers?: number | undefined
  readonly grace?: number | undefined
}

/** What a study that finished without a single success exits with. */
const NO_SUCCESS = 3

/**
 * Runs a session with progress on stderr and signals handled, then prints the results.
 * @returns the exit code: 0 done, 3 if no trial succeeded, 130 or 143 if a signal stopped it.
 */
export async function runSession(
  args: SessionArguments,
  terminal: Terminal,
  session: (options: SessionOptions) => Promise<SessionResult>,
): Promise<number> {
  const { createProgress } = await import('./progress.ts')
  const progress = createProgress({
    stream: terminal.stderr,
    env: terminal.env,
    quiet: args.quiet,
    dbOption: dbOption(args.db),
  })
  const workers = args.workers ?? defaultWorkers()
  const engine = chosenEngine(args, terminal.env)
  if (workers === 0 && engine === undefined) {
    throw new UserError('usage', '--workers 0 runs no trials here, and there is no engine', {
      hint: 'Add an engine with --engine redis://HOST:6379, or use at least one worker.',
    })
  }
  const tell = (sentence: string): void => {
    if (!args.quiet) progress.print(sentence)
  }
  const say = fewWarnings(tell)
  const stop = listenForSignals(args.grace === undefined ? null : args.grace * 1000, tell)
  try {
    const result = await session({
      db: resolve(args.db),
      workers,
      engine,
      listener: args.serve ? await withLivePage(progress.listener, args.db, tell) : progress.listener,
      say,
      onPreparing: progress.preparing,
      onPrint: (text) => say(text.trimEnd()),
      drain: stop.drain,
      halt: stop.halt,
    })
    progress.close()
    await tellResults(result, args, terminal, workers)
    if (result.end.state === 'stopped' && stop.exitCode !== null) return stop.exitCode
    return result.best === null && result.end.state !== 'stopped' ? NO_SUCCESS : 0
  } catch (error) {
    if (!(error instanceof PreparationStopped) || stop.exitCode === null) throw error
    tell('Stopped while the study was prepared: no trial ran and nothing was stored.')
    return stop.exitCode
  } finally {
    // The signals stay handled: one that comes while the results are printed must not lose them.
    progress.close()
    stop.endGrace()
  }
}

/** A listener that also starts the live page once the study has begun. */
async function withLivePage(
  listener: StudyListener,
  db: string,
  tell: (sentence: string) => void,
): Promise<StudyListener> {
  const { startLiveChild } = await import('./live/child.ts')
  return (event) => {
    if (event.kind === 'study-started') startLiveChild(resolve(db), event.study.name, tell)
    listener(event)
  }
}

/** The results on stdout; what to look at next on stderr. */
async function tellResults(
  { study, cautions }: SessionResult,
  { db, quiet }: SessionArguments,
  terminal: Terminal,
  workers: number,
): Promise<void> {
  const summary = await withReader(db, (reader) => readSummary(reader, study))
  const facts = { workers, db, dbOption: dbOption(db), cautions }
  await print(terminal, renderSummary(summary, facts, tableLayout(terminal)))
  if (!quiet) sayWrapped(terminal, nextSteps(summary, facts))
}
