import type { CommandEntry } from './command.ts'

/**
 * All commands, in the order of `finesweep --help`. A new one is a line here and a file in commands/ whose default
 * export is made by `defineCommand`. Files are loaded only when their command is used: what a command imports costs
 * the others nothing.
 */
export const COMMANDS: readonly CommandEntry[] = [
  {
    usage: 'init [folder]',
    describe: 'Write a commented study file and an objective to begin with',
    load: () => import('./commands/init.ts'),
  },
  { usage: 'run <file>', describe: 'Run a study file', load: () => import('./commands/run.ts') },
  {
    usage: 'resume [study]',
    describe: 'Go on with a study where it was left, or extend it',
    load: () => import('./commands/resume.ts'),
  },
  { usage: 'studies', describe: 'List all studies of a store', load: () => import('./commands/studies.ts') },
  {
    usage: 'status [study]',
    describe: 'Show the progress of a study',
    load: () => import('./commands/status.ts'),
  },
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
    usage: 'show <study> [trial]',
    shown: 'show [study] <trial>',
    describe: 'Show one trial with all it measured',
    load: () => import('./commands/show.ts'),
  },
  {
    usage: 'explain [study]',
    describe: 'Tell where each stage searched, and why',
    load: () => import('./commands/explain.ts'),
  },
  {
    usage: 'plot [study] [picture..]',
    describe: 'Draw pictures of a study: in the terminal, or as SVG files',
    load: () => import('./commands/plot.ts'),
  },
  {
    usage: 'importance [study]',
    describe: 'Show how much each parameter mattered',
    load: () => import('./commands/importance.ts'),
  },
  {
    usage: 'report [study..]',
    describe: 'Write one HTML file with answers, pictures and all trials',
    load: () => import('./commands/report.ts'),
  },
  {
    usage: 'serve [study]',
    describe: 'Serve the same as a page that follows a running study',
    load: () => import('./commands/serve.ts'),
  },
  {
    usage: 'export [study]',
    describe: 'Write all trials as CSV, JSON, lines of JSON, or a Markdown table',
    load: () => import('./commands/export.ts'),
  },
  {
    usage: 'digest [study]',
    describe: 'Print one SHA-256 over the results: the same for the same results',
    load: () => import('./commands/digest.ts'),
  },
  {
    usage: 'artifacts [study] [trial]',
    describe: 'List or copy the files that trials left: models, checkpoints, logs',
    load: () => import('./commands/artifacts.ts'),
  },
  {
    usage: 'replay <study> <trial>',
    describe: 'Run one trial again, alone, and compare every measurement to the last bit',
    load: () => import('./commands/replay.ts'),
  },
  {
    usage: 'evaluate [study] [trial]',
    describe: 'Judge a kept network on the test set',
    load: () => import('./commands/evaluate.ts'),
  },
  {
    usage: 'predict [study]',
    describe: 'Write labels and probabilities of new rows',
    load: () => import('./commands/predict.ts'),
  },
  {
    usage: 'weights [study] [trial]',
    describe: 'Write a kept network as a safetensors or ONNX file',
    load: () => import('./commands/weights.ts'),
  },
  {
    usage: 'data <action> <source>',
    shown: 'data info <source>',
    describe: 'Show shapes, class counts and hash of a data set',
    load: () => import('./commands/data.ts'),
  },
  {
    usage: 'worker [url]',
    describe: 'Run trials of studies on other machines, through a Redis server',
    load: () => import('./commands/worker.ts'),
  },
  {
    usage: 'backup <file>',
    describe: 'Copy the store, also while studies run',
    load: () => import('./commands/backup.ts'),
  },
  {
    usage: 'doctor',
    describe: 'Check Node, kernels, disk and store',
    load: () => import('./commands/doctor.ts'),
  },
  {
    usage: 'completion [shell]',
    describe: 'Print a script that completes commands and options',
    load: () => import('./commands/completion.ts'),
  },
]
