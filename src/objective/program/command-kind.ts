import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { UserError } from '../../errors.ts'
import type { SearchSpace } from '../../space/search-space.ts'
import { describeValue } from '../../text/quote.ts'
import { hashFiles } from '../fingerprint.ts'
import { checkParameterNames, foreignAim } from '../foreign-kind.ts'
import { KEPT_FOLDERS, type ObjectiveKind, requireExisting, type WrittenStudy } from '../kind.ts'
import type { CommandSettings } from '../source.ts'
import { checkProgram } from './find-program.ts'
import { checkPlaceholders, parametersIn } from './placeholders.ts'
import { commandWords } from './words.ts'

const command = z.union([z.string().min(1).max(10_000), z.array(z.string().max(10_000)).min(1).max(1_000)])
const variable = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const env = z.record(z.string().regex(/^[^=\0]+$/, 'must be a valid variable name'), variable)
const devices = z
  .array(z.union([z.string().min(1), z.int()]).transform(String))
  .min(1)
  .max(10_000)
const keep = z.union([z.literal('all'), z.int().min(0).max(1_000_000)])

/** A program of the user's, a process for each trial. */
export const commandKind: ObjectiveKind<CommandSettings> = {
  kind: 'command',
  noun: 'a command',
  artifact: 'folder',
  blocks: {},
  keys: {
    command: command.optional(),
    cwd: z.string().min(1).optional(),
    env: env.optional(),
    devices: devices.optional(),
    keep: keep.optional(),
  },
  isShort: () => false,
  stored: z.object({
    kind: z.literal('command'),
    command,
    cwd: z.string().min(1),
    env: env.default({}),
    devices: devices.nullable().default(null),
    keep: keep.default(KEPT_FOLDERS),
  }),

  written: ({ kind: _, ...settings }) => ({ objective: settings }),
  aim: foreignAim('a command'),
  resolve: (objective, _, study) => {
    const written = objective as Partial<CommandSettings> & Pick<CommandSettings, 'command'>
    const cwd = path.resolve(study.folder, written.cwd ?? '.')
    requireExisting(['objective', 'cwd'], cwd, 'folder', study)
    return {
      kind: 'command',
      command: written.command,
      cwd,
      env: written.env ?? {},
      devices: written.devices ?? null,
      keep: written.keep ?? KEPT_FOLDERS,
    }
  },
  noWarmStart: () => null,

  bringsSpace: false,
  checkNames: checkParameterNames,
  defaultSpace: ({ report }) => {
    report({
      path: ['space'],
      at: 'value',
      message: 'space is missing: a command can search only what the file declares',
      hint: 'Write space: { learningRate: { float: [1e-4, 1], log: true } }.',
    })
    return null
  },
  checkSpace: (space, settings, study) => {
    if (settings !== null) checkTexts(settings, space, study)
    return space
  },
  checkUnreadableSpace: () => {},

  keptFolders: ({ keep }) => keep,
  tie: () => null,
  open: async (settings) => {
    const words = commandWords(settings.command)
    checkProgram(words[0]!, settings.cwd, settings.env.PATH ?? process.env.PATH)
    // The program's own script is part of what is measured; where it lies is not.
    const files = words.map((word) => path.resolve(settings.cwd, word)).filter(isFile)
    const fingerprint = hashFiles(files, ...identity(settings))
    return { settings, source: settings, space: null, fingerprint, data: null }
  },
  asRecorded: (source) => source,
  evaluateTest: async () => null,
}

/** The words that say what is measured; those of a plain command are the command alone. */
function identity({ command, env }: CommandSettings): string[] {
  const said = typeof command === 'string' ? command : JSON.stringify(command)
  return Object.keys(env).length === 0 ? [said] : [said, JSON.stringify(env)]
}

function checkTexts(settings: CommandSettings, space: SearchSpace, study: WrittenStudy): void {
  const { report } = study
  const checked: string[] = []
  const check = (key: string, what: string, texts: () => readonly string[]): void => {
    try {
      const given = texts()
      const wrong = given.find((text) => text.includes(NUL))
      if (wrong !== undefined) throw nul(what, wrong)
      checkPlaceholders(given, space, settings.devices !== null, what)
      checked.push(...given)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      report({ path: ['objective', key], at: 'value', message: error.message, hint: error.hint })
    }
  }
  check('command', 'command', () => commandWords(settings.command))
  for (const [name, text] of Object.entries(settings.env)) check('env', `env.${name}`, () => [text])
  checkChoices(checked, space, study)
  const device = settings.devices?.find((text) => text.includes(NUL))
  if (device === undefined) return
  const { message, hint } = nul('devices', device)
  report({ path: ['objective', 'devices'], at: 'value', message, hint })
}

/** The texts among the choices that the system could not pass on to the program. */
function checkChoices(texts: readonly string[], space: SearchSpace, { report }: WrittenStudy): void {
  for (const name of parametersIn(texts, space)) {
    const distribution = space.parameters[name]!
    const values = 'choices' in distribution ? distribution.choices : []
    const fixed = 'value' in distribution ? [distribution.value] : []
    const wrong = [...values, ...fixed].find((value) => typeof value === 'string' && value.includes(NUL))
    if (wrong === undefined) continue
    const { message, hint } = nul(`space.${name}`, String(wrong))
    report({ path: ['space', name], at: 'value', message, hint })
  }
}

const NUL = '\0'

function nul(what: string, text: string): UserError {
  return new UserError(
    'usage',
    `${what}: no program can be given a NUL character, got ${describeValue(text)}`,
    {
      hint: 'Drop it, or let the program read the parameter from FINESWEEP_PARAMS.',
    },
  )
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile()
}
