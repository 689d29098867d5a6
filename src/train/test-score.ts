import { classMetrics } from './class-metrics.ts'
import { type DetailedScore, scoreInDetail, scoreRegression } from './evaluate.ts'
import type { Examples, TargetScaling } from './inputs.ts'
import type { Network } from './network.ts'

/** How a network does on a test part. */
export interface TestScore {
  readonly examples: number
  /**
   * By name: loss, accuracy, balancedAccuracy, macroF1, for two classes auc, and majority, the accuracy of always guessing
   * the most frequent class; or loss, rmse in the units of the data and, unless all targets are alike, r2.
   */
  readonly metrics: Readonly<Record<string, number>>
  /** Every guess counted; null where a number is predicted. */
  readonly detail: DetailedScore | null
}

/** Judges a network on examples. Leaves it as it was. @param target absent for classes */
export function testScore(network: Network, examples: Examples, target?: TargetScaling): TestScore {
  if (target !== undefined) {
    const { loss, r2, rmse } = scoreRegression(network, examples)
    const metrics = { loss, ...(Number.isNaN(r2) ? {} : { r2 }), rmse: rmse * target.deviation }
    return { examples: examples.rows.length, metrics, detail: null }
  }
  const detail = scoreInDetail(network, examples)
  const { loss, accuracy } = detail
  const { auc, ...further } = classMetrics(network, examples)
  const isRoc = auc !== null && !Number.isNaN(auc)
  return {
    examples: detail.examples,
    metrics: { loss, accuracy, ...further, ...(isRoc ? { auc } : {}) },
    detail,
  }
}
