import { describe, expect, test } from 'vitest'
import { describeError, UserError } from '../../src/errors.ts'
import { choice, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import { compareExperiments, describeDifference } from '../../src/study-file/compare-experiments.ts'
import { experimentFromJson, experimentToJson } from '../../src/study-file/experiment-json.ts'
import { withObjectiveSpace } from '../../src/study-file/objective-space.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { placesOf } from '../../src/study-file/places.ts'

const CLASSIFIER = parseExperiment('data: { source: csv, path: a.csv }\nmetric: validLoss', 'a.yaml')
const COMMAND = parseExperiment(
  'objective: { command: "x {a}" }\ndirection: minimize\nspace: { a: { int: [1, 9] }, b: { choices: [1, x, true], when: { a: [1, 2] } } }\nrequire: a < 5',
  'a.yaml',
)
const MODULE = parseExperiment(
  'objective: a.ts\ndirection: maximize\nstages: [{ trials: 3, startWith: [{ rate: 0.1 }] }]',
  'a.yaml',
)

function sentence(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof UserError) return `${error.code}: ${describeError(error)}`
    throw error
  }
  throw new Error('nothing was refused')
}

describe('an experiment in the store', () => {
  test.each([CLASSIFIER, COMMAND, MODULE])('comes back as it was', (experiment) => {
    const stored = JSON.parse(JSON.stringify(experimentToJson(experiment)))
    expect(experimentFromJson(stored)).toEqual(experiment)
    expect(compareExperiments(experiment, experimentFromJson(stored))).toEqual([])
    // Hashes of these texts identify a study: the order of keys counts.
    expect(JSON.stringify(experimentFromJson(stored).space)).toBe(JSON.stringify(experiment.space))
  })

  test('gets the defaults of settings that came later', () => {
    const stored = JSON.parse(JSON.stringify(experimentToJson(CLASSIFIER)))
    delete stored.objective.config.training.backend
    delete stored.limits.maxFailures
    expect(experimentFromJson(stored)).toEqual(CLASSIFIER)
  })

  test('is refused if a newer program wrote it', () => {
    expect(sentence(() => experimentFromJson({ version: 3 }))).toBe(
      'store: The study was written in format 3; this version of finesweep reads formats up to 2. Update finesweep.',
    )
  })

  test.each([null, undefined, 3, 'x', [], {}, { version: 'x' }, { version: 1 }, { version: 0 }])(
    'is refused if it is none: %j',
    (value) => {
      expect(sentence(() => experimentFromJson(value))).toMatch(/^store: The stored experiment is damaged: /)
    },
  )

  test.each<[string, (stored: Record<string, Record<string, Record<string, unknown>>>) => void]>([
    [
      "space.parameters.reg.low can't be read",
      (stored) => Object.assign(stored.space!.parameters!.reg!, { low: null }),
    ],
    ['reg: low must be below high', (stored) => Object.assign(stored.space!.parameters!.reg!, { low: 1e9 })],
    ["stages can't be read", (stored) => Object.assign(stored, { stages: [] })],
    ["objective.kind can't be read", (stored) => Object.assign(stored, { objective: { kind: 'x' } })],
  ])('is refused if it is damaged: %s', (expected, damage) => {
    const stored = JSON.parse(JSON.stringify(experimentToJson(CLASSIFIER)))
    damage(stored)
    expect(sentence(() => experimentFromJson(stored))).toContain(expected)
  })
})

describe('two experiments', () => {
  test('are compared setting by setting, in the words of the study file', () => {
    const before = parseExperiment('model: { hidden: [9] }\nlimits: { timeout: 1 h }', 'a.yaml')
    const after = parseExperiment(
      `model: { hidden: [9, 8] }
training: { optimizer: sgd }
data: { source: generated, seed: 3 }
space: { reg: { float: [1e-5, 1e5], log: true }, learningRate: 0.1 }
stages: [{ trials: 3, epochs: 1, name: coarse }]`,
      'a.yaml',
    )
    const told = compareExperiments(before, after).map(describeDifference)
    expect(told).toContain('stages[1].trials: 32 -> -')
    expect(told.filter((text) => !text.startsWith('stages[1]'))).toEqual([
      'data.seed: 0 -> 3',
      'model.hidden: [9] -> [9,8]',
      'training.optimizer.kind: "adam" -> "sgd"',
      'space.learningRate: { float: [0.000001, 10], log: true, soft: true } -> 0.1',
      'space.dropout: { float: [0, 0.95] } -> -',
      'space: in the order learningRate, reg, dropout -> in the order reg, learningRate',
      'stages[0].trials: 64 -> 3',
      'stages[0].sampler: "sobol" -> "gp"',
      'limits.timeout: 3600 -> null',
    ])
    expect(compareExperiments(before, after)[0]).toMatchObject({ block: 'data' })
  })

  test('of different kinds differ in what only one of them has', () => {
    const paths = compareExperiments(CLASSIFIER, COMMAND).map(({ path }) => path)
    expect(paths).toContain('objective.command')
    expect(paths).toContain('model.hidden')
  })
})

describe('the space that a module brings along', () => {
  const own = searchSpace(
    {
      rate: float(1e-5, 1, { log: true }),
      kind: choice(['a', 'b']),
      units: when({ kind: 'a' }, int(1, 9)),
    },
    { require: 'rate < 0.5' },
  )

  test('is the whole space of a file that names none', () => {
    expect(withObjectiveSpace(MODULE, own).space).toEqual(own)
  })

  test('gives way, by name, to what the file says', () => {
    const experiment = parseExperiment(
      'objective: a.ts\ndirection: minimize\nspace: { units: 3, rate: { float: [0.1, 0.2] } }\nrequire: rate < 0.15',
      'a.yaml',
    )
    const { space } = withObjectiveSpace(experiment, own)
    expect(Object.keys(space.parameters)).toEqual(['rate', 'kind', 'units'])
    expect(space.parameters.units).toEqual({ kind: 'fixed', value: 3 })
    expect(space.conditions).toEqual({})
    expect(space.constraints).toEqual(['rate < 0.5', 'rate < 0.15'])
  })

  test('is joined once, however often it is asked for', () => {
    const joined = withObjectiveSpace(MODULE, own)
    expect(withObjectiveSpace(joined, own)).toEqual(joined)
  })

  test('must hold what the file names', () => {
    const experiment = parseExperiment('objective: a.ts\ndirection: minimize\nspace: { raet: 3 }', 'a.yaml')
    expect(sentence(() => withObjectiveSpace(experiment, own))).toBe(
      'usage: Unknown key "raet" in space. Did you mean "rate"?',
    )
    const other = searchSpace({ other: float(0, 1) })
    expect(sentence(() => withObjectiveSpace(MODULE, other))).toContain(
      'Unknown parameter "rate" in stages[0].startWith[0]',
    )
    const ruled = parseExperiment('objective: a.ts\ndirection: minimize\nrequire: rate < size', 'a.yaml')
    expect(sentence(() => withObjectiveSpace(ruled, own))).toContain('there is no parameter "size"')
  })

  test('may be missing only if the file has one', () => {
    expect(sentence(() => withObjectiveSpace(MODULE, null))).toBe(
      'usage: space is missing: the module does not declare one. Declare space in the study file, or as the first argument of defineObjective.',
    )
    expect(withObjectiveSpace({ ...MODULE, space: own }, null).space).toEqual(own)
  })

  test('of the file alone is checked as any other', () => {
    const refusal = (rest: string) => {
      const space = 'space: { a: { float: [0, 1] }, b: { float: [0, 1] } }'
      const experiment = parseExperiment(`objective: a.ts\ndirection: minimize\n${space}\n${rest}`, 'a.yaml')
      return sentence(() => withObjectiveSpace(experiment, null, placesOf(experiment)))
    }
    expect(refusal('require: a < size')).toContain(
      'a.yaml:4:1  require "a < size": there is no parameter "size"',
    )
    expect(refusal('require: a + b > 3')).toContain('require "a + b > 3": no point of the space satisfies it')
    expect(refusal('require: [a + b > 1.5, a < 0.2]')).toBe(
      'usage: a.yaml:4:10  require: no random point satisfied "a + b > 1.5", "a < 0.2". Widen the ranges, loosen the rules, or add a point that satisfies them to startWith.',
    )
    expect(refusal('stages: [{ trials: 3, startWith: [{ a: 7 }] }]')).toContain(
      'startWith[0].a must be in the space, got 7',
    )
  })
})
