import { readStatus, renderStatus, statusJson } from '../../report/overview.ts'
import { defineCommand } from '../command.ts'
import { tableLayout } from '../layout.ts'
import { dbOption, withStudy } from '../open-study.ts'
import { jsonOption, storeOptions, studyPositional } from '../options.ts'
import { print } from '../terminal.ts'

/** `finesweep status [STUDY]`: what a study is at. */
export default defineCommand({
  options: (yargs) => jsonOption(storeOptions(studyPositional(yargs))),

  run: (args, terminal) =>
    withStudy(args, async ({ reader, study }) => {
      const status = readStatus(reader, study)
      const text = args.json
        ? `${JSON.stringify(statusJson(status), null, 2)}\n`
        : renderStatus(status, Date.now(), dbOption(args.db), tableLayout(terminal))
      await print(terminal, text)
    }),
})
