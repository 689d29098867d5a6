import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { dataSchema, preprocessSchema, splitSchema } from '../../src/data/data-config.ts'
import { decodeFit } from '../../src/data/fitted-data.ts'
import { prepareData } from '../../src/data/prepare-data.ts'
import type { PreparedFold } from '../../src/data/prepared.ts'
import { type KeptNetwork, predictFile } from '../../src/model/kept-network.ts'
import { createClassifier } from '../../src/objective/classifier.ts'
import { classifierConfig, modelSchema, trainingSchema } from '../../src/objective/classifier-config.ts'
import { decodeNetwork } from '../../src/train/saved-network.ts'
import type { Measurement } from '../../src/trial.ts'
import { trialContext } from '../objective/trial-context.ts'

/** A new folder, gone at the end of the test. */
export function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-model-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

type Trained = KeptNetwork & {
  readonly fold: PreparedFold
  readonly stored: Readonly<Record<string, number>>
}

/** A network trained on a data block for a few epochs, and the accuracies stored with its epoch. */
export async function trained(block: object, preprocess?: object): Promise<Trained> {
  const settings = {
    data: dataSchema.parse(block),
    split: splitSchema.parse({}),
    preprocess: preprocessSchema.parse(preprocess),
  }
  const data = await prepareData(settings)
  const training = trainingSchema.parse({ batchSize: 8, learningRate: 0.01, arithmetic: 'muladd' })
  const config = classifierConfig(modelSchema.parse({ hidden: [8] }), training, 'validAccuracy', 'maximize')
  const run = createClassifier(config, data).run(trialContext({ budget: { epochs: 4 } })) as Generator<
    Measurement,
    { artifact: Uint8Array }
  >
  const measured: Measurement[] = []
  let step = run.next()
  for (; !step.done; step = run.next()) measured.push(step.value)
  const best = measured.at(-1)!.metrics!.bestEpoch
  const stored = measured.find((each) => each.step === best)!.metrics as Record<string, number>
  const saved = decodeNetwork(step.value.artifact)
  const fit = decodeFit({ tensors: saved.further, notes: saved.notes })
  const kept = { saved, data: fit, settings, arithmetic: 'muladd' }
  return { ...kept, fold: data.folds[0]!, stored } as unknown as Trained
}

/** How often the predictions of a file are right on the study's own parts, against what its trial measured. */
export async function expectAgreement(block: object, source: string, preprocess?: object): Promise<void> {
  const network = await trained(block, preprocess)
  const predicted = await predictFile(network, source)
  const { train, valid } = network.fold
  const shareRight = ({ rows, labels }: typeof train): number =>
    rows.filter((row) => predicted.classes!.labels[row] === labels[row]).length / rows.length
  expect(shareRight(train)).toBe(network.stored.trainAccuracy)
  expect(shareRight(valid)).toBe(network.stored.validAccuracy)
  const whole = Array.from(predicted.classes!.labels).filter((label, row) => label === train.labels[row])
  expect(predicted.accuracy).toBe(whole.length / predicted.rows)
}
