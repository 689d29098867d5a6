import { jsonDocument, studyHead, trialSummary } from '../../report/trial-json.ts'
import { worthSentences } from '../../report/winner.ts'
import type { StudyRecord } from '../../store/store.ts'
import { readWinner, type StudyWinner, winnerFirst } from '../../study/winning-trial.ts'
import { defineCommand } from '../command.ts'
import { CHOOSE_COLUMNS, printTable, sayWrapped, tableLayout } from '../layout.ts'
import { refuseDamage, withStudy } from '../open-study.ts'
import { columnsOption, jsonOption, storeOptions, studyPositional, wholeNumber } from '../options.ts'
import { printAll } from '../terminal.ts'
import { parseColumns } from '../trial-filter.ts'

/** `finesweep best [STUDY] [-n N]`: the trials that completed, the best first. */
export default defineCommand({
  options: (yargs) =>
    columnsOption(jsonOption(storeOptions(studyPositional(yargs)))).option('count', {
      alias: 'n',
      type: 'string',
      requiresArg: true,
      describe: 'How many trials [default: 10]',
      coerce: wholeNumber('--count', 1),
    }),

  run: (args, terminal) =>
    withStudy(args, async (open) => {
      const { reader, study, stages } = open
      refuseDamage(open, args.db)
      const chosen = readWinner(reader, study, stages)
      const trials = winnerFirst(reader, study, chosen, args.count ?? 10)
      const { expectation: winner, replicates } = chosen ?? { expectation: null, replicates: null }
      if (args.json) {
        const items = trials.map((trial) => trialSummary(trial, stages))
        await printAll(terminal, jsonDocument({ ...studyHead(study), winner, replicates }, 'trials', items))
        return
      }
      if (!args.quiet) sayWrapped(terminal, headline(study, trials.length, chosen))
      // Loaded here: a document for machines should not wait for what draws tables.
      const { renderTable } = await import('../../report/table.ts')
      const { chosenColumns, rankedColumns } = await import('../../report/trial-columns.ts')
      const columns =
        args.columns === undefined
          ? rankedColumns({ study, stages }, trials)
          : chosenColumns({ study, stages }, trials, parseColumns(args.columns, { study, stages }, trials))
      const table = renderTable(columns, trials, tableLayout(terminal))
      await printTable(terminal, table, args.quiet, CHOOSE_COLUMNS)
      if (args.quiet) return
      for (const sentence of worthSentences(chosen, study.metric)) sayWrapped(terminal, sentence)
    }),
})

function headline(study: StudyRecord, shown: number, winner: StudyWinner | null): string {
  if (shown === 0) return `${study.name}: no trial has completed yet.`
  const order = `${study.direction === 'maximize' ? 'highest' : 'lowest'} ${study.metric} first`
  const isLuckiest = winner === null || winner.trial.number === winner.luckiest.number
  if (shown === 1) return `${study.name}: ${isLuckiest ? `the best trial, ${order}` : 'the winner'}`
  return `${study.name}: the best ${shown} trials, ${isLuckiest ? order : `the winner, then ${order}`}`
}
