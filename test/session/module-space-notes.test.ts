import path from 'node:path'
import { expect, test } from 'vitest'
import { openExperiment } from '../../src/session/open-experiment.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'

const FILE = path.join(import.meta.dirname, '../fixtures/objectives/study.yaml')

/** What is said of a study of a module before it runs, or of why it can't. */
async function saidOf(require: string): Promise<string[]> {
  const said: string[] = []
  const text = `objective: ./bounded.ts\ndirection: minimize\nspace: { rate: { float: [0, 1] } }\nrequire: ${require}`
  const experiment = parseExperiment(text, FILE, { note: (note) => said.push(note) })
  try {
    said.push(...(await openExperiment(experiment)).warnings)
  } catch (error) {
    said.push(String(error))
  }
  return said
}

test('a rule that no point satisfies is refused, without a word on how its points are found', async () => {
  const said = await saidOf('rate > 2')
  expect(said).toEqual([expect.stringContaining('require "rate > 2": no point of the space satisfies it')])
})

test('a rule that few points of the whole space satisfy is remarked on once the module is loaded', async () => {
  expect(await saidOf('rate < 0.01')).toEqual([
    expect.stringMatching(/^require: about [\d.]+ % of the points of the space satisfy it\.$/),
  ])
})
