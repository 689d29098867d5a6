import { type Column, renderTable, type TableLayout } from './table.ts'
import { oneLine } from './text.ts'

/** A worker of an engine, as it describes itself. */
export interface WorkerRow {
  readonly name: string
  readonly host: string
  readonly slots: number
  readonly labels: readonly string[]
  readonly running: readonly { readonly study: string; readonly trial: number }[]
  readonly finished: number
  readonly upSeconds: number
  readonly seenSecondsAgo: number
}

const COLUMNS: readonly Column<WorkerRow>[] = [
  { title: 'WORKER', align: 'left', cell: ({ name }) => oneLine(name) },
  { title: 'HOST', align: 'left', cell: ({ host }) => oneLine(host), optional: true },
  { title: 'SLOTS', align: 'right', cell: ({ slots }) => String(slots) },
  { title: 'RUNNING', align: 'right', cell: ({ running }) => String(running.length) },
  { title: 'FINISHED', align: 'right', cell: ({ finished }) => String(finished), optional: true },
  { title: 'TRIALS/H', align: 'right', cell: (worker) => trialsPerHour(worker).toFixed(0) },
  { title: 'LAST SEEN', align: 'right', cell: ({ seenSecondsAgo }) => `${Math.round(seenSecondsAgo)} s ago` },
  { title: 'LABELS', align: 'left', cell: ({ labels }) => oneLine(labels.join(', ')), optional: true },
]

/** Trials that the worker has finished per hour since it began. */
function trialsPerHour({ finished, upSeconds }: WorkerRow): number {
  return upSeconds === 0 ? 0 : (3600 * finished) / upSeconds
}

export function renderWorkers(workers: readonly WorkerRow[], layout: TableLayout): string {
  return workers.length === 0
    ? 'No workers are connected to the engine.\n'
    : renderTable(COLUMNS, workers, layout).text
}

export function workersJson(workers: readonly WorkerRow[]) {
  return workers.map((worker) => ({
    name: worker.name,
    host: worker.host,
    slots: worker.slots,
    labels: worker.labels,
    running: worker.running,
    finished: worker.finished,
    trialsPerHour: trialsPerHour(worker),
    seenSecondsAgo: worker.seenSecondsAgo,
  }))
}
