import { stringify } from 'yaml'
import { keepsNetwork } from '../objective/kinds.ts'
import { heading } from '../report/names.ts'
import { countOf, formatDuration, formatParam, workersText } from '../report/numbers.ts'
import { renderTable } from '../report/table.ts'
import { estimateStudy, firstTrials } from '../session/dry-run.ts'
import { describeIdleWorkers } from '../session/idle-workers.ts'
import { openExperiment } from '../session/open-experiment.ts'
import { own } from '../space/own.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { tableLayout } from './layout.ts'
import { print, say, type Terminal } from './terminal.ts'

/** How many of the first trials are shown. */
const SHOWN_TRIALS = 8

/** Shows what a run would do: the resolved study, its first trials, and what it would take. Writes nothing. */
export async function showDryRun(read: Experiment, workers: number, terminal: Terminal): Promise<number> {
  const { experiment, data, warnings } = await openExperiment(read)
  for (const warning of warnings) say(terminal, warning)
  await print(terminal, stringify(experiment, { aliasDuplicateObjects: false }))
  const trials = firstTrials(experiment, SHOWN_TRIALS)
  const { parameters } = experiment.space
  const columns = [
    { title: 'TRIAL', align: 'right' as const, cell: (_: unknown, index: number) => String(index) },
    ...Object.entries(parameters)
      .filter(([, distribution]) => distribution.kind !== 'fixed')
      .map(([name, distribution]) => ({
        title: heading(name),
        align: 'decimal' as const,
        cell: (params: (typeof trials)[number]) => formatParam(own(params, name), distribution),
      })),
  ]
  await print(terminal, `\nThe first trials:\n${renderTable(columns, trials, tableLayout(terminal)).text}`)
  const planned = experiment.stages.map(
    ({ name, trials, epochs }) => `${name} ${trials} x ${countOf(epochs, 'epoch')}`,
  )
  say(terminal, `${experiment.name}: ${planned.join(', ')}; ${workersText(workers)}. Nothing was written.`)
  const idle = describeIdleWorkers(workers, experiment.lag, experiment.stages)
  if (idle !== null) say(terminal, idle)
  for (const remark of data?.remarks ?? []) say(terminal, `Data: ${remark}.`)
  for (const caution of data?.cautions ?? []) say(terminal, `Caution: ${caution}.`)
  const { objective } = experiment
  if (data !== null && keepsNetwork(objective) && trials[0] !== undefined) {
    const { seconds, bytes } = await estimateStudy(experiment, objective.config, data, workers, trials[0])
    say(
      terminal,
      `About ${formatDuration(seconds * 1000)} if no trial ends early, and ${Math.ceil(bytes / 1e6)} MB for data and networks.`,
    )
  }
  return 0
}
