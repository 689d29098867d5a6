import { expect, test, vi } from 'vitest'
import {
  checkPlaceholders,
  fillText,
  fillWords,
  type TrialValues,
  trialEnvironment,
  valuesOf,
} from '../../../src/objective/program/placeholders.ts'
import { choice, float, searchSpace, when } from '../../../src/space/constructors.ts'

const space = searchSpace({
  learningRate: float(1e-5, 1),
  optimizer: choice(['sgd', 'adam']),
  beta: when({ optimizer: 'adam' }, float(0.8, 0.99)),
})

const context = {
  number: 17,
  slot: 5,
  attempt: 2,
  stage: 1,
  params: { learningRate: 1e-7, optimizer: 'sgd', shuffle: true, verbose: false },
  budget: { epochs: 5 },
  seed: 2 ** 48 - 1,
  continued: null,
  folder: '/runs/17',
  continuedFolder: null,
  warn: () => {},
  stopRequested: () => false,
  signal: new AbortController().signal,
}
const place = { study: 'mine', stages: ['coarse', 'fine'], folder: '/runs', isTemporary: false }
const values: TrialValues = valuesOf(context, { devices: ['0', '1', '3'] }, place)

test('placeholders are filled in within words, parameters before names of our own', () => {
  const fill = (word: string): string => fillText(word, values)
  expect(fill('--lr={learningRate}')).toBe('--lr=1e-7')
  expect(fill('{optimizer}-{epochs}-{trial}-{shuffle}')).toBe('sgd-5-17-true')
  expect(fill('{study}/{stage}/{dir}/{attempt}/{slot}/{device}')).toBe('mine/fine//runs/17/2/5/3')
  expect(fill('{"a": {"b": 1}}')).toBe('{"a": {"b": 1}}')
  expect(fillText('{trial}', { ...values, params: { trial: 'mine' } })).toBe('mine')
})

test('a program gets the upper 31 bits of its trial seed, which NumPy takes', () => {
  expect(fillText('{seed}', values)).toBe(String(2 ** 31 - 1))
  expect(valuesOf({ ...context, seed: 2 ** 47 }, { devices: null }, place).seed).toBe(2 ** 30)
})

test('a study that a trial of another study has started gets nothing of that trial', () => {
  for (const name of ['FINESWEEP_CONTINUED', 'FINESWEEP_DEVICE']) vi.stubEnv(name, 'of another')
  const inherited = trialEnvironment(valuesOf(context, { devices: null }, place))
  expect(Object.values(inherited)).not.toContain('of another')
  vi.unstubAllEnvs()
})

test('{args} stands for all parameters, booleans as flags', () => {
  expect(fillWords(['train', '{args}', '-v'], values)).toEqual([
    ...['train', '--learningRate', '1e-7', '--optimizer', 'sgd', '--shuffle', '-v'],
  ])
  expect(fillWords(['train', '{args:=}'], values)).toEqual([
    ...['train', '--learningRate=1e-7', '--optimizer=sgd', '--shuffle=true', '--verbose=false'],
  ])
})

test('a word with an optional parameter that the trial has not is left out', () => {
  const words = ['train', '--beta={beta?}', '{optimizer?}']
  expect(fillWords(words, values)).toEqual(['train', 'sgd'])
  expect(fillWords(words, { ...values, params: { beta: 0.9 } })).toEqual(['train', '--beta=0.9'])
})

test('an optional parameter that the trial has not is left out whatever it is called', () => {
  expect(fillWords(['train', '--c={constructor?}', '{toString?}'], values)).toEqual(['train'])
})

test('a value never becomes more than its word', () => {
  const params = { optimizer: '; rm -rf $HOME {seed}' }
  expect(fillWords(['{optimizer}'], { ...values, params })).toEqual(['; rm -rf $HOME {seed}'])
})

test('a command is checked against the space before anything runs', () => {
  const check = (...words: string[]): void => checkPlaceholders(words, space, false, 'command')
  expect(() =>
    check('{learningRate}', '{epochs}', '{seed}', '{dir}/x', '{beta?}', '{args}', '{args:=}'),
  ).not.toThrow()
  expect(() => check('{learningrate}')).toThrow('command: unknown placeholder {learningrate}')
  expect(() => check('echo {HOME}')).toThrow(
    expect.objectContaining({
      hint: expect.stringMatching(
        /\. Other text in braces belongs in a script file; for a shell, write \$NAME\.$/,
      ),
    }),
  )
  expect(() => check('{constructor}')).toThrow('unknown placeholder {constructor}')
  expect(() => check('{beta}')).toThrow('{beta} is a parameter that not every trial has')
  expect(() => check('--all={args}')).toThrow('{args} must be a separate word, got --all={args}')
  expect(() => check('{device}')).toThrow('unknown placeholder {device}')
  expect(() => checkPlaceholders(['{device}'], space, true, 'env.GPU')).not.toThrow()
})
