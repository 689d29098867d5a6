import { fstatSync } from 'node:fs'
import { UserError } from '../../errors.ts'
import type { GivenMeasurement } from '../../objective/objective.ts'
import { readLines } from '../../objective/program/lines.ts'
import { onceEach, readMeasurementLine } from '../../objective/program/measurement-line.ts'
import { formatMetric } from '../../report/numbers.ts'
import { SCHEMA_VERSION } from '../../report/trial-json.ts'
import type { Told } from '../../study/told-outcome.ts'
import { readDecimal } from '../../text/decimal.ts'
import { withAskedStudy } from '../asked-study.ts'
import { defineCommand } from '../command.ts'
import { jsonOption, storeOptions, wholeNumber } from '../options.ts'
import { print, say, type Terminal } from '../terminal.ts'

/** `finesweep tell STUDY TRIAL VALUE`: what a trial gave that `ask` handed out. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(storeOptions(yargs))
      .positional('study', { type: 'string', demandOption: true, describe: 'The study, or its study file' })
      .positional('trial', { type: 'string', demandOption: true, describe: "The trial's number" })
      .positional('value', {
        type: 'string',
        describe: 'A number, nan, inf, failed, or again to hand out the trial once more',
      })
      .option('stdin', {
        type: 'boolean',
        default: false,
        describe: 'Read measurements from stdin: lines such as {"step": 1, "value": 0.8}',
      })
      .example('finesweep tell mine 3 0.82', '')
      .example('finesweep tell mine 3 --stdin < log.ndjson', ''),

  run: async (args, terminal) => {
    const number = wholeNumber('TRIAL', 0)(args.trial)!
    const told = args.stdin ? await readMeasurements(args.value, terminal) : readTold(args.value)
    return withAskedStudy(args, false, async ({ asked, tell }, study) => {
      const record = tell(number, told)
      if (args.json) {
        const { state, value } = record
        const head = { schemaVersion: SCHEMA_VERSION, study: study.name }
        await print(terminal, `${JSON.stringify({ ...head, number, state, value })}\n`)
      } else if (!args.quiet) {
        const value =
          record.value === null ? '' : `, ${study.metric} ${formatMetric(study.metric, record.value)}`
        const end = asked.end === null ? '' : ` The study is ${asked.end.state}.`
        say(terminal, `Trial ${number} of ${study.name}: ${record.state}${value}.${end}`)
      }
      return 0
    })
  },
})

function readTold(word: string | undefined): Told {
  if (word === undefined) {
    throw new UserError('usage', 'VALUE is missing', { hint: 'Pass a number, failed, again or --stdin.' })
  }
  if (word === 'failed' || word === 'again') return word
  const value = readDecimal(word)
  if (value !== null) return value
  throw new UserError(
    'usage',
    `VALUE must be a number, nan, inf, failed or again, got ${JSON.stringify(word)}`,
  )
}

/** Lines as a program prints them; other lines are log. */
async function readMeasurements(value: string | undefined, terminal: Terminal): Promise<GivenMeasurement[]> {
  if (value !== undefined) throw new UserError('usage', 'VALUE and --stdin cannot be combined')
  const measurements: GivenMeasurement[] = []
  const warn = onceEach((warning) => say(terminal, `Warning: ${warning}.`))
  for await (const text of readLines(stdinBytes(), () => {})) {
    const line = readMeasurementLine(text, measurements.at(-1)?.step ?? 0)
    if (line === null) continue
    for (const warning of line.warnings) warn(warning)
    if (line.measurement !== null) measurements.push(line.measurement)
  }
  if (measurements.length > 0) return measurements
  throw new UserError('usage', 'There is no measurement on stdin', {
    hint: 'Write lines such as {"step": 1, "value": 0.8}.',
  })
}

async function* stdinBytes(): AsyncGenerator<Uint8Array, void, void> {
  try {
    // Node takes a folder for an empty stream.
    if (fstatSync(0).isDirectory()) throw Object.assign(new Error('EISDIR'), { code: 'EISDIR' })
    for await (const bytes of process.stdin) yield bytes
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const reason = code === 'EISDIR' ? 'it is a folder' : code
    throw new UserError('usage', `--stdin: stdin cannot be read: ${reason}`, { cause: error })
  }
}
