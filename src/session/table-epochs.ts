import type { PreparedData } from '../data/prepared.ts'
import { batchSizeFor, type ClassifierConfig } from '../objective/classifier-config.ts'
import { isImported } from '../search/imported-stages.ts'
import type { StagePlan } from '../search/stage-plan.ts'

/** The training steps of the longest trials on rows of columns: with fewer, networks on tables stay unfinished. */
const LEAST_STEPS = 1000
/** With fewer rows to train and validate on, the best of many epochs is chosen by luck, and tests got worse with more. */
const LEAST_ROWS = 500

/** Stages whose epochs the study leaves open, with a sentence where they were raised. */
interface DecidedEpochs {
  readonly stages: readonly StagePlan[]
  readonly remark: string | null
}

/**
 * Raises the usual epochs of all stages by one factor, so that the longest trials make 1,000 steps. Images, tables below 500
 * rows and those where the usual epochs are enough keep these.
 */
export function epochsForTable(
  config: ClassifierConfig,
  stages: readonly StagePlan[],
  { shape, folds }: PreparedData,
): DecidedEpochs {
  const { train, valid } = folds[0]!
  const rows = train.rows.length
  const most = Math.max(...stages.filter((stage) => !isImported(stage)).map(({ epochs }) => epochs))
  const perEpoch = Math.ceil(rows / batchSizeFor(config, rows))
  const needed = Math.ceil(LEAST_STEPS / perEpoch)
  const isSmall = rows + valid.rows.length < LEAST_ROWS
  if (shape.length !== 1 || isSmall || needed <= most) return { stages, remark: null }
  const raised = stages.map((stage) =>
    isImported(stage) ? stage : { ...stage, epochs: Math.ceil((stage.epochs * needed) / most) },
  )
  const shown = raised.flatMap((stage) => (isImported(stage) ? [] : [`${stage.epochs} in ${stage.name}`]))
  return {
    stages: raised,
    remark: `Epochs: ${shown.join(', ')}, so that the longest trials make ${LEAST_STEPS} steps: ${rows} training rows give only ${perEpoch} per epoch. To choose the epochs yourself, set them in the stages.`,
  }
}
