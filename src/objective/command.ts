import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { FailedError, type Measurements, type Objective, type TrialContext } from './objective.ts'
import { fillWord } from './placeholders.ts'
import { readReportLine } from './report-line.ts'
import { splitWords } from './words.ts'

/** How long a program has between being asked to end and being ended. */
const GRACE_MS = 500
/** How long its output may stay open after it has ended: something it started may hold it. */
const DRAIN_MS = 500
/** A line longer than this is no measurement. */
const LONGEST_LINE = 1_000_000
/** So much of the end of what it wrote is shown when it fails. */
const TAIL_CHARACTERS = 2_000

type Program = ChildProcessByStdio<null, Readable, Readable>

/** The programs that run now, to be ended with this process. */
const running = new Set<Program>()

/**
 * Any program as an objective. It is started without a shell, `{name}` in its words replaced by params, epochs, seed
 * and trial; the environment has FINESWEEP_PARAMS (JSON), FINESWEEP_TRIAL, FINESWEEP_SEED and FINESWEEP_EPOCHS.
 * Each line of its stdout that is a JSON object with a `value` is a measurement; other lines are kept with stderr,
 * whose end is shown if it fails. It is ended with its whole process group when the trial is.
 * Throws UserError('usage') if the command can't be split into words.
 * @param cwd the directory it runs in, absolute
 */
export function createCommand(command: string, cwd: string): Objective {
  const words = splitWords(command)
  return Object.freeze({ space: null, run: (context: TrialContext) => runProgram(words, cwd, context) })
}

async function* runProgram(words: readonly string[], cwd: string, context: TrialContext): Measurements {
  const [name, ...args] = words.map((word) => fillWord(word, context)) as [string, ...string[]]
  const { signal } = context
  if (signal.aborted) return
  const program = start(name, args, cwd, context)
  const ended = whenEnded(program)
  const stop = (): void => end(program, ended)
  signal.addEventListener('abort', stop)
  const tail = createTail()
  program.stderr.setEncoding('utf8').on('data', (text: string) => tail.add(text))
  let lastStep = 0
  try {
    for await (const line of readLines(program.stdout)) {
      const report = readReportLine(line, lastStep)
      if (report === null) {
        tail.add(`${line}\n`)
      } else {
        lastStep = report.step
        yield report
      }
    }
    const { failure } = await ended
    if (failure !== null && !signal.aborted) {
      throw new FailedError('exited', `${name} ${failure}${tail.text()}`)
    }
  } finally {
    signal.removeEventListener('abort', stop)
    if (running.has(program)) end(program, ended)
    await ended
  }
  if (lastStep === 0 && !signal.aborted) {
    throw new FailedError(
      'bad-measurement',
      `${name} ended without a measurement: no line of its stdout was a JSON object with a "value"${tail.text()}`,
    )
  }
}

function start(name: string, args: readonly string[], cwd: string, context: TrialContext): Program {
  const { number, params, seed, budget } = context
  const program = spawn(name, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that it can be ended with all that it starts.
    detached: true,
    env: {
      ...process.env,
      FINESWEEP_PARAMS: JSON.stringify(params),
      FINESWEEP_TRIAL: String(number),
      FINESWEEP_SEED: String(seed),
      FINESWEEP_EPOCHS: String(budget.epochs),
    },
  })
  if (running.size === 0) process.on('exit', killAll)
  running.add(program)
  return program
}

/** Resolves when the program has ended, with why it failed, to follow its name; null if it did well. */
function whenEnded(program: Program): Promise<{ readonly failure: string | null }> {
  const { promise, resolve } = Promise.withResolvers<{ readonly failure: string | null }>()
  const finish = (failure: string | null): void => {
    kill(program, 'SIGKILL')
    running.delete(program)
    if (running.size === 0) process.off('exit', killAll)
    setTimeout(() => program.stdout.destroy(), DRAIN_MS).unref()
    resolve({ failure })
  }
  program.once('error', (error: NodeJS.ErrnoException) => {
    program.stdout.destroy()
    finish(
      error.code === 'ENOENT' ? 'was not found, or its directory was not' : `can't run: ${error.message}`,
    )
  })
  program.once('exit', (status, signalName) => {
    if (status === 0) finish(null)
    else finish(signalName === null ? `ended with exit status ${status}` : `was ended by ${signalName}`)
  })
  return promise
}

/** Asks the program's whole group to end, and soon ends it. */
function end(program: Program, ended: Promise<unknown>): void {
  kill(program, 'SIGTERM')
  const timer = setTimeout(() => kill(program, 'SIGKILL'), GRACE_MS)
  void ended.finally(() => clearTimeout(timer))
}

function kill(program: Program, signalName: NodeJS.Signals): void {
  if (program.pid === undefined) return
  try {
    process.kill(-program.pid, signalName)
  } catch {
    // The group has ended already, or the system has no groups.
    program.kill(signalName)
  }
}

function killAll(): void {
  for (const program of running) kill(program, 'SIGKILL')
}

/** The lines of a stream, without their ends; too long ones are dropped. A stream that is destroyed just ends. */
async function* readLines(stream: Readable): AsyncGenerator<string, void, void> {
  let rest = ''
  let tooLong = false
  try {
    for await (const chunk of stream.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        if (!tooLong) yield line
        tooLong = false
      }
      if (rest.length > LONGEST_LINE) {
        rest = ''
        tooLong = true
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
  if (rest !== '' && !tooLong) yield rest
}

/** The end of what a program wrote beside its measurements. */
function createTail(): { add(text: string): void; text(): string } {
  let kept = ''
  return {
    add(text) {
      kept = (kept + text).slice(-TAIL_CHARACTERS)
    },
    text() {
      const shown = kept.trim()
      return shown === '' ? '' : `. It wrote at the end:\n${shown}`
    },
  }
}
