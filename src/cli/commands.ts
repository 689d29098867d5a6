import type { CommandEntry } from './command.ts'

/**
 * All commands, in the order of `finesweep --help`. A new one is a line here and a file in commands/ whose default
 * export is made by `defineCommand`. Files are loaded only when their command is used: what a command imports costs
 * the others nothing.
 */
export const COMMANDS: readonly CommandEntry[] = [
  { usage: 'run <file>', describe: 'Run a study file', load: () => import('./commands/run.ts') },
  {
    usage: 'resume [study]',
    describe: 'Go on with a study where it was left, or extend it',
    load: () => import('./commands/resume.ts'),
  },
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
  {
    usage: 'replay <study> <trial>',
    describe: 'Run one trial again, alone, and compare every measurement to the last bit',
    load: () => import('./commands/replay.ts'),
  },
  {
    usage: 'backup <file>',
    describe: 'Copy the store, also while studies run',
    load: () => import('./commands/backup.ts'),
  },
]
