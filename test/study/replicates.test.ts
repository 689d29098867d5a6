import { expect, test } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { readSummary, renderSummary } from '../../src/report/summary.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { winningTrial } from '../../src/study/winning-trial.ts'
import { runSimulated } from './run-simulated.ts'

const run = (slots: number) =>
  runSimulated({
    space: searchSpace({ x: float(0, 1) }),
    stages: [{ trials: 16, epochs: 1 }, { trials: 12, epochs: 2 }, { replicate: { top: 3, seeds: 2 } }],
    slots,
    evaluate: ({ spec: { params, seed, budget } }) =>
      Array.from(
        { length: budget.epochs },
        () => ((params.x as number) - 0.4) ** 2 + fastGenerator([seed]).next() / 5,
      ),
  })

test('a stage of replicates runs the best points again with different seeds, and decides the winner', async () => {
  const { store, study } = await run(3)
  const again = store.trials(study.id, { stage: 2 })
  expect(again).toHaveLength(6)
  const fine = store.trials(study.id, { stage: 1 })
  const best = store.bestTrials(study.id, 3, 1)
  expect(again.map(({ params }) => params)).toEqual([...best, ...best].map(({ params }) => params))
  expect(new Set([...again, ...fine].map(({ seed }) => seed)).size).toBe(18)
  expect(store.stages(study.id)[2]).toMatchObject({ sampler: 'replicate', narrowing: null, epochs: 2 })
  expect(best.map(({ number }) => number)).toContain(winningTrial(store, study)!.number)
  for (const { number } of again) expect(store.artifact(study.id, number)).toBeUndefined()
  for (const { number } of best) expect(store.artifact(study.id, number)).toBeDefined()
  const facts = { workers: 1, db: 'finesweep.db', dbOption: '' }
  const text = renderSummary(readSummary(store, study), facts, { width: 200, colour: false })
  expect(text).toMatch(
    /Trial \d+: loss [\d.-]+, again [\d.]+, [\d.]+ \(mean [\d.]+, deviation [\d.]+ between seeds\), expected value /,
  )
  expect(text).toMatch(`Winner: trial ${winningTrial(store, study)!.number}, by the expected value`)
})

test('replicates give the same digest with any number of slots', async () => {
  const digests = await Promise.all([1, 2, 7].map((slots) => run(slots)))
  expect(new Set(digests.map(({ store, study }) => studyDigest(store, study.id))).size).toBe(1)
})
