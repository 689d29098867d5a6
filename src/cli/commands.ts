import type { CommandEntry } from './command.ts'

/**
 * All commands, in the order of `finesweep --help`. A new one is a line here and a file in commands/ whose default
 * export is made by `defineCommand`. Files are loaded only when their command is used: what a command imports costs
 * the others nothing.
 */
export const COMMANDS: readonly CommandEntry[] = [
  { usage: 'studies', describe: 'List all studies of a store', load: () => import('./commands/studies.ts') },
  {
    usage: 'best [study]',
    describe: 'Show the best trials, ranked',
    load: () => import('./commands/best.ts'),
  },
  {
    usage: 'trials [study]',
    describe: 'List trials with their parameters: filter by stage and state, sort by any column',
    load: () => import('./commands/trials.ts'),
  },
]
