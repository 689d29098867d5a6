import { DEFAULT_LAG } from '../../src/search/plan.ts'
import { rankTrials } from '../../src/search/rank.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import type { Direction } from '../../src/trial.ts'
import { decades, type KnownProblem, knownProblems } from './functions.ts'
import type { OptunaResults } from './optuna.ts'
import { SETTINGS, type Setting, STUDIES, stagesOf } from './settings.ts'
import { type SimulatedStudy, simulate } from './simulate.ts'
import { exactRandom, type Table } from './tables.ts'
import { reportedWinner } from './winner.ts'

export interface MeanBest {
  readonly mean: number
  readonly standardError: number
}

/** Keys are numbers of trials. */
export interface TableResult {
  readonly name: string
  readonly direction: Direction
  readonly best: number
  readonly exactRandom: Readonly<Record<string, number>>
  readonly settings: Readonly<Record<string, Readonly<Record<string, MeanBest>>>>
}

export interface FunctionResult {
  readonly name: string
  readonly setting: string
  /** Of the winner's worst parameter that matters. */
  readonly medianDecadesOff: number
  /** Shares of the seeds. */
  readonly withinTenth: number
  readonly withinFifth: number
  readonly lost: number
  /** The share of idle parameters that kept 80 % of their range; null if all matter. */
  readonly idleKept: number | null
}

/** After that many trials the best value is looked at. */
export const COUNTS = [16, 32, 64, 128, 256]
/** Random search is always checked as far as this: its trials cost next to nothing. */
const RANDOM_TRIALS = 256
const FUNCTION_TRIALS = 96

/** @param trials of each study, at most the last of COUNTS */
export function compareOnTables(
  tables: readonly Table[],
  seeds: number,
  trials: number,
  optuna: OptunaResults | null,
): TableResult[] {
  return tables.map((table) => ({
    name: table.name,
    direction: table.direction,
    best: table.values.reduce(
      table.direction === 'minimize' ? (a, b) => Math.min(a, b) : (a, b) => Math.max(a, b),
    ),
    exactRandom: Object.fromEntries(COUNTS.map((n) => [n, exactRandom(table, n)])),
    settings: {
      ...Object.fromEntries(
        SETTINGS.map((setting) => [setting.name, meanBests(table, setting, seeds, trials)]),
      ),
      ...optunaMeans(optuna?.[table.name] ?? {}),
    },
  }))
}

function optunaMeans(
  settings: Readonly<Record<string, Record<string, readonly number[]>>>,
): Record<string, Record<string, MeanBest>> {
  return Object.fromEntries(
    Object.entries(settings).map(([setting, bests]) => [
      setting,
      Object.fromEntries(
        Object.entries(bests).map(([count, values]) => [count, meanOf(Float64Array.from(values))]),
      ),
    ]),
  )
}

function meanBests(table: Table, setting: Setting, seeds: number, trials: number): Record<string, MeanBest> {
  const total = setting.name === 'random' ? RANDOM_TRIALS : trials
  const counts = COUNTS.filter((count) => count <= total)
  const stages = stagesOf(setting, total)
  const bests = counts.map(() => new Float64Array(seeds))
  for (let seed = 0; seed < seeds; seed++) {
    const { trials } = simulate(table, stages, seed, DEFAULT_LAG)
    for (const [i, count] of counts.entries())
      bests[i]![seed] = bestValue(trials.slice(0, count), table.direction)
  }
  return Object.fromEntries(counts.map((count, i) => [count, meanOf(bests[i]!)]))
}

function bestValue(trials: readonly PastTrial[], direction: Direction): number {
  return rankTrials(trials, direction)[0]!.value!
}

function meanOf(values: Float64Array): MeanBest {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) }
}

export function compareOnFunctions(seeds: number): FunctionResult[] {
  return STUDIES.flatMap((setting) => {
    const stages = stagesOf(setting, FUNCTION_TRIALS)
    return knownProblems(0).map(({ name }, index) => {
      const outcomes = Array.from({ length: seeds }, (_, seed) => {
        const problem = knownProblems(seed)[index]!
        const study = simulate(problem, stages, seed, DEFAULT_LAG)
        return judge(problem, study, reportedWinner(problem, study, stages))
      })
      return summary(name, setting.name, outcomes)
    })
  })
}

interface Outcome {
  readonly decadesOff: number
  readonly lost: boolean
  /** For each idle parameter whether it kept 80 % of its range. */
  readonly idleKept: readonly boolean[]
}

function judge(problem: KnownProblem, study: SimulatedStudy, winner: PastTrial): Outcome {
  const box = study.stages.at(-1)!.space
  let decadesOff = 0
  let lost = false
  const idleKept: boolean[] = []
  for (const [name, range] of Object.entries(box.parameters)) {
    const root = problem.space.parameters[name]!
    if (range.kind !== 'float' || root.kind !== 'float') continue
    if (problem.idle.includes(name)) {
      const kept = decades(Math.min(range.high, root.high)) - decades(Math.max(range.low, root.low))
      idleKept.push(kept >= 0.8 * (decades(root.high) - decades(root.low)))
      continue
    }
    const optimum = problem.optimum[name] as number
    decadesOff = Math.max(decadesOff, Math.abs(decades(winner.params[name] as number) - decades(optimum)))
    // Bounds rounded to three digits may stand a rounding away from an optimum on the edge itself.
    lost ||= optimum < range.low * (1 - 1e-9) || optimum > range.high * (1 + 1e-9)
  }
  return { decadesOff, lost, idleKept }
}

function summary(name: string, setting: string, outcomes: readonly Outcome[]): FunctionResult {
  const share = (holds: (outcome: Outcome) => boolean): number =>
    outcomes.filter(holds).length / outcomes.length
  const off = outcomes.map(({ decadesOff }) => decadesOff).sort((a, b) => a - b)
  const idle = outcomes.flatMap(({ idleKept }) => idleKept)
  return {
    name,
    setting,
    medianDecadesOff: off[off.length >> 1]!,
    withinTenth: share(({ decadesOff }) => decadesOff <= 0.1),
    withinFifth: share(({ decadesOff }) => decadesOff <= 0.2),
    lost: share((outcome) => outcome.lost),
    idleKept: idle.length === 0 ? null : idle.filter(Boolean).length / idle.length,
  }
}
