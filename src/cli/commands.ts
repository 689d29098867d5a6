import type { CommandEntry } from './command.ts'

/**
 * All commands, in the order of `finesweep --help`. A new one is a line here and a file in commands/ whose default
 * export is made by `defineCommand`. Files are loaded only when their command is used: what a command imports costs
 * the others nothing.
 */
export const COMMANDS: readonly CommandEntry[] = [
  {
    usage: 'init [folder]',
    describe: 'Create a commented study file and a starter objective',
    load: () => import('./commands/init.ts'),
  },
  { usage: 'run <file>', describe: 'Run a study file', load: () => import('./commands/run.ts') },
  {
    usage: 'resume [study]',
    describe: 'Continue a study where it stopped, or extend it',
    load: () => import('./commands/resume.ts'),
  },
  {
    usage: 'ask [study]',
    describe: 'Print the next trial of a study, to run it elsewhere',
    load: () => import('./commands/ask.ts'),
  },
  {
    usage: 'tell <study> <trial> [value]',
    describe: 'Record the value of a trial printed by ask',
    load: () => import('./commands/tell.ts'),
  },
  {
    usage: 'import <study>',
    describe: 'Add finished trials from a CSV file, an Optuna journal or another study',
    load: () => import('./commands/import.ts'),
  },
  { usage: 'studies', describe: 'List all studies in a store', load: () => import('./commands/studies.ts') },
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
    describe: 'List trials with their parameters: filter by stage, state or condition, sort by any column',
    load: () => import('./commands/trials.ts'),
  },
  {
    usage: 'show <study> [trial]',
    shown: 'show [study] <trial>',
    describe: 'Show one trial with all its measurements',
    load: () => import('./commands/show.ts'),
  },
  {
    usage: 'explain [study]',
    describe: 'Explain where each stage searched, and why',
    load: () => import('./commands/explain.ts'),
  },
  {
    usage: 'plot [study] [picture..]',
    describe: 'Draw pictures of a study in the terminal or as SVG files',
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
    describe: 'Serve a live page that follows a running study',
    load: () => import('./commands/serve.ts'),
  },
  {
    usage: 'export [study]',
    describe: 'Export all trials as CSV, Parquet, JSON, NDJSON, Markdown or an Optuna journal',
    load: () => import('./commands/export.ts'),
  },
  {
    usage: 'digest [study]',
    describe: 'Print a SHA-256 of the results: equal digests mean equal results',
    load: () => import('./commands/digest.ts'),
  },
  {
    usage: 'artifacts [study] [trial]',
    describe: 'List or copy the files kept by trials: models, checkpoints, logs',
    load: () => import('./commands/artifacts.ts'),
  },
  {
    usage: 'replay <study> <trial>',
    describe: 'Rerun one trial and compare every measurement bit for bit',
    load: () => import('./commands/replay.ts'),
  },
  {
    usage: 'evaluate [study] [trial]',
    describe: 'Evaluate a kept network on the test set',
    load: () => import('./commands/evaluate.ts'),
  },
  {
    usage: 'predict [study]',
    describe: 'Predict labels and probabilities for new rows',
    load: () => import('./commands/predict.ts'),
  },
  {
    usage: 'weights [study] [trial]',
    describe: 'Export a kept network as safetensors or ONNX',
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
    describe: 'Run trials for studies on other machines, through Redis',
    load: () => import('./commands/worker.ts'),
  },
  {
    usage: 'compare <a> <b>',
    describe: 'Show how two studies differ: results, ranges, settings',
    load: () => import('./commands/compare.ts'),
  },
  {
    usage: 'rename <study> <to>',
    describe: 'Rename a study',
    load: () => import('./commands/rename.ts'),
  },
  {
    usage: 'note <study> [text]',
    describe: 'Attach a note to a study, or show it',
    load: () => import('./commands/note.ts'),
  },
  {
    usage: 'tag <study> [tags..]',
    describe: 'Tag a study, or show its tags',
    load: () => import('./commands/tag.ts'),
  },
  {
    usage: 'delete <study>',
    describe: 'Delete a study with its trials and files',
    load: () => import('./commands/delete.ts'),
  },
  {
    usage: 'backup <file>',
    describe: 'Copy the store, even while studies run',
    load: () => import('./commands/backup.ts'),
  },
  {
    usage: 'doctor',
    describe: 'Check Node, kernels, disk and store',
    load: () => import('./commands/doctor.ts'),
  },
  {
    usage: 'completion [shell]',
    describe: 'Print a shell completion script',
    load: () => import('./commands/completion.ts'),
  },
]
