import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { choice, fileEntryOf, fixed, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import { describeDistribution, storedDistribution } from '../../src/space/distribution-forms.ts'
import { requireSchema, spaceSchema, withConstraints } from '../../src/space/space-schema.ts'
import { distributions } from './spaces.ts'

function issues(block: unknown): string[] {
  const read = spaceSchema.safeParse(block)
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')} | ${message}`)
}

describe('the space of a study file', () => {
  it('reads every kind of parameter', () => {
    expect(
      spaceSchema.parse({
        learningRate: { float: [1e-6, 10], log: true },
        units: { int: [16, 256], log: true },
        activation: { choices: ['relu', 'tanh'] },
        batchSize: { choices: [8, 16, 32], ordered: true },
        dropout: { float: [0, 0.9], step: 0.1, hard: true },
        optimizer: { choices: ['adam', 'sgd'] },
        beta: { float: [0.8, 0.99], when: { optimizer: 'adam' } },
        layers: 3,
      }),
    ).toEqual(
      searchSpace({
        learningRate: float(1e-6, 10, { log: true }),
        units: int(16, 256, { log: true }),
        activation: choice(['relu', 'tanh']),
        batchSize: choice([8, 16, 32], { ordered: true }),
        dropout: float(0, 0.9, { step: 0.1, hard: true }),
        optimizer: choice(['adam', 'sgd']),
        beta: when({ optimizer: 'adam' }, float(0.8, 0.99)),
        layers: fixed(3),
      }),
    )
  })

  it('leads to the value at fault', () => {
    expect(issues({ lr: { float: [0, 1], log: true } })).toEqual([
      'lr.float.0 | lr: low must be > 0 on a log scale, got 0. Raise low, or drop log.',
    ])
    expect(issues({ lr: { float: [1, 'a'] }, units: { int: [1, 2.5] } })).toEqual([
      'lr.float.1 | lr: expected a number, got "a"',
      'units.int.1 | units: high must be a whole number, got 2.5. Round it, or use float.',
    ])
    expect(issues({ a: { choices: [] } })).toEqual([
      'a.choices | a: choices must not be empty. Add at least one.',
    ])
    expect(issues({ a: { int: [5] } })).toEqual(['a.int | a: expected [low, high], two numbers'])
    expect(issues({ a: {} })[0]).toMatch('a | a: expected exactly one of float, int, choices, fixed')
    expect(issues([])[0]).toMatch('space: expected parameters by name, got a list')
    expect(issues({})[0]).toMatch('space: it has no parameters')
    expect(issues({ o: { choices: ['adam'] }, b: { float: [0, 1], when: { o: 'adm' } } })).toEqual([
      'b.when.o | b: when requires o "adm", which is not one of its choices. Its choices are "adam".',
    ])
  })

  it('tells unknown keys as such, so that the reader can suggest the right one', () => {
    const read = spaceSchema.safeParse({ lr: { float: [0, 1], lgo: true } })
    expect(read.error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', path: ['lr'], keys: ['lgo'] })
  })

  it('reads rules, one or several, and checks them against the parameters', () => {
    expect(requireSchema.parse('a <= b')).toEqual(['a <= b'])
    expect(requireSchema.safeParse(3).error?.issues[0]?.message).toMatch(
      'require: expected a rule such as "units2 <= units1"',
    )
    const space = searchSpace({ a: int(1, 3), b: int(1, 3) })
    expect(withConstraints(space, ['a <= b']).space.constraints).toEqual(['a <= b'])
    expect(withConstraints(space, ['a <= b', 'a <= c', 'a <']).mistakes).toEqual([
      { index: 1, message: 'require "a <= c": there is no parameter "c" (column 6)' },
      { index: 2, message: 'require "a <": expected a number or a parameter, got the end (column 4)' },
    ])
  })
})

describe('a distribution', () => {
  it('is the same read from its file form, its stored form and its words', () =>
    fc.assert(
      fc.property(distributions, (distribution) => {
        const read = (entry: unknown) => spaceSchema.parse({ a: entry }).parameters.a
        expect(read(fileEntryOf(distribution))).toEqual(distribution)
        expect(read(parse(describeDistribution(distribution)))).toEqual(distribution)
        const text = JSON.stringify(distribution)
        expect(JSON.stringify(storedDistribution.parse(JSON.parse(text)))).toBe(text)
      }),
    ))

  it('is written in the words of a study file', () => {
    expect(describeDistribution(float(1e-6, 10, { log: true, soft: true }))).toBe(
      '{ float: [0.000001, 10], log: true, soft: true }',
    )
    expect(describeDistribution(int(1, 9, { step: 2 }))).toBe('{ int: [1, 9], step: 2 }')
    expect(describeDistribution(choice(['a b', 2, null, true], { ordered: true }))).toBe(
      '{ choices: ["a b", 2, null, true], ordered: true }',
    )
    expect(describeDistribution(fixed('x'))).toBe('"x"')
  })

  it('remembers a condition and a bound that was said to be hard', () => {
    expect(fileEntryOf(when({ opt: 'adam' }, float(0.8, 0.9, { hard: true })))).toEqual({
      float: [0.8, 0.9],
      hard: true,
      when: { opt: 'adam' },
    })
  })
})
