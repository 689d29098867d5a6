import type { TrialField } from '../trial.ts'
import { TRIAL_COLUMNS } from './rows.ts'
import type { TrialColumn, TrialFilter } from './store.ts'

/** SQL with the values of its places. */
export interface Query {
  readonly sql: string
  readonly bound: readonly (number | string)[]
}

/** The query for a study's trials that fit a filter, in its order. */
export function trialQuery(study: number, filter: TrialFilter): Query {
  const { stage, states, from, limit = -1, offset = 0, sort } = filter
  const conditions = ['study = ?']
  const bound: (number | string)[] = [study]
  if (from !== undefined) {
    conditions.push('number >= ?')
    bound.push(from)
  }
  if (stage !== undefined) {
    conditions.push('stage = ?')
    bound.push(stage)
  }
  if (states !== undefined) {
    conditions.push('state IN (SELECT value FROM json_each(?))')
    bound.push(JSON.stringify(states))
  }
  const order = sort === undefined ? null : keyOf(sort.column)
  if (order !== null) bound.push(...order.bound, ...order.bound)
  const direction = sort?.falling === true ? 'DESC' : 'ASC'
  const sorted = order === null ? '' : `(${order.sql}) IS NULL, (${order.sql}) ${direction}, `
  return {
    sql: `SELECT ${TRIAL_COLUMNS} FROM trials WHERE ${conditions.join(' AND ')} ORDER BY ${sorted}number LIMIT ? OFFSET ?`,
    bound: [...bound, limit, offset],
  }
}

const FIELDS: Readonly<Record<TrialField, string>> = {
  number: 'number',
  stage: 'stage',
  state: 'state',
  value: 'value',
  epochs: 'epochs',
  seed: 'seed',
  attempts: 'attempts',
  started: 'started_at',
  time: 'duration_ms',
  slot: 'slot',
  host: 'host',
}

/** What a trial has in a column; NULL for nothing and for NaN. SQLite puts numbers before texts, as `sortTrials` does. */
function keyOf(column: TrialColumn): Query {
  if (column.kind === 'field') return { sql: FIELDS[column.name], bound: [] }
  // Numbers that JSON does not have are objects: see exact-json.ts.
  const sql = `SELECT CASE type
      WHEN 'object' THEN CASE json_extract(j.value, '$."$number"')
        WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 WHEN '-0' THEN 0 END
      WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN 'null' ELSE j.value END
    FROM json_each(${column.kind === 'param' ? 'params' : 'metrics'}) j WHERE j.key = ?`
  return { sql, bound: [column.name] }
}
