/**
 * Compares samplers and whole coarse-to-fine studies with exact random search, on tables of real trainings and on
 * closed-form functions; every study runs as with a lag of 8.
 *
 *   npm run bench:search                                       the closed-form functions
 *   npm run bench:search -- --tables DIR [--seeds 100] [--trials 64] [--json]    the tables of a folder, beside Optuna's
 *                                                              TPE where $FINESWEEP_PYTHON or python3 has Optuna
 *   npm run bench:search -- --tables DIR --functions           both
 */
import { parseArgs } from 'node:util'
import {
  COUNTS,
  compareOnFunctions,
  compareOnTables,
  type FunctionResult,
  type TableResult,
} from './compare.ts'
import { compareOnClassics, printClassics } from './compare-classics.ts'
import { searchWithOptuna } from './optuna.ts'
import { readTables } from './tables.ts'

const { values: options } = parseArgs({
  options: {
    tables: { type: 'string' },
    functions: { type: 'boolean' },
    seeds: { type: 'string' },
    trials: { type: 'string', default: '64' },
    json: { type: 'boolean' },
  },
})

const tables = options.tables === undefined ? [] : readTables(options.tables)
if (tables.length === 0) {
  const why = options.tables === undefined ? 'give a folder with --tables DIR' : `none in ${options.tables}`
  console.error(`Tables skipped: ${why}.`)
}
const withFunctions = options.functions ?? tables.length === 0
const seeds = Number(options.seeds ?? (withFunctions ? 20 : 100))
if (!Number.isSafeInteger(seeds) || seeds < 2)
  throw new Error(`--seeds must be a whole number above 1, got ${options.seeds}`)

const trials = Number(options.trials)
if (!COUNTS.includes(trials))
  throw new Error(`--trials must be one of ${COUNTS.join(', ')}, got ${options.trials}`)
const optuna = tables.length === 0 ? null : await searchWithOptuna(options.tables!, seeds, trials)
const tableResults = compareOnTables(tables, seeds, trials, optuna)
const functionResults = withFunctions ? compareOnFunctions(seeds) : []
const classicResults = withFunctions ? compareOnClassics(seeds) : []
if (options.json === true) {
  console.log(
    JSON.stringify(
      {
        schemaVersion: 1,
        seeds,
        lag: 8,
        tables: tableResults,
        functions: functionResults,
        classics: classicResults,
      },
      null,
      2,
    ),
  )
} else {
  for (const result of tableResults) printTable(result)
  if (functionResults.length > 0) printFunctions(functionResults)
  if (classicResults.length > 0) printClassics(classicResults, seeds)
}

function printTable({ name, direction, best, exactRandom, settings }: TableResult): void {
  console.log(
    `\n${name} (${direction}, best ${best.toPrecision(4)}): mean best after n trials, ${seeds} seeds`,
  )
  const counts = COUNTS.map(String)
  console.log(`  ${'n'.padEnd(34)}${counts.map((n) => n.padEnd(24)).join('')}`)
  console.log(
    `  ${'random, exact'.padEnd(34)}${counts.map((n) => exactRandom[n]!.toPrecision(4).padEnd(24)).join('')}`,
  )
  for (const [setting, at] of Object.entries(settings)) {
    const cells = counts.map((n) => {
      const found = at[n]
      return (
        found === undefined ? '' : `${found.mean.toPrecision(4)} ± ${found.standardError.toPrecision(2)}`
      ).padEnd(24)
    })
    console.log(`  ${setting.padEnd(34)}${cells.join('')}`)
  }
}

function printFunctions(results: readonly FunctionResult[]): void {
  const percent = (share: number): string => `${Math.round(100 * share)} %`.padStart(6)
  for (const setting of new Set(results.map((result) => result.setting))) {
    console.log(
      `\n${setting}, 96 trials, ${seeds} seeds: how many decades the winner is off in its worst parameter,`,
    )
    console.log('how often the last box lost the optimum, how often an idle parameter kept 80 % of its range')
    console.log(
      `  ${'function'.padEnd(22)}${'median'.padStart(8)}${'<= 0.1'.padStart(8)}${'<= 0.2'.padStart(8)}${'lost'.padStart(8)}${'idle'.padStart(8)}`,
    )
    for (const result of results.filter((other) => other.setting === setting)) {
      const idle = result.idleKept === null ? '' : percent(result.idleKept)
      const figures = [result.withinTenth, result.withinFifth, result.lost].map((share) =>
        percent(share).padStart(8),
      )
      console.log(
        `  ${result.name.padEnd(22)}${result.medianDecadesOff.toFixed(3).padStart(8)}${figures.join('')}${idle.padStart(8)}`,
      )
    }
  }
}
