import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readMeasurementLine } from '../../src/objective/program/measurement-line.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { CLAIMS, type Claim } from './claims.ts'
import { examplesOf } from './examples.ts'

interface Block {
  readonly document: string
  readonly line: number
  readonly language: string
  readonly text: string
}

const BLOCKS = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .flatMap(blocksOf)

function blocksOf(document: string): Block[] {
  const whole = readFileSync(document, 'utf8')
  return [...whole.matchAll(/^```(\w*)\n(.*?)^```/gms)].map((match) => ({
    document,
    line: whole.slice(0, match.index).split('\n').length,
    language: match[1]!,
    text: match[2]!,
  }))
}

function claims(claim: Claim, block: Block): boolean {
  const { document, language, text = '' } = claim
  return document === block.document && language === block.language && block.text.includes(text)
}

describe('code blocks of README.md and docs/', () => {
  test.each(BLOCKS)('$document:$line ($language) is checked by one test, or says why not', (block) => {
    expect(CLAIMS.filter((claim) => claims(claim, block))).toHaveLength(1)
  })

  test.each(CLAIMS)(
    '$document, $language $text: the claim is of a block and has a test or a reason',
    (claim) => {
      expect(BLOCKS.some((block) => claims(claim, block))).toBe(true)
      expect(claim.test === undefined).toBe(claim.reason !== undefined)
    },
  )

  test.each(CLAIMS.filter(({ test }) => test !== undefined))(
    '$document, $language $text: $test reads that document',
    ({ document, language, test: file }) => {
      const source = readFileSync(file!, 'utf8')
      expect(source.includes(document) || source.includes("readdirSync('docs')")).toBe(true)
      // Named as an argument, or behind the fence of a pattern.
      expect(source).toMatch(new RegExp(`'${language}'|\`\`\`${language || ' '}`))
    },
  )
})

test.each(['README.md', 'docs/commands.md'])('%s shows measurements that are read whole', (document) => {
  const lines = examplesOf(document, 'json').flatMap((block) => block.trim().split('\n'))
  expect(lines.length).toBeGreaterThan(0)
  for (const text of lines) {
    const read = readMeasurementLine({ text, afterReturn: false }, 0)
    expect(read).toEqual({ measurement: JSON.parse(text), warnings: [] })
  }
})

test('docs/data.md has studies that can be read', () => {
  for (const text of examplesOf('docs/data.md', 'yaml')) {
    expect(() => parseExperiment(text, 'docs/example.yaml'), text).not.toThrow()
  }
})
