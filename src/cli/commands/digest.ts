import { countOf } from '../../report/numbers.ts'
import { overviewOf } from '../../report/overview.ts'
import { SCHEMA_VERSION } from '../../report/trial-json.ts'
import { studyDigest } from '../../study/digest.ts'
import { defineCommand } from '../command.ts'
import { withStudy } from '../open-study.ts'
import { jsonOption, storeOptions, studyPositional } from '../options.ts'
import { print, say } from '../terminal.ts'

/** `finesweep digest [STUDY]`: one SHA-256 over its results. */
export default defineCommand({
  options: (yargs) => jsonOption(storeOptions(studyPositional(yargs))),

  run: (args, terminal) =>
    withStudy(args, async ({ reader, study }) => {
      const digest = studyDigest(reader, study.id)
      const { finished, trials } = overviewOf(reader, study)
      if (args.json) {
        const document = { schemaVersion: SCHEMA_VERSION, study: study.name, digest, finished, trials }
        await print(terminal, `${JSON.stringify(document, null, 2)}\n`)
        return
      }
      if (!args.quiet) {
        const missing =
          finished < trials ? `; ${trials - finished} of its ${trials} trials have not finished` : ''
        say(terminal, `${study.name}: ${countOf(finished, 'finished trial')}${missing}`)
      }
      await print(terminal, `${digest}\n`)
    }),
})
