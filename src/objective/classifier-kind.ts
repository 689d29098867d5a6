import { z } from 'zod'
import {
  type DataSettings,
  dataFiles,
  dataSchema,
  preprocessSchema,
  resolveDataPaths,
  splitSchema,
  type Task,
  taskSchema,
} from '../data/data-config.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { closestName } from '../text/closest-name.ts'
import type { Direction } from '../trial.ts'
import {
  CLASSIFIER_METRICS,
  type ClassifierConfig,
  classifierConfig,
  modelSchema,
  REGRESSION_METRICS,
  trainingSchema,
  USUAL_REGRESSION_AIM,
} from './classifier-config.ts'
import {
  checkClassifierRanges,
  checkReadableParameters,
  recipeSpace,
  withClassifierBounds,
} from './classifier-space.ts'
import { unusedSettings } from './classifier-unused.ts'
import { type Aim, type ObjectiveKind, requireExisting, type WrittenStudy } from './kind.ts'
import { CLASSIFIER, type ClassifierSettings } from './source.ts'

/** The blocks of a study file that only the classifier reads. */
const BLOCKS = {
  task: taskSchema,
  data: dataSchema,
  split: splitSchema,
  preprocess: preprocessSchema,
  model: modelSchema,
  training: trainingSchema,
} as const

type Blocks = { readonly [Name in keyof typeof BLOCKS]: z.output<(typeof BLOCKS)[Name]> }

const metricName = z.string().min(1).max(80)

const stored = z.object({
  kind: z.literal(CLASSIFIER),
  config: z
    .object({
      model: modelSchema,
      training: trainingSchema,
      metric: metricName,
      direction: z.enum(['minimize', 'maximize']),
    })
    .transform(
      ({ model, training, metric, direction }): ClassifierConfig =>
        classifierConfig(model, training, metric, direction),
    ),
  data: z.object({
    data: dataSchema,
    split: splitSchema,
    preprocess: preprocessSchema,
    task: taskSchema.or(z.literal('auto')),
    form: z.literal('first').optional(),
  }),
})

/** The built-in network on a data set. */
export const classifierKind = {
  kind: CLASSIFIER,
  noun: `an ${CLASSIFIER}`,
  artifact: 'network',
  blocks: BLOCKS,
  keys: {},
  isShort: (text: string) => text === CLASSIFIER,
  stored,

  fromVersion1: (settings: ClassifierSettings): ClassifierSettings => ({
    ...settings,
    data: { ...settings.data, form: 'first' },
  }),

  written: ({ config, data }: ClassifierSettings) => ({
    objective: CLASSIFIER,
    ...data,
    model: config.model,
    training: config.training,
  }),
  aim: classifierAim,
  resolve,
  noWarmStart({ failed, blocks }: WrittenStudy) {
    const several = !failed.has('split') && (blocks as Blocks).split.folds !== undefined
    return several
      ? { reason: 'with folds there are several', hint: 'Drop warmStart, or split.folds.' }
      : null
  },

  bringsSpace: false,
  // They are a list of their own, which the ranges are checked against.
  checkNames: () => {},
  defaultSpace: ({ raw }: WrittenStudy) => recipeSpace(raw),
  checkSpace: (space, settings, study) => {
    const bounded = withClassifierBounds(space, study)
    if (settings !== null) checkClassifierRanges(bounded, settings.config, study.report)
    return bounded
  },
  checkUnreadableSpace: (settings, study) => {
    if (settings !== null) checkReadableParameters(settings.config, study)
  },

  unused: ({ config }: ClassifierSettings, raw: WrittenStudy['raw'], space: SearchSpace) =>
    unusedSettings(raw, config, space),

  keptFolders: () => null,
  tie: ({ config }: ClassifierSettings): Aim => {
    const metric = TIES[config.metric]!
    return { metric, direction: (CLASSIFIER_METRICS[metric] ?? REGRESSION_METRICS[metric])! }
  },
  // On use: a command that only reads a store should not load the network's code.
  open: async (settings, options) => (await import('./classifier-open.ts')).openClassifier(settings, options),
  asRecorded: (source, recorded) => {
    if (source.kind !== CLASSIFIER) return source
    const arithmetic = recorded.startsWith('fma') ? 'fma' : 'muladd'
    return { ...source, config: { ...source.config, training: { ...source.config.training, arithmetic } } }
  },
  evaluateTest: async ({ config }, data, artifact) => {
    const { evaluateOnTest } = await import('./classifier-open.ts')
    return data === null ? null : evaluateOnTest(data, artifact, config.training.arithmetic)
  },
} satisfies ObjectiveKind<ClassifierSettings> & { readonly blocks: typeof BLOCKS }

/** Accuracies take few values, so losses order their ties; and the other way round. */
const TIES: Readonly<Record<string, string>> = {
  validAccuracy: 'validLoss',
  validLoss: 'validAccuracy',
  trainAccuracy: 'trainLoss',
  trainLoss: 'trainAccuracy',
  trainDataLoss: 'trainAccuracy',
  validBalancedAccuracy: 'validLoss',
  validMacroF1: 'validLoss',
  validAuc: 'validLoss',
  validR2: 'validLoss',
  validRmse: 'validLoss',
  trainR2: 'trainLoss',
}

/** Reports a key of the training that the other task alone has. */
function reportContradiction({ blocks, failed, raw, report }: WrittenStudy): void {
  if (failed.has('training') || failed.has('task')) return
  const { training } = blocks as Blocks
  const task = taskOf(blocks as Blocks, raw.metric)
  const [key, other] =
    task === 'regression' ? (['classWeights', 'classes'] as const) : (['loss', 'numbers'] as const)
  if (task === 'auto' || training[key] === undefined) return
  report({
    path: ['training', key],
    at: 'key',
    message: `training.${key} is for ${other}, but this study predicts ${other === 'classes' ? 'a number' : 'classes'}`,
    hint: `Leave it out, or write task: ${other === 'classes' ? 'classification' : 'regression'}${raw.metric === undefined ? '' : ' and another metric'}.`,
  })
}

/** What the file says it learns, or its metric or loss says; `auto` where its labels may decide. */
function taskOf({ task, training }: Partial<Blocks>, metric: unknown): Task {
  if (task !== undefined) return task
  const name = typeof metric === 'string' ? metric : ''
  if (Object.hasOwn(REGRESSION_METRICS, name) && !Object.hasOwn(CLASSIFIER_METRICS, name)) return 'regression'
  if (Object.hasOwn(CLASSIFIER_METRICS, name) && !Object.hasOwn(REGRESSION_METRICS, name)) return undefined
  if (training?.loss !== undefined) return 'regression'
  return training?.classWeights === undefined ? 'auto' : undefined
}

/** The direction follows from the metric; the metric, where it is not given, from the direction. */
function classifierAim(
  metric: string | undefined,
  direction: Direction | undefined,
  { report, blocks }: WrittenStudy,
): Aim | null {
  const regression = taskOf(blocks as Blocks, metric) === 'regression'
  const metrics = regression ? REGRESSION_METRICS : CLASSIFIER_METRICS
  if (metric === undefined) {
    return direction === 'minimize'
      ? { metric: 'validLoss', direction }
      : regression
        ? USUAL_REGRESSION_AIM
        : { metric: 'validAccuracy', direction: 'maximize' }
  }
  const known = Object.keys(metrics)
  const natural = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined
  if (natural === undefined) {
    const near = closestName(metric, known)
    report({
      path: ['metric'],
      at: 'value',
      message: `metric must be one of ${known.join(', ')}, got ${JSON.stringify(metric)}`,
      hint: near === undefined ? undefined : `Did you mean "${near}"?`,
    })
    return null
  }
  if (direction !== undefined && direction !== natural) {
    report({
      path: ['direction'],
      at: 'value',
      message: `direction must be ${natural} for metric ${metric}, got ${direction}`,
      hint: 'Leave direction out: it follows from the metric.',
    })
    return null
  }
  return { metric, direction: natural }
}

function resolve(_: unknown, aim: Aim | null, study: WrittenStudy): ClassifierSettings | null {
  const { failed, folder } = study
  const blocks = study.blocks as Blocks
  if (!failed.has('data')) {
    const empty = { split: {}, preprocess: {} } as Pick<DataSettings, 'split' | 'preprocess'>
    const { data } = resolveDataPaths({ data: blocks.data, ...empty }, folder)
    for (const [key, file] of dataFiles(data)) {
      requireExisting(['data', key], file, key === 'path' ? 'file or folder' : 'file', study)
    }
  }
  reportContradiction(study)
  if (aim === null || Object.keys(BLOCKS).some((block) => failed.has(block))) return null
  const { data, split, preprocess, model, training } = blocks
  const learned = taskOf(blocks, study.raw.metric)
  return {
    kind: CLASSIFIER,
    config: classifierConfig(model, training, aim.metric, aim.direction),
    data: resolveDataPaths(
      { data, split, preprocess, ...(learned === undefined ? {} : { task: learned }) },
      folder,
    ),
  }
}
