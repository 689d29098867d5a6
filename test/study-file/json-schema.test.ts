import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { studyJsonSchema } from '../../src/study-file/json-schema.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'

const ROOT = new URL('../../', import.meta.url)
// Patterns of a JSON Schema are Unicode; zod reads them without the flag.
const checked = JSON.parse(
  JSON.stringify(studyJsonSchema(), (key, value) => (key === 'pattern' ? undefined : value)),
)
const schema = z.fromJSONSchema(checked)
const accepts = (text: string): boolean => schema.safeParse(parse(text)).success

describe('the JSON Schema of a study file', () => {
  test('is in the package as the code has it', () => {
    expect(JSON.parse(readFileSync(new URL('study.schema.json', ROOT), 'utf8'))).toEqual(studyJsonSchema())
    const { files } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
    expect(files).toContain('study.schema.json')
  })

  test.each(readdirSync(new URL('experiments', ROOT)).filter((file) => file.endsWith('.yaml')))(
    'takes experiments/%s, which names it for editors',
    (file) => {
      const text = readFileSync(new URL(`experiments/${file}`, ROOT), 'utf8')
      expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../study.schema.json')
      expect(accepts(text)).toBe(true)
    },
  )

  test.each([
    'training: { optimizer: adam, schedule: { kind: step } }\npreprocess: none',
    'objective: ./a.ts\ndirection: minimize',
    'objective: { command: "x {a}" }\ndirection: minimize\nspace: { a: { int: [1, 9], soft: true }, b: { choices: [1, x, null] }, c: { fixed: 1, when: { b: x } }, d: 3 }\nrequire: [a < 5]',
    'stages: [{ name: one, trials: 3, startWith: [{ learningRate: 0.1 }] }]\nlimits: { timeout: 2 h, heapMb: 100 }',
  ])('takes what finesweep takes: %j', (text) => {
    expect(() => parseExperiment(text, 'a.yaml')).not.toThrow()
    expect(accepts(text)).toBe(true)
  })

  test.each([
    'modle: { hidden: [3] }',
    'training: { optimizer: adma }',
    'space: { learningRate: { float: [1, 2], lgo: true } }',
    'stages: [{ trails: 3 }]',
    'seed: x',
  ])('refuses what finesweep refuses: %j', (text) => {
    expect(() => parseExperiment(text, 'a.yaml')).toThrow()
    expect(accepts(text)).toBe(false)
  })
})
