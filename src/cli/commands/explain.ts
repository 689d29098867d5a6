import { explanationJson, readExplanation, renderExplanation } from '../../report/explain.ts'
import { defineCommand } from '../command.ts'
import { textWidth } from '../layout.ts'
import { dbOption, withStudy } from '../open-study.ts'
import { jsonOption, storeOptions, studyPositional } from '../options.ts'
import { hasColour, print } from '../terminal.ts'

/** `finesweep explain [STUDY]`: where each stage searched, and why. */
export default defineCommand({
  options: (yargs) => jsonOption(storeOptions(studyPositional(yargs))),

  run: (args, terminal) =>
    withStudy(args, async ({ reader, study }) => {
      const explanation = readExplanation(reader, study, args.json ? Infinity : undefined)
      const text = args.json
        ? `${JSON.stringify(explanationJson(explanation), null, 2)}\n`
        : renderExplanation(
            explanation,
            dbOption(args.db),
            textWidth(terminal),
            hasColour(terminal.stdout, terminal.env),
          )
      await print(terminal, text)
    }),
})
