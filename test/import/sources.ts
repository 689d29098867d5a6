import path from 'node:path'
import { choice, float, int, type StudyInCode } from '../../src/index.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'

const FIXTURES = path.join(import.meta.dirname, '../fixtures/imports')

/** Written by Optuna 5: 20 trials, of which one failed and 14 were pruned; some use choices that the study has not. */
export const JOURNAL = path.join(FIXTURES, 'optuna.log')
/** The same trials, by `study.trials_dataframe().to_csv()`. */
export const TABLE = path.join(FIXTURES, 'optuna.csv')

/** The space that they searched, with choices of several types. */
export const SPACE: SearchSpace = {
  parameters: {
    lr: float(1e-5, 1, { log: true }),
    layers: int(1, 3),
    kind: { kind: 'categorical', choices: ['relu', 'tanh', null, true, 8], ordered: false },
  },
  conditions: {},
  constraints: [],
}

/** What the trials of the journal measured. */
export function measure({ lr, layers }: { readonly lr: number; readonly layers: number }): number {
  return (Math.log10(lr) + 3) ** 2 + layers * 0.1
}

export const SETTINGS = {
  name: 'mine',
  direction: 'minimize',
  metric: 'loss',
  space: {
    lr: float(1e-5, 1, { log: true }),
    layers: int(1, 3),
    kind: choice(['relu', 'tanh']),
  },
  objective: ({ params }) => measure(params),
  stages: [
    { name: 'coarse', trials: 12, epochs: 3, sampler: 'gp' },
    { name: 'fine', trials: 8, epochs: 3, sampler: 'tpe' },
  ],
} as const satisfies StudyInCode<{
  lr: ReturnType<typeof float>
  layers: ReturnType<typeof int>
  kind: {
    readonly kind: 'categorical'
    readonly choices: readonly ['relu', 'tanh']
    readonly ordered: boolean
  }
}>
