import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { OBJECTIVE_KINDS } from '../../src/objective/kinds.ts'
import { stageEntrySchema } from '../../src/search/plan-schema.ts'
import { experimentFromJson, experimentToJson } from '../../src/study-file/experiment-json.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { readExperiment } from '../../src/study-file/read-experiment.ts'
import { allKeyPaths } from '../../src/study-file/schema-walk.ts'
import { BLOCKS, STUDY_KEYS } from '../../src/study-file/study-blocks.ts'

const DOCUMENT = readFileSync('docs/study-file.md', 'utf8')
const STUDIES = readdirSync('experiments').filter((name) => name.endsWith('.yaml'))

describe('the studies to copy', () => {
  test.each(STUDIES)('%s is sound, and named after its file', (name) => {
    const file = `experiments/${name}`
    const experiment = parseExperiment(readFileSync(file, 'utf8'), file)
    expect(`${experiment.name}.yaml`).toBe(name)
    expect(experimentFromJson(experimentToJson(experiment))).toEqual(JSON.parse(JSON.stringify(experiment)))
  })

  /** Their data are to be fetched first. */
  const fetching = ['cifar10.yaml', 'cifar10-tonight.yaml', 'document.yaml', 'document-search.yaml']

  test.each(STUDIES.filter((name) => !fetching.includes(name)))(
    '%s names nothing that a fresh copy lacks',
    (name) => {
      expect(() => readExperiment(`experiments/${name}`)).not.toThrow()
    },
  )

  test('are all in the table of the document', () => {
    for (const name of STUDIES) expect(DOCUMENT).toContain(`\n| \`${name}\` `)
  })
})

describe('docs/study-file.md', () => {
  const examples = [...DOCUMENT.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!)

  test.each(examples)('has examples that can be read: %j', (text) => {
    expect(() => parseExperiment(text, 'docs/example.yaml')).not.toThrow()
  })

  test('names every key that a study file may hold', () => {
    const unnamed = allKeyPaths(STUDY_KEYS)
      .map((path) => path.at(-1)!)
      .filter((key) => !DOCUMENT.includes(`\`${key}\``))
    expect(unnamed).toEqual([])
  })

  test('names every sampler, and what a study samples with if it does not say', () => {
    const row = tableAfter('stages').find((cells) => cells[0] === '`sampler`')
    for (const name of stageEntrySchema.shape.sampler.unwrap().options)
      expect(row?.[2]).toContain(`\`${name}\``)
    const samplers = parseExperiment('seed: 1', 'a.yaml').stages.map((stage) => stage.sampler)
    const equal = parseExperiment('stages: [{ trials: 4, epochs: 2 }, { trials: 4, epochs: 2 }]', 'a.yaml')
    expect(new Set(equal.stages.map((stage) => stage.sampler))).toEqual(new Set([samplers[1]]))
    expect(row?.[1]).toBe(
      `\`${samplers[1]}\`; \`${samplers[0]}\` in a first stage of fewer epochs than the next`,
    )
  })

  test.each([
    ['model', BLOCKS.model.parse(undefined)],
    ['training', BLOCKS.training.parse(undefined)],
    ['`optimizer`:', BLOCKS.training.parse(undefined).optimizer],
    ['`schedule`:', BLOCKS.training.parse(undefined).schedule],
    ['limits', BLOCKS.limits.parse(undefined)],
    ['stop', BLOCKS.stop.parse(undefined)],
    ['preprocess', BLOCKS.preprocess.parse(undefined)],
  ])('gives the defaults of %s as they are', (heading, defaults) => {
    const rows = tableAfter(heading)
    for (const [key, value] of Object.entries(defaults)) {
      const row = rows.find((cells) => cells[0]?.includes(`\`${key}\``))
      const short = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : value
      expect(row?.[1]?.replaceAll('`', ''), key).toContain(textOf(short))
    }
  })
})

function tableAfter(heading: string): string[][] {
  const start = DOCUMENT.indexOf(heading.startsWith('`') ? `\n${heading}` : `\n## ${heading}\n`)
  const table = /(?:^\|.*\|$\n)+/m.exec(DOCUMENT.slice(start))
  return (table?.[0] ?? '').split('\n').map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`
  return value === 1e-8 ? '1e-8' : String(value)
}

test('the blocks of every kind of objective are keys of the file', () => {
  const blocks = OBJECTIVE_KINDS.flatMap((kind) => Object.keys(kind.blocks))
  expect(Object.keys(BLOCKS)).toEqual(expect.arrayContaining(blocks))
})
