import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { UserError } from '../errors.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { hashFiles } from './fingerprint.ts'
import { checkParameterNames, foreignAim } from './foreign-kind.ts'
import { type ObjectiveKind, requireExisting, type WrittenStudy } from './kind.ts'
import { checkCommand } from './placeholders.ts'
import type { CommandSettings } from './source.ts'
import { splitWords } from './words.ts'

/** A program of the user's, a process for each trial. */
export const commandKind: ObjectiveKind<CommandSettings> = {
  kind: 'command',
  noun: 'a command',
  artifact: 'folder',
  blocks: {},
  keys: {
    command: z.string().min(1).max(10_000).optional(),
    cwd: z.string().min(1).optional(),
  },
  isShort: () => false,
  stored: z.object({ kind: z.literal('command'), command: z.string().min(1), cwd: z.string().min(1) }),

  written: ({ command, cwd }) => ({ objective: { command, cwd } }),
  aim: foreignAim('command'),
  resolve: (objective, _, study) => {
    const { command, cwd = '.' } = objective as { readonly command: string; readonly cwd?: string }
    const absolute = path.resolve(study.folder, cwd)
    requireExisting(['objective', 'cwd'], absolute, 'folder', study)
    return { kind: 'command', command, cwd: absolute }
  },
  noWarmStart: () => ({ reason: 'a command keeps none', hint: 'Drop warmStart.' }),

  bringsSpace: false,
  checkNames: checkParameterNames,
  defaultSpace: ({ report }) => {
    report({
      path: ['space'],
      at: 'value',
      message: 'space is missing: a command can search only what the file names',
      hint: 'Write space: { learningRate: { float: [1e-4, 1], log: true } }.',
    })
    return null
  },
  checkSpace: (space, settings, study) => {
    if (settings !== null) checkPlaceholders(settings.command, space, study)
    return space
  },
  checkUnreadableSpace: () => {},

  tie: () => null,
  open: async (settings) => {
    // The program's own script is part of what is measured; where it lies is not.
    const words = splitWords(settings.command)
    const files = words.map((word) => path.resolve(settings.cwd, word)).filter(isFile)
    const fingerprint = hashFiles(files, settings.command)
    return { settings, source: settings, space: null, fingerprint, data: null }
  },
  asRecorded: (source) => source,
  evaluateTest: async () => null,
}

function checkPlaceholders(command: string, space: SearchSpace, { report }: WrittenStudy): void {
  try {
    checkCommand(command, space)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    report({ path: ['objective', 'command'], at: 'value', message: error.message, hint: error.hint })
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
