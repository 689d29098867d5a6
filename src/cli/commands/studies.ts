import { formatDuration, formatMetric, formatMoment } from '../../report/numbers.ts'
import { overviewJson, overviewOf, type StudyOverview } from '../../report/overview.ts'
import { type Column, renderTable } from '../../report/table.ts'
import { jsonDocument, SCHEMA_VERSION } from '../../report/trial-json.ts'
import { defineCommand } from '../command.ts'
import { printTable, tableLayout } from '../layout.ts'
import { withReader } from '../open-study.ts'
import { jsonOption, storeOptions } from '../options.ts'
import { printAll, say } from '../terminal.ts'

/** `finesweep studies`: one line for each study, the oldest first. */
export default defineCommand({
  options: (yargs) => jsonOption(storeOptions(yargs)),

  run: (args, terminal) =>
    withReader(args.db, async (reader) => {
      const overviews = reader.studies().map((study) => overviewOf(reader, study))
      if (args.json) {
        const items = overviews.map(overviewJson)
        await printAll(terminal, jsonDocument({ schemaVersion: SCHEMA_VERSION }, 'studies', items))
        return
      }
      if (overviews.length === 0 && !args.quiet) {
        say(terminal, `There is no study in ${args.db} yet. Start one with: finesweep run FILE.yaml`)
      }
      await printTable(terminal, renderTable(COLUMNS, overviews, tableLayout(terminal)), args.quiet)
    }),
})

const COLUMNS: readonly Column<StudyOverview>[] = [
  { title: 'STUDY', align: 'left', cell: ({ study }) => study.name, maxWidth: 40 },
  {
    title: 'STATE',
    align: 'left',
    cell: ({ activity }) =>
      activity === 'interrupted' || activity === 'failed' ? { text: activity, tone: 'warning' } : activity,
  },
  { title: 'TRIALS', align: 'right', cell: ({ finished, trials }) => `${finished}/${trials}` },
  { title: 'DIVERGED', align: 'right', cell: ({ counts }) => String(counts.diverged), optional: true },
  { title: 'FAILED', align: 'right', cell: ({ counts }) => String(counts.failed), optional: true },
  { title: 'METRIC', align: 'left', cell: ({ study }) => study.metric, optional: true },
  { title: 'BEST', align: 'decimal', cell: ({ study, best }) => formatMetric(study.metric, best?.value) },
  { title: 'SEED', align: 'right', cell: ({ study }) => String(study.seed), optional: true },
  { title: 'BEGUN', align: 'left', cell: ({ study }) => formatMoment(study.createdAt), optional: true },
  { title: 'TIME', align: 'right', cell: ({ durationMs }) => formatDuration(durationMs) },
]
