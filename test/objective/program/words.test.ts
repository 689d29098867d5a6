import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { splitWords } from '../../../src/objective/program/words.ts'

test.for([
  ['python3 train.py --lr {learningRate}', ['python3', 'train.py', '--lr', '{learningRate}']],
  ['  a\t b\n c ', ['a', 'b', 'c']],
  [`sh -c 'echo "$HOME" | wc'`, ['sh', '-c', 'echo "$HOME" | wc']],
  [`a "two words" b''c ""`, ['a', 'two words', 'bc', '']],
  [String.raw`a\ b "c\"d\\e\n" \'`, ['a b', String.raw`c"d\e\n`, "'"]],
  ['run "|" \\> a>b', ['run', '|', '>', 'a>b']],
] as const)('%s', ([command, words]) => {
  expect(splitWords(command)).toEqual(words)
})

test.for([
  ['', /must name a program/],
  ['   ', /must name a program/],
  ['"" a', /must name a program/],
  [`a 'b`, /a ' is never closed/],
  ['a "b', /a " is never closed/],
  ['a | b', /"\|" has no meaning without a shell/],
  ['a > b', /">" has no meaning/],
  ['a && b', /"&&" has no meaning/],
  ['a 2>&1', /"2>&1" has no meaning/],
] as const)('refused: %s', ([command, message]) => {
  expect(() => splitWords(command)).toThrow(UserError)
  expect(() => splitWords(command)).toThrow(message)
})

test('whatever the words, quoted they come back', () => {
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom(...`ab '"\\|\n\u00e9`) })), (words) => {
      expect(splitWords(['program', ...words.map(quote)].join(' '))).toEqual(['program', ...words])
    }),
  )
})
