import { describe, expect, it } from 'vitest'
import { readStatus, renderStatus } from '../../src/report/overview.ts'
import { readSummary, renderSummary } from '../../src/report/summary.ts'
import { float, int, searchSpace } from '../../src/space/constructors.ts'
import type { StudyReader, StudyRecord } from '../../src/store/store.ts'
import { runSimulated } from '../study/run-simulated.ts'

const layout = { width: 300, colour: false }
const facts = { workers: 1, db: 'finesweep.db', dbOption: '' }
const summaryOf = ({ store, study }: { readonly store: StudyReader; readonly study: StudyRecord }): string =>
  renderSummary(readSummary(store, study), facts, layout)

describe('a stage in which most trials fail', () => {
  const failing = (share: number) =>
    runSimulated({
      space: searchSpace({ batch: int(1, 100) }),
      stages: [{ trials: 40, epochs: 1, sampler: 'random' }],
      evaluate: ({ spec: { params, number } }) =>
        (params.batch as number) <= share * 100
          ? {
              fails: 'threw',
              message: number === 0 ? 'no disk' : `batch must be below 8, got ${params.batch}`,
            }
          : [1],
    })

  it('is the first line of the summary and of the status, with the commonest reason', async () => {
    const run = await failing(0.8)
    const failed = run.store.trials(run.study.id, { states: ['failed'] })
    const first = `coarse: ${failed.length} of 40 trials failed, `
    const status = renderStatus(readStatus(run.store, run.study), 0, '', layout)
    for (const text of [summaryOf(run), status]) {
      expect(text.startsWith(first)).toBe(true)
      expect(text.split('\n')[0]).toMatch(/with: batch must be below 8, got \d+\.$/)
    }
  })

  it('is no headline where fewer than half fail', async () => {
    const run = await failing(0.3)
    expect(summaryOf(run)).not.toMatch('trials failed')
    expect(readStatus(run.store, run.study).failing).toEqual([])
  })
})

describe('a hard bound that stops the search', () => {
  const towards = (sign: number, soft: boolean) =>
    runSimulated({
      space: searchSpace({ lr: float(1e-4, 1, { log: true, soft }), other: float(0, 1) }),
      stages: [
        { trials: 32, epochs: 1 },
        { trials: 16, epochs: 1 },
      ],
      evaluate: ({ spec: { params } }) => [
        sign * Math.log10(params.lr as number) + (params.other as number) / 50,
      ],
    })

  it('is said with the way out', async () => {
    expect(summaryOf(await towards(-1, false))).toMatch(
      'The best lies at the upper edge of lr (1), a hard bound: widen it with `finesweep resume simulated --set space.lr=… --force`, or declare it soft.',
    )
    expect(summaryOf(await towards(1, false))).toMatch(
      'The best lies at the lower edge of lr (1e-4), a hard bound',
    )
  })

  it('is said of the last of few values, which no tenth of the range holds', async () => {
    const run = await runSimulated({
      space: searchSpace({ layers: int(1, 4), other: float(0, 1) }),
      stages: [
        { trials: 32, epochs: 1 },
        { trials: 8, epochs: 1 },
      ],
      evaluate: ({ spec: { params } }) => [(params.other as number) / 50 - (params.layers as number)],
    })
    expect(summaryOf(run)).toMatch('The best lies at the upper edge of layers (4), a hard bound')
  })

  it('is not said of a soft range, which is passed', async () => {
    const run = await towards(-1, true)
    expect(summaryOf(run)).not.toMatch('hard bound')
    const { lr } = run.store.stages(run.study.id)[1]!.space.parameters
    expect((lr as { high: number }).high).toBeCloseTo(1000, 6)
  })
})

describe('first places that the measurements cannot tell apart', () => {
  const accuracies = (accuracy: (x: number) => number) =>
    runSimulated({
      space: searchSpace({ x: float(0, 1) }),
      stages: [{ trials: 48, epochs: 1, sampler: 'random' }],
      evaluate: ({ spec: { params } }) => [accuracy(params.x as number)],
      direction: 'maximize',
      metric: 'validAccuracy',
    })

  it('are counted, with the standard error of an accuracy on few examples', async () => {
    const run = await accuracies((x) => Math.min(17, Math.round(x * 30)) / 18)
    const shared = run.store.trials(run.study.id).filter(({ value }) => value === 17 / 18).length
    expect(summaryOf(run)).toMatch(
      `${shared} trials share the first place.\n` +
        'The first 5 trials have equal validAccuracy, within the standard error on 18 examples (5.4 %): use folds or a larger validation set to separate them.',
    )
  })

  it('are not mentioned where they differ by more', async () => {
    const text = summaryOf(await accuracies((x) => Math.round(9000 * x) / 10_000))
    expect(text).not.toMatch(/share the first place|standard error/)
  })
})
