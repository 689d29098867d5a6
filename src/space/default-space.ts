import { float, searchSpace } from './constructors.ts'
import type { SearchSpace } from './search-space.ts'

/**
 * The recipe's ranges, searched where a study names none: learning rate and regularisation on log scales wide
 * enough to hold every sensible value, dropout on its whole meaning.
 */
export const DEFAULT_SPACE: SearchSpace = searchSpace({
  learningRate: float(1e-6, 10, { log: true, soft: true }),
  reg: float(1e-5, 1e5, { log: true, soft: true }),
  dropout: float(0, 0.95),
})
