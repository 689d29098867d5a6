import { type ComparedRow, comparedRows, renderComparison } from '../../report/comparison.ts'
import { SCHEMA_VERSION } from '../../report/trial-json.ts'
import { defineCommand } from '../command.ts'
import { tableLayout } from '../layout.ts'
import { findStudy, withReader } from '../open-study.ts'
import { jsonOption, storeOptions } from '../options.ts'
import { print } from '../terminal.ts'

/** `finesweep compare A B`: what came of two studies, and which of their settings differ. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(storeOptions(yargs))
      .positional('a', { type: 'string', demandOption: true, describe: 'A study' })
      .positional('b', { type: 'string', demandOption: true, describe: 'Another study' })
      .example('finesweep compare mine mine-2', ''),

  run: (args, terminal) =>
    withReader(args.db, async (reader) => {
      const { compareExperiments } = await import('../../study-file/compare-experiments.ts')
      const { experimentFromJson } = await import('../../study-file/experiment-json.ts')
      const a = findStudy(reader, args.a, args.db)
      const b = findStudy(reader, args.b, args.db)
      const [left, right] = [a, b].map((study) => experimentFromJson(study.experiment, study.name))
      const settings = compareExperiments(left!, right!)
        .filter(({ block }) => block !== 'name')
        .map(({ path, stored, current }): ComparedRow => ({ what: path, a: stored, b: current }))
      const results = comparedRows(reader, a, b)
      if (args.json) {
        const document = { schemaVersion: SCHEMA_VERSION, studies: [a.name, b.name], results, settings }
        await print(terminal, `${JSON.stringify(document, null, 2)}\n`)
        return
      }
      const names = [a.name, b.name] as const
      const layout = tableLayout(terminal)
      const differing =
        settings.length === 0
          ? '\nAll settings are the same.\n'
          : `\nSettings that differ:\n${renderComparison(names, settings, layout)}`
      await print(terminal, renderComparison(names, results, layout) + differing)
    }),
})
