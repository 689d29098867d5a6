import { expect, test } from 'vitest'
import { importanceJson, readImportance, renderImportance } from '../../src/report/importance.ts'
import { choice, float, searchSpace } from '../../src/space/constructors.ts'
import { runSimulated } from '../study/run-simulated.ts'

test('a table has the parameters by importance, with what matters in the last box beside it', async () => {
  const { store, study } = await runSimulated({
    space: searchSpace({
      idle: choice(['a', 'b']),
      learningRate: float(1e-4, 1, { log: true }),
      b: float(0, 1),
    }),
    stages: [
      { trials: 40, epochs: 1 },
      { trials: 24, epochs: 1 },
    ],
    evaluate: ({ spec: { params } }) => [
      (Math.log10(params.learningRate as number) + 2) ** 2 + (params.b as number) / 3,
    ],
  })
  const found = readImportance(store, study, store.stages(study.id))
  const lines = renderImportance(found, { width: 80, colour: false }).split('\n')
  expect(lines[0]).toBe('simulated: how much of the differences in loss each parameter accounts for')
  expect(lines[2]).toMatch(/^PARAMETER +IMPORTANCE +HERE/)
  expect(lines[3]).toMatch(/^lr +9\d % +\d+ %/)
  expect(lines[4]).toMatch(/^b +\d %/)
  expect(lines[5]).toMatch(/^idle +0 % +0 %/)
  expect(lines.at(-2)).toBe('IMPORTANCE is over the whole ranges, HERE in the box of the last stage.')
  const { parameters } = importanceJson(found)
  expect(parameters!.map(({ name }) => name)).toEqual(['learningRate', 'b', 'idle'])
})

test('where a parameter matters with others, the table says of what that is a share', async () => {
  const { store, study } = await runSimulated({
    space: searchSpace({ a: float(-1, 1), b: float(-1, 1), c: float(0, 1) }),
    stages: [{ trials: 48, epochs: 1 }],
    evaluate: ({ spec: { params } }) => [
      (params.a as number) * (params.b as number) + (params.c as number) / 5,
    ],
  })
  const found = readImportance(store, study, store.stages(study.id))
  const lines = renderImportance(found, { width: 60, colour: false }).split('\n')
  expect(lines.find((line) => line.startsWith('a '))).toMatch(/with others \d+ %$/)
  expect(lines.slice(-3)).toEqual([
    'with others: the share of the total effects, in which',
    'interactions count for every parameter that takes part.',
    '',
  ])
})
