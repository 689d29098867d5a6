import type { Objective } from '../objective/objective.ts'

/** Stands for an objective whose trials are not run here: their values are told, or come from another executor. */
export const ELSEWHERE: Objective = {
  space: null,
  run: () => {
    throw new Error('The values of this study are computed elsewhere.')
  },
}
