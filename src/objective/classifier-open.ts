import { prepareData } from '../data/prepare-data.ts'
import { prepareDataInThread, takesLong } from '../data/prepare-in-thread.ts'
import type { PreparedData } from '../data/prepared.ts'
import type { Arithmetic } from '../train/kernels/kernels.ts'
import { chooseArithmetic, compileMissingProducts, openKernels } from '../train/kernels/open-kernels.ts'
import { decodeNetwork, openNetwork } from '../train/saved-network.ts'
import { type TestScore, testScore } from '../train/test-score.ts'
import { type ClassifierConfig, REGRESSION_METRICS, USUAL_REGRESSION_AIM } from './classifier-config.ts'
import { requireDefinedMetric } from './classifier-metric.ts'
import { hashJson } from './fingerprint.ts'
import type { OpenedObjective, OpenOptions } from './kind.ts'
import type { ClassifierSettings } from './source.ts'

/** Reads and prepares the classifier's data. @throws UserError('usage'); PreparationStopped */
export async function openClassifier(
  settings: ClassifierSettings,
  options: OpenOptions,
): Promise<OpenedObjective> {
  const prepare = takesLong(settings.data) ? prepareDataInThread : prepareData
  const data = await prepare(settings.data, options)
  const settled = withSettledTask(settings, data)
  requireDefinedMetric(settled.config.metric, data.folds)
  const { split, preprocess, task } = settled.data
  const config = withChosenArithmetic(settled.config)
  compileMissingProducts(config.training.arithmetic)
  return {
    settings: { ...settled, config },
    source: { kind: settings.kind, config, data },
    aim: { metric: config.metric, direction: config.direction },
    space: null,
    // Where the data lie does not count: their own hash identifies them.
    fingerprint: hashJson([config, split, preprocess, ...(task === undefined ? [] : [task])]),
    data,
  }
}

/** The task that the labels decided, with a metric of that task. */
function withSettledTask(settings: ClassifierSettings, { folds }: PreparedData): ClassifierSettings {
  const { task, ...data } = settings.data
  if (task !== 'auto') return settings
  if (folds[0]!.target === undefined) return { ...settings, data }
  const { config } = settings
  const aim = Object.hasOwn(REGRESSION_METRICS, config.metric) ? {} : USUAL_REGRESSION_AIM
  return { ...settings, config: { ...config, ...aim }, data: { ...data, task: 'regression' } }
}

/** What `auto` means here is settled once and stored, so that a resume elsewhere computes the same bits. */
function withChosenArithmetic(config: ClassifierConfig): ClassifierConfig {
  const { arithmetic } = config.training
  if (arithmetic !== 'auto') return config
  return { ...config, training: { ...config.training, arithmetic: chooseArithmetic() } }
}

/** A kept network on the test part of its data; null if they have none. */
export function evaluateOnTest(
  data: PreparedData,
  artifact: Uint8Array,
  arithmetic: 'auto' | Arithmetic,
): TestScore | null {
  const examples = data.folds[0]!.test
  if (examples === null || examples.rows.length === 0) return null
  const kernels = openKernels({ arithmetic })
  try {
    return testScore(openNetwork(kernels, decodeNetwork(artifact)), examples, data.folds[0]!.target)
  } finally {
    kernels.close()
  }
}
