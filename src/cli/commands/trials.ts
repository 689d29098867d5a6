import { renderTable } from '../../report/table.ts'
import { chosenColumns, listedColumns } from '../../report/trial-columns.ts'
import { jsonDocument, studyHead, trialDetails } from '../../report/trial-json.ts'
import { defineCommand } from '../command.ts'
import { CHOOSE_COLUMNS, printTable, tableLayout } from '../layout.ts'
import { type OpenStudy, withStudy } from '../open-study.ts'
import { columnsOption, jsonOption, once, storeOptions, studyPositional, wholeNumber } from '../options.ts'
import { printAll, say } from '../terminal.ts'
import { parseColumns, parseSortColumn, parseStage, parseStates } from '../trial-filter.ts'
import type { parseWhere } from '../where.ts'

/** `finesweep trials [STUDY]`: trials in order of number or of any column. */
export default defineCommand({
  options: (yargs) =>
    columnsOption(jsonOption(storeOptions(studyPositional(yargs))))
      .option('stage', {
        type: 'string',
        requiresArg: true,
        describe: 'Only this stage, by name or by number from 1',
        coerce: once<string>('--stage'),
      })
      .option('state', {
        type: 'string',
        requiresArg: true,
        describe: 'Only these states: complete,diverged,failed,…',
        coerce: once<string>('--state'),
      })
      .option('where', {
        type: 'string',
        requiresArg: true,
        describe: 'Only trials that meet a condition on columns: lr > 0.1, momentum exists, state = failed',
        coerce: once<string>('--where'),
      })
      .option('sort', {
        type: 'string',
        requiresArg: true,
        describe: 'Sort by a column, a parameter or a metric; -COLUMN for descending order',
        coerce: once<string>('--sort'),
      })
      .option('limit', {
        type: 'string',
        requiresArg: true,
        describe: 'List at most this many trials',
        coerce: wholeNumber('--limit', 1),
      })
      .example('finesweep trials --state diverged --sort learningRate', '')
      .example("finesweep trials --where 'lr > 1e-3 and state = complete'", ''),

  run: (args, terminal) =>
    withStudy(args, async (open) => {
      const { study, stages } = open
      // Loaded when it is used: this command answers at once.
      const { parseWhere } = args.where === undefined ? { parseWhere: null } : await import('../where.ts')
      const { trials, sortedBy } = selectTrials(open, args, parseWhere)
      if (args.json) {
        const items = trials.map((trial) => trialDetails(trial, stages))
        await printAll(terminal, jsonDocument(studyHead(study), 'trials', items))
        return
      }
      if (trials.length === 0 && !args.quiet) say(terminal, `${study.name}: no matching trials.`)
      const metrics = sortedBy?.kind === 'metric' ? [sortedBy.name] : []
      const columns =
        args.columns === undefined
          ? listedColumns({ study, stages }, trials, metrics)
          : chosenColumns({ study, stages }, trials, parseColumns(args.columns, { study, stages }, trials))
      const table = renderTable(columns, trials, tableLayout(terminal))
      await printTable(terminal, table, args.quiet, CHOOSE_COLUMNS)
    }),
})

interface Selection {
  readonly stage?: string | undefined
  readonly state?: string | undefined
  readonly where?: string | undefined
  readonly sort?: string | undefined
  readonly limit?: number | undefined
}

function selectTrials(open: OpenStudy, selection: Selection, parse: typeof parseWhere | null) {
  const { reader, study, stages } = open
  const filter = {
    stage: selection.stage === undefined ? undefined : parseStage(selection.stage, stages),
    states: selection.state === undefined ? undefined : parseStates(selection.state),
  }
  const column = selection.sort === undefined ? null : findSortColumn(open, selection.sort)
  // Sorting sees all trials of the filter; the limit counts afterwards.
  const sorted = { ...filter, sort: column ?? undefined }
  const sortedBy = column?.column ?? null
  if (selection.where === undefined || parse === null) {
    return { trials: reader.trials(study.id, { ...sorted, limit: selection.limit }), sortedBy }
  }
  const all = reader.trials(study.id, sorted)
  const holds = parse(selection.where, { study, stages }, reader.trials(study.id))
  return { trials: all.filter(holds).slice(0, selection.limit), sortedBy }
}

/** As many trials as this nearly always have all metrics and conditional parameters that a study knows. */
const SAMPLE = 1000

/** The column is looked for among the first trials, and only if it is not there among all of them. */
function findSortColumn({ reader, study, stages }: OpenStudy, text: string) {
  try {
    return parseSortColumn(text, { study, stages }, reader.trials(study.id, { limit: SAMPLE }))
  } catch {
    return parseSortColumn(text, { study, stages }, reader.trials(study.id))
  }
}
