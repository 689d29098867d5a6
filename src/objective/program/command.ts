import { statSync } from 'node:fs'
import { shorten } from '../../text/quote.ts'
import { FailedError, type Measurements, type Objective, type TrialContext } from '../objective.ts'
import type { CommandSettings } from '../source.ts'
import type { StudyPlace } from '../study-place.ts'
import { recordRunning } from './left-programs.ts'
import { readLines } from './lines.ts'
import { onceEach, readMeasurementLine } from './measurement-line.ts'
import { type Output, openOutput } from './output.ts'
import { fillText, fillWords, type TrialValues, trialEnvironment, valuesOf } from './placeholders.ts'
import { type Program, startProgram } from './process.ts'
import { commandWords } from './words.ts'

/**
 * Any program as an objective. It is started without a shell, its placeholders filled in; docs/commands.md is its
 * contract. Each line of its stdout that is a JSON object with a `value` is a measurement. All that it writes is kept
 * in its trial's folder. It is ended with its whole process group when the trial is.
 * @throws UserError('usage') if the command can't be split into words; its run a FolderError
 */
export function createCommand(settings: CommandSettings, place: StudyPlace | null): Objective {
  const words = commandWords(settings.command)
  return Object.freeze({
    space: null,
    run: (context: TrialContext) => runRecorded(words, settings, place, context),
  })
}

async function* runRecorded(
  words: readonly string[],
  settings: CommandSettings,
  place: StudyPlace | null,
  context: TrialContext,
): Measurements {
  const values = valuesOf(context, settings, place)
  const running = place === null || place.isTemporary ? null : recordRunning(values.folder)
  try {
    yield* runProgram(words, settings, values, context, (pid) => running?.started(pid))
  } finally {
    running?.ended()
  }
}

async function* runProgram(
  words: readonly string[],
  { cwd, env }: CommandSettings,
  values: TrialValues,
  context: TrialContext,
  started: (pid: number) => void,
): Measurements {
  const filled = fillWords(words, values)
  const name = filled[0]!
  const { signal } = context
  if (signal.aborted) return
  const output = openOutput(values.folder)
  const own = Object.fromEntries(Object.entries(env).map(([key, text]) => [key, fillText(text, values)]))
  const program = startWith(output, name, () =>
    startProgram(filled, cwd, { ...trialEnvironment(values), ...own }, output.stderr),
  )
  const stop = (): void => program.end()
  signal.addEventListener('abort', stop)
  const warn = onceEach((warning) => context.warn(warning))
  let lastStep = 0
  try {
    if (program.pid !== undefined) started(program.pid)
    for await (const line of readLines(program.stdout, (bytes) => output.add(bytes))) {
      const read = readMeasurementLine(line, lastStep)
      if (read === null) continue
      for (const warning of read.warnings) warn(warning)
      if (read.measurement === null) continue
      lastStep = read.measurement.step
      yield read.measurement
    }
    const failure = await program.ended
    if (failure !== null && !signal.aborted) throw failed('exited', `${name} ${failure}`, output.tail())
    if (lastStep === 0 && !signal.aborted) {
      const message = `${name} ended without a measurement: no line of its stdout was a JSON object with a "value"`
      throw failed('bad-measurement', message + wayToPrint(output.tail()), output.tail())
    }
    if (statSync(values.folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      warn(`its program must leave the folder ${values.folder}, but removed it: ${WITHOUT_FOLDER}`)
  } finally {
    signal.removeEventListener('abort', stop)
    if (program.isRunning) program.end()
    await program.ended
    output.close()
  }
}

/** The program that `start` starts. What it throws is why the system refused. @throws FailedError('exited') */
function startWith(output: Output, name: string, start: () => Program): Program {
  try {
    return start()
  } catch (error) {
    output.close()
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'E2BIG'
        ? 'its words or variables are longer than the system allows (E2BIG): FINESWEEP_PARAMS has the values of all parameters, so give long texts short names'
        : message
    throw failed('exited', `${name} can't be started: ${why}`, '')
  }
}

const WITHOUT_FOLDER = 'its files and logs are lost, and no stage can continue it'

/** What to do about a last line that is a result, but not in the form, the encoding or the place of a measurement. */
function wayToPrint(tail: string): string {
  const last = tail.slice(tail.lastIndexOf('\n') + 1).trim()
  if (tail.includes('\0')) return ' (its output must be UTF-8, but has NUL bytes, as UTF-16 has)'
  if (last !== '' && Number.isFinite(Number(last))) return ` (print {"value": ${last}})`
  // Stdout had none: this is the end of stderr.
  if ((readMeasurementLine({ text: last, afterReturn: false }, 0)?.measurement ?? null) !== null)
    return ' (it printed one to stderr)'
  if (last === '}') return ' (print the whole object in one line)'
  return /^\{'.*\}$/.test(last) ? ' (in Python, print json.dumps of the dictionary)' : ''
}

/** The last line, where an exception says what it is, goes into the sentence; the lines before it are kept beside it. */
function failed(code: string, message: string, tail: string): FailedError {
  const last = tail.slice(tail.lastIndexOf('\n') + 1).trim()
  return new FailedError(
    code,
    last === '' ? message : `${message}: ${shorten(last, 200)}`,
    tail === '' ? null : tail,
  )
}
