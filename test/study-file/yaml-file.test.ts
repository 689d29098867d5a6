import { describe, expect, test } from 'vitest'
import { describeError, UserErrors } from '../../src/errors.ts'
import { parseYaml } from '../../src/study-file/yaml-file.ts'

function sentences(text: string): string[] {
  try {
    parseYaml(text, 'mine.yaml')
  } catch (error) {
    if (error instanceof UserErrors) return error.mistakes.map(describeError)
    throw error
  }
  throw new Error('this text was read')
}

describe('a YAML file', () => {
  test('is read into plain data whose places are known', () => {
    const { value, placeOf } = parseYaml('a:\n  - { b: 1e-5, c: .inf }\n  - yes\nd: ~\n', 'mine.yaml')
    expect(value).toEqual({ a: [{ b: 1e-5, c: Number.POSITIVE_INFINITY }, 'yes'], d: null })
    expect(placeOf(['a', 0, 'c'], 'key')).toEqual({ file: 'mine.yaml', line: 2, column: 16 })
    expect(placeOf(['a', 0, 'c'], 'value')).toEqual({ file: 'mine.yaml', line: 2, column: 19 })
    expect(placeOf(['a', 7], 'value')).toBeUndefined()
  })

  test('may be JSON', () => {
    expect(parseYaml('{"a": [1, 2.5e-3], "b": {"c": "x"}}', 'm').value).toEqual({
      a: [1, 0.0025],
      b: { c: 'x' },
    })
  })

  test('may say things once and repeat them by aliases; mistakes in them are shown where they are written', () => {
    const { value, placeOf } = parseYaml('a: &x { b: 1 }\nc: *x\n', 'm')
    expect(value).toEqual({ a: { b: 1 }, c: { b: 1 } })
    expect(placeOf(['c', 'b'], 'value')).toEqual({ file: 'm', line: 1, column: 12 })
  })

  test.each([
    ['seed: 1\nseed: 2\n', 'mine.yaml:2:1  Key "seed" is repeated. Keep one of them.'],
    ['space:\n  a: 1\n  a: 2\n', 'mine.yaml:3:3  Key "a" is repeated in space. Keep one of them.'],
    ['a:\n\tb: 1\n', 'mine.yaml:2:1  The line is indented with a tab. Indent with spaces.'],
    [
      'a: 1\n---\nb: 2\n',
      'mine.yaml:2:1  A second document begins here (---). A study file must be a single document.',
    ],
    ['a: *y\n', 'mine.yaml:1:4  *y refers to nothing: no &y precedes it.'],
    ['a: &x { b: *x }\n', 'mine.yaml:1:12  *x refers to a value that contains itself.'],
    ['a: !!js/function "f"\n', 'mine.yaml:1:4  Tags (!…) have no meaning in a study file.'],
    ['a: @b\n', 'mine.yaml:1:4  A value can\'t begin with "@". Put it in quotes.'],
    ['a: "x\n', 'mine.yaml:2:1  Not valid YAML: missing closing "quote.'],
    ['a: b: c\n', 'mine.yaml:1:4  Invalid YAML: a key and its value do not match here.'],
    ['a: [1, 2\n', 'mine.yaml:2:1  Not valid YAML: flow sequence'],
    ['a: 1\nb: \0', 'mine.yaml:2:4  A study file must not contain control characters; this one has U+0000.'],
    ['a: 1\n"\\e[31m": 2\n"\\e[31m": 3', 'Key "\\u001b[31m" is repeated.'],
    ['? [a, b]\n: 1\n', 'mine.yaml:1:3  A key must be a word; this one is a list, a block or empty.'],
    ['__proto__: { a: 1 }\n', 'mine.yaml:1:1  "__proto__" can\'t be used as a key. Choose another name.'],
    ['space: { __proto__: 1 }\n', 'mine.yaml:1:10  "__proto__" can\'t be used as a key in space.'],
  ])('%j is refused with a sentence', (text, expected) => {
    const [first, ...others] = sentences(text)
    expect(first).toContain(expected)
    expect(others).toEqual([])
  })

  test('is refused when its aliases multiply', () => {
    const lines = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]']
    for (let i = 1; i <= 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    expect(sentences(lines.join('\n'))).toEqual([
      expect.stringContaining('this one has more with its aliases expanded. Write it out instead.'),
    ])
  })

  test('finds what thousands of aliases stand for in one look', () => {
    const keys = Array.from({ length: 9000 }, (_, i) => `k${i}: *k`)
    const before = process.cpuUsage()
    expect(sentences(`k: &k { b: 1 }\nx: { ${keys.join(', ')} }`)).not.toEqual([])
    // One look at a time would take a minute.
    expect(process.cpuUsage(before).user).toBeLessThan(15_000_000)
  })

  test.each(['[', '{a: ', '- '])('is refused when %j nests too deep', (opening) => {
    expect(sentences(opening.repeat(5000))).toEqual([
      expect.stringContaining('nested too deeply; at most 40 levels'),
    ])
  })

  test('is refused when it is megabytes long', () => {
    expect(sentences('x'.repeat(10_000_000))).toEqual([
      'mine.yaml  A study file may be at most 256 kB; this one is 10 MB. ' +
        'Is this the right file? Data belongs in separate files, referred to under data.',
    ])
  })

  test('tells its mistakes in the order of the lines', () => {
    expect(sentences('a: 1\na: 2\nb: 1\nb: 2\nc: *x\n').map((line) => line.split(' ')[0])).toEqual([
      'mine.yaml:2:1',
      'mine.yaml:4:1',
      'mine.yaml:5:4',
    ])
  })
})
