import { expect, test } from 'vitest'
import { describeError, UserError } from '../../../src/errors.ts'
import { parseExperiment } from '../../../src/study-file/parse-experiment.ts'

function read(objective: string): string {
  const text = `objective: ${objective}\ndirection: minimize\nspace:\n  x: { float: [0, 1] }\n  odd: { choices: [plain, "a\\0b"] }\n`
  try {
    parseExperiment(text, 'study.yaml')
    return ''
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return describeError(error)
  }
}

const CHOICE =
  'space.odd: no program can be given a NUL character, got "a\\u0000b". Drop it, or let the program read the parameter from FINESWEEP_PARAMS.'

test.each([
  '{ command: "cat {odd}" }',
  '{ command: "cat {args}" }',
  '{ command: "cat {args:=}" }',
  '{ command: cat, env: { ODD: "is {odd}" } }',
])('a choice with a NUL character is a mistake where a program would be given it: %s', (objective) => {
  expect(read(objective)).toMatch(/^study\.yaml:5:\d+ {2}/)
  expect(read(objective).replace(/^\S+ {2}/, '')).toBe(CHOICE)
})

test('a command, a variable or a device with a NUL character is a mistake, each with its place', () => {
  const says = (what: string) =>
    expect.stringMatching(`^study\\.yaml:1:\\d+  ${what}: no program can be given`)
  expect(read('{ command: "cat a\\0b" }')).toEqual(says('command'))
  expect(read('{ command: [cat, "a\\0b"] }')).toEqual(says('command'))
  expect(read('{ command: cat, env: { A: "a\\0b" } }')).toEqual(says('env.A'))
  expect(read('{ command: cat, devices: ["a\\0b"] }')).toEqual(says('devices'))
})

test('a program that reads its parameters as JSON may be given any choice', () => {
  expect(read('{ command: "cat {x}" }')).toBe('')
})
