import { expect, test } from 'vitest'
import { openExperiment } from '../../src/session/open-experiment.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { temporaryFolder, writeIn } from '../data/data-files.ts'

const REMARK = 'split.stratified has no effect: this study predicts a number, and there are no classes.'

test('stratified parts of a study that predicts a number are remarked on, also where the labels decide that', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `${i % 31},${(i * 7) % 12},${i / 7}`)
  const table = writeIn(temporaryFolder(), 'numbers.csv', lines.join('\n'))
  const warningsOf = async (text: string) => {
    const file = `data: { source: csv, path: ${table} }\n${text}`
    return (await openExperiment(parseExperiment(file, 'mine.yaml'))).warnings
  }
  expect(await warningsOf('split: { stratified: true }')).toContain(REMARK)
  expect(await warningsOf('task: regression\nsplit: { stratified: true }')).toContain(REMARK)
  expect(await warningsOf('task: regression\nsplit: { stratified: false }')).not.toContain(REMARK)
})
