import { extname } from 'node:path'
import { UserError } from '../../errors.ts'
import { countOf } from '../../report/numbers.ts'
import type { TrialRecord } from '../../trial.ts'
import { defineCommand } from '../command.ts'
import { trialOrBest } from '../kept-trial.ts'
import { type OpenStudy, withStudy } from '../open-study.ts'
import { once, storeOptions, studyPositional, wholeNumber } from '../options.ts'
import { print, say } from '../terminal.ts'

const FORMATS = ['safetensors', 'onnx'] as const

type Format = (typeof FORMATS)[number]

/** `finesweep weights [STUDY] [TRIAL] -o FILE`: a kept network as a safetensors or an ONNX file. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(studyPositional(yargs))
      .positional('trial', {
        type: 'string',
        describe: "The trial's number; by default the best",
        coerce: wholeNumber('TRIAL', 0),
      })
      .option('format', {
        type: 'string',
        requiresArg: true,
        describe: 'safetensors or onnx [default: from the file name, else safetensors]',
        coerce: (value: unknown) =>
          asFormat(once<string | undefined>('--format')(value as string | undefined)),
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'The file to write; - for stdout',
        coerce: once<string>('--output'),
      }),

  run: (args, terminal) =>
    withStudy(args, async (open) => {
      const trial = trialOrBest(open, args.trial as number | undefined, args.db)
      const { output } = args
      const toStdout = output === '-'
      if (toStdout && terminal.stdout.isTTY === true) {
        throw new UserError('usage', 'A network is binary and is not written to a terminal', {
          hint: 'Write to a file: -o best.safetensors',
        })
      }
      const tell = (sentence: string): void => {
        if (!args.quiet) say(terminal, sentence)
      }
      const bytes = await networkFile(open, trial, args, tell)
      if (toStdout) return print(terminal, bytes)
      const { writeOutputFile } = await import('../output-file.ts')
      writeOutputFile(output, bytes)
      tell(`Wrote the network of trial ${trial.number} (${countOf(bytes.length, 'byte')}) to ${output}.`)
    }),
})

function asFormat(value: string | undefined): Format | undefined {
  if (value === undefined) return undefined
  const format = FORMATS.find((each) => each === value)
  if (format !== undefined) return format
  throw new UserError('usage', `--format must be ${FORMATS.join(' or ')}, got ${JSON.stringify(value)}`)
}

/** What a file's name asks for. @throws UserError('usage') for an ending of no format, where the file is a network */
function formatOf(file: string, isNetwork: boolean): Format {
  const ending = extname(file).slice(1).toLowerCase()
  const format = FORMATS.find((each) => each === ending)
  if (format !== undefined) return format
  if (ending === '' || !isNetwork) return 'safetensors'
  throw new UserError('usage', `${file}: unknown format .${ending}`, {
    hint: `Known extensions: ${FORMATS.join(', ')}. Or use --format.`,
  })
}

async function networkFile(
  { reader, study }: OpenStudy,
  trial: TrialRecord,
  {
    db,
    output,
    ...given
  }: { readonly db: string; readonly output: string; readonly format?: Format | undefined },
  tell: (sentence: string) => void,
): Promise<Uint8Array> {
  const { keptArtifact } = await import('../../model/kept-network.ts')
  const { experimentFromJson } = await import('../../study-file/experiment-json.ts')
  const { keepsNetwork } = await import('../../objective/kinds.ts')
  const artifact = keptArtifact(reader, study, trial)
  const { objective } = experimentFromJson(study.experiment, study.name)
  // What a module keeps may be in any format, and is written as it is.
  const format = given.format ?? formatOf(output, keepsNetwork(objective))
  if (format === 'safetensors' && !keepsNetwork(objective)) return artifact
  const { openKeptNetwork } = await import('../../session/open-kept-network.ts')
  const { cacheFolderOf } = await import('../../session/conduct.ts')
  try {
    const kept = await openKeptNetwork(reader, study, trial, cacheFolderOf(db))
    if (format === 'onnx') return (await import('../../model/export-onnx.ts')).exportOnnx(kept)
    return (await import('../../model/export-safetensors.ts')).exportSafetensors(kept, artifact)
  } catch (error) {
    if (format === 'onnx' || !(error instanceof UserError)) throw error
    // The weights alone are better than nothing where the data have gone.
    tell(`The file does not include the preprocessing and class names: ${error.message}.`)
    return artifact
  }
}
