import { importanceJson, readImportance, renderImportance } from '../../report/importance.ts'
import { defineCommand } from '../command.ts'
import { tableLayout } from '../layout.ts'
import { withStudy } from '../open-study.ts'
import { jsonOption, storeOptions, studyPositional } from '../options.ts'
import { print } from '../terminal.ts'

/** `finesweep importance [STUDY]`: how much each parameter mattered, over the whole ranges and in the last box. */
export default defineCommand({
  options: (yargs) => jsonOption(storeOptions(studyPositional(yargs))),

  run: (args, terminal) =>
    withStudy(args, async ({ reader, study, stages }) => {
      const found = readImportance(reader, study, stages)
      const text = args.json
        ? `${JSON.stringify(importanceJson(found), null, 2)}\n`
        : renderImportance(found, tableLayout(terminal))
      await print(terminal, text)
    }),
})
