import { z } from 'zod'
import { UserError } from '../errors.ts'
import { hashJson } from './fingerprint.ts'
import { checkParameterNames, foreignAim } from './foreign-kind.ts'
import { KEPT_FOLDERS, type ObjectiveKind } from './kind.ts'
import { EXTERNAL, type ExternalSettings } from './source.ts'

/**
 * What finesweep cannot start by itself: a function of the program that runs the study, or values that are told,
 * trial by trial, by whoever asked for them.
 */
export const externalKind: ObjectiveKind<ExternalSettings> = {
  kind: EXTERNAL,
  noun: 'an external objective',
  artifact: 'bytes',
  blocks: {},
  keys: {},
  isShort: (text) => text === EXTERNAL,
  stored: z.object({ kind: z.literal(EXTERNAL), code: z.string().nullable().default(null) }),

  written: () => ({ objective: EXTERNAL }),
  aim: foreignAim('the objective'),
  resolve: () => ({ kind: EXTERNAL, code: null }),
  noWarmStart: () => null,

  bringsSpace: false,
  checkNames: checkParameterNames,
  defaultSpace: ({ report }) => {
    report({
      path: ['space'],
      at: 'value',
      message: 'space is missing: the objective does not declare one',
      hint: 'Write space: { learningRate: { float: [1e-5, 1], log: true } }.',
    })
    return null
  },
  checkSpace: (space) => space,
  checkUnreadableSpace: () => {},

  keptFolders: ({ code }) => (code === null ? null : KEPT_FOLDERS),
  tie: () => null,
  open: async (settings, { objective }) => {
    if (objective === undefined) throw cannotStart(settings)
    return {
      settings,
      source: { kind: 'object', objective },
      space: null,
      fingerprint: hashJson(settings),
      data: null,
    }
  },
  asRecorded: (source) => source,
  evaluateTest: async () => null,
}

function cannotStart({ code }: ExternalSettings): UserError {
  return code === null
    ? new UserError('usage', 'The objective is external: finesweep cannot compute its values', {
        hint: 'Ask for its trials, and tell their values.',
      })
    : new UserError(
        'usage',
        'The objective is a function in another program, which cannot be called from here',
        {
          hint: 'Run that program again: it continues the study.',
        },
      )
}
