import { createInterface } from 'node:readline/promises'
import { UserError } from '../../errors.ts'
import { shellWord } from '../../text/shell-word.ts'
import { defineCommand } from '../command.ts'
import { isModuleFolder, schemaPath, writeNewFiles } from '../init/folder.ts'
import { filesOf, LANGUAGES, type Language, STUDY_KINDS, type StudyKind } from '../init/templates.ts'
import { once } from '../options.ts'
import { print, say } from '../terminal.ts'

/** `finesweep init [FOLDER]`: a commented study file and an objective to begin with, by flags or by a question. */
export default defineCommand({
  options: (yargs) =>
    yargs
      .positional('folder', {
        type: 'string',
        default: '.',
        describe: 'Where to write; created if missing',
      })
      .option('kind', {
        type: 'string',
        requiresArg: true,
        choices: STUDY_KINDS,
        describe: 'What to tune: the built-in network, a module, or a program [default: ask, or network]',
        coerce: once<StudyKind>('--kind'),
      })
      .option('language', {
        type: 'string',
        requiresArg: true,
        describe: 'ts or js for a module, python or js for a program [default: the first]',
        coerce: once<string>('--language'),
      })
      .example('finesweep init --kind module', '')
      .example('finesweep init mine --kind program --language python', ''),

  run: async (args, terminal) => {
    const kind = args.kind ?? (await askKind())
    const study = {
      kind,
      language: languageOf(kind, args.language),
      isModuleFolder: isModuleFolder(args.folder),
      schema: schemaPath(args.folder),
    }
    const paths = writeNewFiles(args.folder, filesOf(study))
    await print(terminal, `${paths.join('\n')}\n`)
    say(terminal, `Next: finesweep run ${shellWord(paths[0]!)}`)
  },
})

function languageOf(kind: StudyKind, text: string | undefined): Language | null {
  const known: readonly Language[] = LANGUAGES[kind]
  if (text === undefined) return known[0] ?? null
  const language = known.find((one) => one === text)
  if (language !== undefined) return language
  const rule =
    known.length === 0 ? `does not apply to a ${kind}` : `must be ${known.join(' or ')} for a ${kind}`
  throw new UserError('usage', `--language: ${rule}, got ${JSON.stringify(text)}`)
}

const QUESTION = `What does the study measure?
  1  network: the built-in network, on your data or an embedded data set
  2  module: a function in TypeScript or JavaScript
  3  program: any command that prints JSON
Number [1]: `

/** Asks a person at a terminal; a script gets the built-in network. */
async function askKind(): Promise<StudyKind> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return 'network'
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const answer = (await asking.question(QUESTION)).trim() || '1'
      const kind = STUDY_KINDS[Number(answer) - 1] ?? STUDY_KINDS.find((name) => name === answer)
      if (kind !== undefined) return kind
    }
  } finally {
    asking.close()
  }
}
