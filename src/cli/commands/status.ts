import { readStatus, renderStatus, statusJson } from '../../report/overview.ts'
import { renderWorkers, workersJson } from '../../report/workers-table.ts'
import { defineCommand } from '../command.ts'
import { tableLayout } from '../layout.ts'
import { dbOption, withStudy } from '../open-study.ts'
import { jsonOption, storeOptions, studyPositional } from '../options.ts'
import { engineNameOptions, workersIfReachable } from '../run-options.ts'
import { print, say } from '../terminal.ts'

/** `finesweep status [STUDY]`: the progress of a study, and the workers of an engine. */
export default defineCommand({
  options: (yargs) => engineNameOptions(jsonOption(storeOptions(studyPositional(yargs)))),

  run: (args, terminal) =>
    withStudy(args, async ({ reader, study }) => {
      const status = readStatus(reader, study)
      const { workers, problem } = await workersIfReachable(args, terminal.env)
      const layout = tableLayout(terminal)
      const table = workers === null ? '' : `\n${renderWorkers(workers, layout)}`
      const ofWorkers = workers === null ? {} : { workers: workersJson(workers) }
      const text = args.json
        ? `${JSON.stringify({ ...statusJson(status), ...ofWorkers }, null, 2)}\n`
        : renderStatus(status, Date.now(), dbOption(args.db), layout) + table
      await print(terminal, text)
      if (problem !== null) say(terminal, problem)
    }),
})
