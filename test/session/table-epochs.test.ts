import { describe, expect, it } from 'vitest'
import { openExperiment } from '../../src/session/open-experiment.ts'
import { experimentFromJson, experimentToJson } from '../../src/study-file/experiment-json.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { temporaryFolder, writeIn } from '../data/data-files.ts'

const folder = temporaryFolder()

/** A table of that many rows and two classes. */
function table(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => `${i % 31},${(i * 7) % 12},${'ab'[i % 2]}`)
  return writeIn(folder, `${rows}.csv`, lines.join('\n'))
}

async function openedWith(rows: number, text: string, overrides: readonly string[] = []) {
  const file = `data: { source: csv, path: ${table(rows)} }\nsplit: { test: 0, valid: 0.1 }\n${text}`
  const { experiment, warnings } = await openExperiment(parseExperiment(file, 'mine.yaml', { overrides }))
  return { epochs: experiment.stages.map((stage) => stage.epochs), warnings, experiment }
}

describe('epochs that a study on a table leaves open', () => {
  it('are raised until the longest trials make 1,000 steps, and that is said', async () => {
    const { epochs, warnings } = await openedWith(1000, '')
    expect(epochs).toEqual([10, 50])
    expect(warnings).toEqual([
      'Epochs: 10 in coarse, 50 in fine, so that the longest trials make 1000 steps: 900 training rows give only 20 per epoch. To choose the epochs yourself, set them in the stages.',
    ])
  })

  it('are raised for stages that name only their trials, in the file or on the command line', async () => {
    expect((await openedWith(1000, 'stages: [{ trials: 8 }, { trials: 4 }]')).epochs).toEqual([10, 50])
    expect((await openedWith(1000, 'budget: { trials: 16 }')).epochs).toEqual([10, 50])
    expect((await openedWith(1000, '', ['stages.fine.trials=4'])).epochs).toEqual([10, 50])
  })

  it('stay as they are where they are written, or follow from a budget', async () => {
    expect((await openedWith(1000, 'stages: [{ trials: 8 }, { trials: 4, epochs: 7 }]')).epochs).toEqual([
      1, 7,
    ])
    expect((await openedWith(1000, '', ['stages.fine.epochs=6'])).epochs).toEqual([1, 6])
    expect((await openedWith(1000, 'budget: { epochs: 100 }')).epochs).toEqual([1, 5])
  })

  it('stay as they are for few rows, whose choice of an epoch is luck, and where they are enough', async () => {
    expect((await openedWith(499, '')).epochs).toEqual([1, 5])
    expect((await openedWith(1000, 'training: { batchSize: 4 }')).epochs).toEqual([1, 5])
  })

  it('are decided in what a store keeps, and not decided again', async () => {
    const { experiment } = await openedWith(1000, '')
    const stored = experimentFromJson(JSON.parse(JSON.stringify(experimentToJson(experiment))), 'mine')
    const again = await openExperiment(stored)
    expect(again.experiment).toEqual(experiment)
    expect(again.warnings).toEqual([])
  })
})
