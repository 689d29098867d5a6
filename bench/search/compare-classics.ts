import { DEFAULT_LAG } from '../../src/search/plan.ts'
import { classicProblems } from './classic.ts'
import { type Setting, stagesOf } from './settings.ts'
import { simulate } from './simulate.ts'
import { reportedWinner } from './winner.ts'

/** The true value of the winner above the lowest, over the seeds. */
export interface ClassicResult {
  readonly name: string
  readonly setting: string
  readonly median: number
  readonly worst: number
  /** How many winners lie in a wrong branch of choices or conditions; null if the function has one branch. */
  readonly stuck: number | null
}

const TRIALS = 64

/** One stage each; `gp` is what a study of one stage gets. */
const CLASSIC_SETTINGS: readonly Setting[] = (['random', 'tpe', 'gp'] as const).map((sampler) => ({
  name: sampler,
  stages: [{ sampler }],
}))

export function compareOnClassics(seeds: number): ClassicResult[] {
  return classicProblems(0).flatMap(({ name, rightBranch }) =>
    CLASSIC_SETTINGS.map((setting) => {
      const winners = classicWinners(name, setting, seeds)
      const regrets = winners.map(({ regret }) => regret).sort((a, b) => a - b)
      return {
        name,
        setting: setting.name,
        median: regrets[regrets.length >> 1]!,
        worst: regrets.at(-1)!,
        stuck: rightBranch === null ? null : winners.filter(({ isRight }) => !isRight).length,
      }
    }),
  )
}

/** How far the winners of that many studies truly lie above the lowest value, and whether in the right branch. */
export function classicWinners(
  name: string,
  setting: Setting,
  seeds: number,
): { readonly regret: number; readonly isRight: boolean }[] {
  const stages = stagesOf(setting, TRIALS)
  return Array.from({ length: seeds }, (_, seed) => {
    const problem = classicProblems(seed).find((other) => other.name === name)!
    const { params } = reportedWinner(problem, simulate(problem, stages, seed, DEFAULT_LAG), stages)
    return {
      regret: problem.truth(params) - problem.lowest,
      isRight: problem.rightBranch?.(params) ?? true,
    }
  })
}

export function printClassics(results: readonly ClassicResult[], seeds: number): void {
  console.log(
    `\nfunctions of the literature, ${TRIALS} trials, ${seeds} seeds: how far the winner is above the lowest value`,
  )
  console.log(
    `  ${'function'.padEnd(22)}${'sampler'.padEnd(10)}${'median'.padStart(10)}${'worst'.padStart(10)}${'stuck'.padStart(8)}`,
  )
  for (const { name, setting, median, worst, stuck } of results) {
    const figures = [median, worst].map((value) => value.toPrecision(2).padStart(10)).join('')
    console.log(`  ${name.padEnd(22)}${setting.padEnd(10)}${figures}${String(stuck ?? '').padStart(8)}`)
  }
}
