import path from 'node:path'
import { z } from 'zod'
import type { SearchSpace } from '../space/search-space.ts'
import { hashFiles } from './fingerprint.ts'
import { checkParameterNames, foreignAim } from './foreign-kind.ts'
import { KEPT_FOLDERS, type ObjectiveKind, requireExisting } from './kind.ts'
import { loadObjective } from './load.ts'
import { watchLoading } from './loading-watch.ts'
import { filesOfModule } from './module-files.ts'
import type { ModuleSettings } from './source.ts'

const MODULE_FILE = /[\\/]|\.[cm]?[jt]s$/

const EMPTY_SPACE: SearchSpace = { parameters: {}, conditions: {}, constraints: [] }

/** A module of the user's, run in worker threads. */
export const moduleKind: ObjectiveKind<ModuleSettings> = {
  kind: 'module',
  noun: 'a module',
  artifact: 'bytes',
  blocks: {},
  keys: { module: z.string().min(1).optional() },
  isShort: (text) => MODULE_FILE.test(text),
  stored: z.object({ kind: z.literal('module'), file: z.string().min(1) }),

  written: ({ file }) => ({ objective: file }),
  aim: foreignAim('a module'),
  resolve: (objective, _, study) => {
    const file = path.resolve(
      study.folder,
      typeof objective === 'string' ? objective : String(objective.module),
    )
    requireExisting(['objective'], file, 'module', study)
    return { kind: 'module', file }
  },
  noWarmStart: () => null,

  bringsSpace: true,
  checkNames: checkParameterNames,
  defaultSpace: () => EMPTY_SPACE,
  checkSpace: (space) => space,
  checkUnreadableSpace: () => {},

  keptFolders: () => KEPT_FOLDERS,
  tie: () => null,
  open: async (settings, { signal }) => {
    const { space } = await watchLoading(settings.file, () => loadObjective(settings), { signal })
    return {
      settings,
      source: settings,
      space,
      fingerprint: hashFiles(filesOfModule(settings.file)),
      data: null,
    }
  },
  asRecorded: (source) => source,
  evaluateTest: async () => null,
}
