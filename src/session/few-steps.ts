import type { PreparedData } from '../data/prepared.ts'
import { batchSizeFor, type ClassifierConfig } from '../objective/classifier-config.ts'
import type { StagePlan } from '../search/stage-plan.ts'

/** Fewer steps leave most networks on tables unfinished: 1,000 rows and less gained up to 0.05 of accuracy or R² by more. */
const FEW_STEPS = 300

/** A sentence where the longest trials on a table make too few steps to learn it; null if they make enough. */
export function fewStepsWarning(
  config: ClassifierConfig,
  stages: readonly StagePlan[],
  { layout, folds }: PreparedData,
): string | null {
  if (layout === null) return null
  const rows = folds[0]!.train.rows.length
  const epochs = Math.max(...stages.map((stage) => stage.epochs))
  const perEpoch = Math.ceil(rows / batchSizeFor(config, rows))
  const steps = epochs * perEpoch
  if (steps >= FEW_STEPS) return null
  const enough = Math.ceil((4 * FEW_STEPS) / perEpoch / 10) * 10
  return `The longest trials make ${steps} steps (${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} of ${perEpoch}), which is few for a table: raise epochs in the last stage, for example to ${enough}.`
}
