import { expect, test } from 'vitest'
import { readStatus, renderStatus } from '../../src/report/overview.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { runSimulated } from '../study/run-simulated.ts'
import { createSteppingExecutor } from '../study/stepping-executor.ts'

async function statusLines(rungs: readonly number[]) {
  const { store, study } = await runSimulated({
    space: searchSpace({ x: float(0, 1) }),
    stages: [{ trials: 30, epochs: 9, sampler: 'random', rungs }],
    executor: createSteppingExecutor({
      slots: 2,
      seed: 7,
      pauses: true,
      loses: false,
      courseOf: ({ spec: { params } }) => ({
        values: Array.from({ length: 9 }, () => params.x as number),
      }),
    }),
  })
  const { pruned } = store.countTrials(study.id)
  const text = renderStatus(readStatus(store, study), 0, '', { width: 120, colour: false })
  const lines = text.split('\n')
  const head = lines.findIndex((line) => line.startsWith('STAGE'))
  return { pruned, titles: lines[head]!.split(/ {2,}/), cells: lines[head + 1]!.split(/ {2,}/) }
}

test('a study with rungs has a column of pruned trials', async () => {
  const { pruned, titles, cells } = await statusLines([1, 3])
  expect(pruned).toBeGreaterThan(5)
  expect(cells[titles.indexOf('PRUNED')]).toBe(String(pruned))
})

test('a study without rungs has no column of pruned trials', async () => {
  expect((await statusLines([])).titles).not.toContain('PRUNED')
})
