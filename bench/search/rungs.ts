/**
 * What rungs are worth: studies of equal cost with and without them, on tables of tasks at four numbers of epochs.
 * A tick is two epochs; a full training takes 25. Where a table lies between two ticks, the curve is drawn straight.
 *
 *   npm run bench:rungs -- --tables DIR [--seeds 20] [--ticks 250] [--json]
 */
import { parseArgs } from 'node:util'
import { choice, study } from '../../src/index.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { normalFromUniform } from '../../src/random/normal.ts'
import type { Params } from '../../src/space/distribution.ts'
import { readTables, type Table } from './tables.ts'

const { values: options } = parseArgs({
  options: {
    tables: { type: 'string', default: '../shared/tables' },
    seeds: { type: 'string', default: '20' },
    ticks: { type: 'string', default: '250' },
    json: { type: 'boolean', default: false },
  },
})

/** Ticks at which there is a table, and the epochs in its name. */
const KNOWN = { 1: '02', 3: '06', 9: '18', 25: '50' } as const
const TICKS = Object.keys(KNOWN).map(Number)
const FULL = 25
/** In percent: of a whole training, and of each measurement. */
const NOISE = 0.4

interface Task {
  readonly name: string
  /** After 1, 3, 9 and 25 ticks. */
  readonly tables: readonly Table[]
}

/** More than the ticks allow. */
const MANY = 250
const WAYS = {
  'one stage': [{ name: 'only', trials: MANY, epochs: FULL }],
  'one stage, rungs': [{ name: 'only', trials: MANY, epochs: FULL, rungs: [1, 3, 9] }],
  'coarse to fine': coarseToFine({}),
  'coarse to fine, rungs': coarseToFine({ rungs: [1, 3, 9] }),
} as const

/** A quarter of the ticks in trials of a fifth of the epochs, as the default plan has it. */
function coarseToFine(fine: { readonly rungs?: readonly number[] }) {
  return [
    { name: 'coarse', trials: Math.round(Number(options.ticks) / 4 / (FULL / 5)), epochs: FULL / 5 },
    { name: 'fine', trials: MANY, epochs: FULL, ...fine },
  ]
}

interface Result {
  readonly task: string
  readonly seed: number
  readonly regrets: Readonly<Record<string, number>>
}

const tasks = readTasks(options.tables)
if (tasks.length === 0) {
  console.error(`skipped: no tables lcb-TASK-eEE in ${options.tables}. Give a folder with --tables DIR.`)
  process.exit(0)
}
const results: Result[] = []
for (const task of tasks) {
  for (let seed = 0; seed < Number(options.seeds); seed++) {
    const regrets: Record<string, number> = {}
    for (const way of Object.keys(WAYS) as (keyof typeof WAYS)[])
      regrets[way] = await regretOf(task, way, seed)
    results.push({ task: task.name, seed, regrets })
  }
}
if (options.json) console.log(JSON.stringify(results, null, 2))
else printResults()

function readTasks(folder: string): Task[] {
  const tables = readTables(folder)
  const named = (task: string, epochs: string) =>
    tables.find(({ name }) => name === `${task} after ${Number(epochs)} epochs`)
  const names = new Set(tables.map(({ name }) => /^(.*) after \d+ epochs$/.exec(name)?.[1]))
  return [...names].flatMap((name) => {
    if (name === undefined) return []
    const found = Object.values(KNOWN).flatMap((epochs) => named(name, epochs) ?? [])
    return found.length === TICKS.length ? [{ name, tables: found }] : []
  })
}

/** 0 is the optimum after all epochs, 100 the median point. */
async function regretOf(task: Task, way: keyof typeof WAYS, seed: number): Promise<number> {
  const final = task.tables.at(-1)!
  const tuning = study({
    seed,
    direction: final.direction,
    space: Object.fromEntries(
      Object.entries(final.space.parameters).flatMap(([name, range]) =>
        range.kind === 'categorical' ? [[name, choice([...range.choices], { ordered: range.ordered })]] : [],
      ),
    ),
    objective: function* ({ params, number, budget }) {
      const draws = fastGenerator(['curve', task.name, seed, number])
      const noise = () => NOISE * normalFromUniform(draws.next())
      const training = noise()
      for (let tick = 1; tick <= budget.epochs; tick++)
        yield { step: tick, value: valueAt(task, params, tick) + training + noise() }
    },
    stages: WAYS[way],
    limits: { maxEpochs: Number(options.ticks) },
  })
  const { best } = await tuning.run({ onMessage: () => {} })
  const sorted = Float64Array.from(final.values).sort()
  const worth = final.measure(best!.params, 0)
  const top = sorted.at(-1)!
  return (100 * (top - worth)) / (top - sorted[sorted.length >> 1]!)
}

function valueAt(task: Task, params: Params, tick: number): number {
  const next = TICKS.findIndex((known) => known >= tick)
  const after = task.tables[next]!.measure(params, 0)
  if (TICKS[next] === tick) return after
  const before = task.tables[next - 1]!.measure(params, 0)
  const [low, high] = [TICKS[next - 1]!, TICKS[next]!]
  return before + ((after - before) * (tick - low)) / (high - low)
}

function printResults(): void {
  const ways = Object.keys(WAYS)
  const show = (rows: readonly Result[], name: string) => {
    const means = ways.map((way) => mean(rows.map(({ regrets }) => regrets[way]!)))
    console.log(`${name.padEnd(20)}${means.map((regret) => regret.toFixed(1).padStart(24)).join('')}`)
  }
  console.log(`${''.padEnd(20)}${ways.map((way) => way.padStart(24)).join('')}`)
  for (const task of tasks) {
    show(
      results.filter((row) => row.task === task.name),
      task.name,
    )
  }
  show(results, 'all')
  for (const way of ['one stage', 'coarse to fine']) {
    const differences = results.map(({ regrets }) => regrets[`${way}, rungs`]! - regrets[way]!)
    const centre = mean(differences)
    const spread = Math.sqrt(mean(differences.map((d) => (d - centre) ** 2)) / (differences.length - 1))
    console.log(`${way}, with rungs against without: ${centre.toFixed(1)} ± ${spread.toFixed(1)}`)
  }
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
