import { cpSync, existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { UserError } from '../../errors.ts'
import { type FolderFile, filesIn, isFolderList } from '../../objective/folder-artifact.ts'
import { KEPT_FOLDERS } from '../../objective/kind.ts'
import { trialFolder } from '../../objective/study-place.ts'
import { countOf, formatMetric } from '../../report/numbers.ts'
import { type Column, renderTable } from '../../report/table.ts'
import { jsonDocument, studyHead } from '../../report/trial-json.ts'
import { studyFolder, trialsWithFolder } from '../../session/trial-folders.ts'
import type { TrialRecord } from '../../trial.ts'
import { defineCommand } from '../command.ts'
import { trialOrBest } from '../kept-trial.ts'
import { printTable, tableLayout } from '../layout.ts'
import { findTrial, type OpenStudy, withStudy } from '../open-study.ts'
import { jsonOption, once, storeOptions, studyPositional, wholeNumber } from '../options.ts'
import { inOutput } from '../output-file.ts'
import { printAll, say, type Terminal } from '../terminal.ts'

/** `finesweep artifacts [STUDY] [TRIAL] [-o DIR]`: the folders that trials left, their files, or a copy of one. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(storeOptions(studyPositional(yargs)))
      .positional('trial', {
        type: 'string',
        describe: "The trial's number; by default all when listing, the best when copying",
        coerce: wholeNumber('TRIAL', 0),
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: "Copy the trial's files to this folder",
        coerce: once<string | undefined>('--output'),
      })
      .example('finesweep artifacts -o best', 'copy the files of the best trial')
      .example('finesweep artifacts sweep 17', 'list the files of trial 17'),

  run: (args, terminal) =>
    withStudy(args, async (open) => {
      const folder = studyFolder(args.db, open.study.name)
      const number = args.trial as number | undefined
      if (args.output !== undefined) {
        const trial = trialOrBest(open, number, args.db)
        copyFolder(existing(open, folder, trial), args.output)
        const count = countOf(filesIn(args.output).length, 'file')
        if (!args.quiet) say(terminal, `Copied ${count} of trial ${trial.number} to ${args.output}.`)
        return
      }
      const trials =
        number === undefined
          ? ranked(open, trialsWithFolder(folder))
          : [findTrial(open, number, args.db)].filter((trial) => existing(open, folder, trial) !== '')
      if (number === undefined && trials.length === 0 && isMissing(open, folder)) {
        throw new UserError('not-found', `The trial folders of ${open.study.name} are missing`, {
          hint: missing(folder),
        })
      }
      await list(open, folder, trials, number !== undefined, args, terminal)
    }),
})

/** The best first, then those that did not succeed. */
function ranked({ reader, study }: OpenStudy, numbers: readonly number[]): TrialRecord[] {
  const best = reader
    .bestTrials(study.id, Number.MAX_SAFE_INTEGER)
    .filter(({ number }) => numbers.includes(number))
  const others = numbers
    .filter((number) => best.every((trial) => trial.number !== number))
    .map((number) => reader.trial(study.id, number))
    .filter((trial) => trial !== undefined)
  return [...best, ...others]
}

function existing(open: OpenStudy, folder: string, { number }: TrialRecord): string {
  const own = trialFolder(folder, number)
  if (existsSync(own)) return own
  if (isMissing(open, folder)) {
    throw new UserError('not-found', `Trial ${number} has no folder here`, { hint: missing(folder) })
  }
  const kept = trialsWithFolder(folder)
  throw new UserError('not-found', `Trial ${number} has no folder`, {
    hint:
      kept.length === 0
        ? 'This study kept no folders; only programs, and modules that use context.folder, have them.'
        : `Only the best trials keep theirs: ${kept.slice(0, 20).join(', ')}. (objective.keep sets how many.)`,
  })
}

/** Whether the store knows of folders that its trials left, and none is here: it was copied or moved without them. */
function isMissing({ reader, study }: OpenStudy, folder: string): boolean {
  if (existsSync(folder)) return false
  return reader.bestTrials(study.id, KEPT_FOLDERS).some(({ number }) => {
    const artifact = reader.artifact(study.id, number)
    return artifact !== undefined && isFolderList(artifact)
  })
}

function missing(folder: string): string {
  return `Copy the study's folder from next to the store where the study ran to ${folder}.`
}

function copyFolder(from: string, to: string): void {
  inOutput(to, () => {
    const stat = statSync(to, { throwIfNoEntry: false })
    if (stat?.isDirectory() === false) {
      throw new UserError('usage', `--output: ${to} is not a folder`, {
        hint: 'Choose a new or empty folder.',
      })
    }
    if (stat !== undefined && readdirSync(to).length > 0) {
      throw new UserError('usage', `--output: ${to} is not empty`, { hint: 'Choose a new or empty folder.' })
    }
    // Links stay as they were written: relative ones lead to what was copied with them.
    cpSync(from, to, { recursive: true, verbatimSymlinks: true })
  })
}

async function list(
  { study }: OpenStudy,
  folder: string,
  trials: readonly TrialRecord[],
  byFile: boolean,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
  terminal: Terminal,
): Promise<void> {
  const items = trials.map((trial) => {
    const own = trialFolder(folder, trial.number)
    return { trial: trial.number, state: trial.state, value: trial.value, folder: own, files: filesIn(own) }
  })
  if (json) return printAll(terminal, jsonDocument(studyHead(study), 'artifacts', items))
  if (items.length === 0) {
    if (!quiet) say(terminal, `${study.name}: no trial has a folder.`)
    return
  }
  const layout = tableLayout(terminal)
  if (byFile) {
    const columns: Column<FolderFile>[] = [
      { title: 'FILE', align: 'left', cell: (file) => join(items[0]!.folder, file.path), maxWidth: Infinity },
      { title: 'BYTES', align: 'right', cell: (file) => String(file.bytes) },
    ]
    await printTable(terminal, renderTable(columns, items[0]!.files, layout), quiet)
    return
  }
  type Item = (typeof items)[number]
  const columns: Column<Item>[] = [
    { title: 'TRIAL', align: 'right', cell: ({ trial }) => String(trial) },
    { title: 'STATE', align: 'left', cell: ({ state }) => state },
    {
      title: 'VALUE',
      align: 'decimal',
      cell: ({ value }) => (value === null ? '' : formatMetric(study.metric, value)),
    },
    { title: 'FILES', align: 'right', cell: ({ files }) => String(files.length) },
    {
      title: 'BYTES',
      align: 'right',
      cell: ({ files }) => String(files.reduce((sum, { bytes }) => sum + bytes, 0)),
    },
    {
      title: 'FOLDER',
      align: 'left',
      cell: (item) => relative(process.cwd(), item.folder),
      maxWidth: Infinity,
    },
  ]
  await printTable(terminal, renderTable(columns, items, layout), quiet)
}
