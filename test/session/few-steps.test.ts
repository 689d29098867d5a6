import { expect, it } from 'vitest'
import { prepareData } from '../../src/data/prepare-data.ts'
import { keepsNetwork } from '../../src/objective/kinds.ts'
import { fewStepsWarning } from '../../src/session/few-steps.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { temporaryFolder, writeIn } from '../data/data-files.ts'

const folder = temporaryFolder()
const table = writeIn(
  folder,
  't.csv',
  Array.from({ length: 500 }, (_, i) => `${i % 31},${(i * 7) % 12},${'ab'[i % 2]}`).join('\n'),
)

it.each([
  [
    'stages: [{ trials: 4, epochs: 1 }, { trials: 2, epochs: 5 }]',
    /make 100 steps \(5 epochs of 20\), .* to 60\.$/,
  ],
  ['stages: [{ trials: 4, epochs: 1 }, { trials: 2, epochs: 15 }]', null],
  ['training: { batchSize: 4 }\nstages: [{ trials: 4, epochs: 3 }]', null],
  ['training: { batchSize: 400 }\nstages: [{ trials: 4, epochs: 1 }]', /make 1 steps? \(1 epoch of 1\)/],
])('trials on a table that make few steps are reported: %s', async (text, expected) => {
  const { objective, stages } = parseExperiment(`data: { source: csv, path: ${table} }\n${text}`, 'mine.yaml')
  if (!keepsNetwork(objective)) throw new Error('no network')
  const warning = fewStepsWarning(objective.config, stages, await prepareData(objective.data))
  if (expected === null) expect(warning).toBeNull()
  else expect(warning).toMatch(expected)
})
