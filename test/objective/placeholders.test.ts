import { expect, test } from 'vitest'
import { checkCommand, fillWord } from '../../src/objective/placeholders.ts'
import { choice, float, searchSpace, when } from '../../src/space/constructors.ts'

const space = searchSpace({
  learningRate: float(1e-5, 1),
  optimizer: choice(['sgd', 'adam']),
  beta: when({ optimizer: 'adam' }, float(0.8, 0.99)),
})

const context = {
  number: 17,
  slot: 0,
  params: { learningRate: 1e-7, optimizer: 'sgd', shuffle: true },
  budget: { epochs: 5 },
  seed: 99,
  continued: null,
  stopRequested: () => false,
  signal: new AbortController().signal,
}

test('placeholders are filled in within words, parameters before names of our own', () => {
  const fill = (word: string): string => fillWord(word, context)
  expect(fill('--lr={learningRate}')).toBe('--lr=1e-7')
  expect(fill('{optimizer}-{epochs}-{seed}-{trial}-{shuffle}')).toBe('sgd-5-99-17-true')
  expect(fill('{"a": {"b": 1}}')).toBe('{"a": {"b": 1}}')
  expect(fillWord('{trial}', { ...context, params: { trial: 'mine' } })).toBe('mine')
})

test('a value never becomes more than its word', () => {
  expect(fillWord('{optimizer}', { ...context, params: { optimizer: '; rm -rf $HOME {seed}' } })).toBe(
    '; rm -rf $HOME {seed}',
  )
})

test('a command is checked against the space before anything runs', () => {
  expect(() => checkCommand('train {learningRate} {optimizer} {epochs} {seed} {trial}', space)).not.toThrow()
  expect(() => checkCommand('train {learningrate}', space)).toThrow(
    'command: unknown placeholder {learningrate}',
  )
  expect(() => checkCommand('train {constructor}', space)).toThrow('unknown placeholder {constructor}')
  expect(() => checkCommand('train {beta}', space)).toThrow('{beta} is a parameter that not every trial has')
})
