import { describe, expect, test } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { type EpochReport, type TrainingSettings, trainEpochs } from '../../src/train/fit.ts'
import type { Examples } from '../../src/train/inputs.ts'
import type { Architecture, LearningSettings } from '../../src/train/network.ts'
import { readNetwork } from '../../src/train/network-state.ts'
import { DEFAULT_OPTIMIZER } from '../../src/train/optimizers.ts'
import { DEFAULT_SCHEDULE } from '../../src/train/schedules.ts'
import { architecture, clouds, freshNetwork, learning, part } from './support.ts'

const examples = clouds(300, 12, 3, 7, 1.5)
const data = { train: part(examples, 0, 200), valid: part(examples, 200, 300) }
const shape = architecture({ inputs: 12, hidden: [16, 8] })

function settings(changes: Partial<TrainingSettings> = {}): TrainingSettings {
  return {
    epochs: 3,
    batchSize: 32,
    learningRate: 0.01,
    optimizer: DEFAULT_OPTIMIZER,
    schedule: DEFAULT_SCHEDULE,
    streamName: ['test', 'fit'],
    stopRequested: () => false,
    ...changes,
  }
}

function run(
  changes: Partial<TrainingSettings> = {},
  parts: { train: Examples; valid: Examples } = data,
  ofShape: Architecture = shape,
  learningChanges: Partial<LearningSettings> = {},
) {
  const all = settings(changes)
  const ofLearning = learning({ optimizer: all.optimizer.kind, ...learningChanges })
  const network = freshNetwork(ofShape, all.batchSize, ofLearning)
  const reports: EpochReport[] = [...trainEpochs(network, parts, all)]
  return { reports, state: readNetwork(network) }
}

describe('training', () => {
  test('learns, and tells every epoch', () => {
    const { reports } = run({ epochs: 8 })
    expect(reports.map((report) => report.epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(reports.map((report) => report.steps)).toEqual([7, 14, 21, 28, 35, 42, 49, 56])
    expect(reports.at(-1)!.trainDataLoss).toBeLessThan(reports[0]!.trainDataLoss / 2)
    expect(reports.at(-1)!.validAccuracy).toBeGreaterThan(0.8)
  })

  test('of the same name gives the same bits, of another name others', () => {
    const first = run({}, data, shape, { dropout: 0.3 })
    expect(run({}, data, shape, { dropout: 0.3 })).toEqual(first)
    expect(run({ streamName: ['test', 'another'] }, data, shape, { dropout: 0.3 }).reports).not.toEqual(
      first.reports,
    )
  })

  test.each([true, false])('can learn 50 rows of noise by heart (batch norm: %s)', (batchNorm) => {
    const noise = clouds(50, 12, 3, 3, 1)
    const labels = Uint8Array.from(shuffle([...noise.labels], fastGenerator(['by heart'])))
    const train = { ...noise, labels }
    const wide = architecture({ inputs: 12, hidden: [60, 30], batchNorm })
    const { reports } = run({ epochs: 80, batchSize: 25 }, { train, valid: train }, wide)
    expect(reports.at(-1)!.trainAccuracy).toBe(1)
    expect(reports.at(-1)!.trainDataLoss).toBeLessThan(0.1)
  })

  test('on shuffled labels stays at chance on the validation set', () => {
    const many = clouds(1200, 12, 3, 9, 1.5)
    const shuffled = {
      ...many,
      labels: shuffle(many.labels.slice() as never, fastGenerator(['chance'])) as Uint8Array,
    }
    const { reports } = run(
      { epochs: 10 },
      { train: part(shuffled, 0, 400), valid: part(shuffled, 400, 1200) },
    )
    // Three classes, 800 rows: the standard deviation of pure guessing is 0.017.
    expect(Math.abs(reports.at(-1)!.validAccuracy - 1 / 3)).toBeLessThan(0.07)
  })

  test('reports the loss with and without the penalty', () => {
    const plainly = run().reports
    const { reports, state } = run({ epochs: 1 }, data, shape, { reg: 0.3 })
    let squares = 0
    for (const layer of [1, 2, 3]) for (const w of state[`W${layer}`]!.data) squares += w * w
    expect(reports[0]!.trainLoss - reports[0]!.trainDataLoss).toBeCloseTo(0.15 * squares, 4)
    expect(plainly[0]!.trainLoss).toBe(plainly[0]!.trainDataLoss)
  })

  test('stops at the first loss that is not finite, and says where', () => {
    const sgd = { ...DEFAULT_OPTIMIZER, kind: 'sgd' as const }
    expect(() => run({ learningRate: 1e30, optimizer: sgd }, data, shape, { reg: 1 })).toThrow(
      /^loss became (NaN|Infinity) in epoch 1, step [2-7]$/,
    )
  })

  test('looks between batches whether it should stop', () => {
    let asked = 0
    const { reports } = run({ stopRequested: () => ++asked > 10 })
    expect(reports).toHaveLength(1)
    expect(asked).toBe(11)
  })

  test('takes every row once an epoch, in another order each time', () => {
    // A rate of 0 leaves the weights as they are: the mean loss is the same whatever the order, but for rounding.
    const { reports } = run({ learningRate: 0, epochs: 4, batchSize: 64 })
    for (const report of reports) expect(report.trainDataLoss).toBeCloseTo(reports[0]!.trainDataLoss, 6)
    expect(new Set(reports.map((report) => report.trainDataLoss)).size).toBeGreaterThan(1)
  })

  test('follows its schedule', () => {
    const schedule = { ...DEFAULT_SCHEDULE, kind: 'step' as const, every: 2, factor: 0.1 }
    const { reports } = run({ epochs: 5, schedule })
    expect(reports.map(({ learningRate }) => learningRate)).toEqual([
      0.01,
      0.01,
      0.001,
      0.001,
      0.01 * (0.1 * 0.1),
    ])
  })
})
