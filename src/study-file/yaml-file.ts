import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml'
import { type Place, UserError } from '../errors.ts'
import { shorten } from '../text/quote.ts'
import { userErrors } from './mistakes.ts'
import type { Path } from './path.ts'
import { type Fail, readTree, TOO_DEEP } from './yaml-tree.ts'

/** A YAML text as plain data, and where each piece of it stands. */
export interface YamlFile {
  /** Objects, lists, text, numbers, booleans and nulls; a tree: what an alias stands for is copied. */
  readonly value: unknown
  /** The place of a key or of the value behind it; undefined where the path leads nowhere. */
  readonly placeOf: (path: Path, at: 'key' | 'value') => Place | undefined
}

/** A study is a page of text; YAML parsers take minutes over megabytes of brackets. */
export const MOST_BYTES = 256 * 1024

/**
 * Reads one YAML 1.2 document.
 * @throws UserErrors with every syntax error, repeated key, unknown tag or alias, each with its line and column
 */
export function parseYaml(text: string, file: string): YamlFile {
  const { document, placeAt, fail } = parseSyntax(text, file)
  const { value, offsetOf } = readTree(document, fail)
  return {
    value,
    placeOf: (path, at) => {
      const offset = offsetOf(path, at)
      return offset === undefined ? undefined : placeAt(offset)
    },
  }
}

interface ParsedText {
  readonly document: Document.Parsed
  readonly placeAt: (offset: number) => Place
  /** Makes an error that points into the text. */
  readonly fail: Fail
}

/** The text as YAML, before its keys and values are looked at. @throws UserErrors with every syntax error */
export function parseSyntax(text: string, file: string): ParsedText {
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const fail: Fail = (message, offset, hint) =>
    new UserError('usage', message, { hint, where: placeAt(offset) })
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw userErrors([tooLarge(file, Buffer.byteLength(text))])
  }
  const control = CONTROL.exec(text)
  if (control !== null) {
    const { line, column } = lineAndColumn(text, control.index)
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    throw userErrors([
      new UserError('usage', `A study file must not contain control characters; this one has U+${code}`, {
        hint: 'Is this a study file?',
        where: { file, line, column },
      }),
    ])
  }
  // Repeated keys are found below: the parser's own search takes time with the square of their number.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'error',
  })
  const exhausted = document.errors.find((error) => error.code === 'RESOURCE_EXHAUSTION')
  if (exhausted !== undefined) throw userErrors([fail(TOO_DEEP, exhausted.pos[0])])
  const problems: YAMLError[] = [...document.errors, ...document.warnings]
  if (problems.length > 0) {
    throw userErrors(
      // One slip causes a series of errors; the first of a line is the useful one.
      firstOfEachLine(problems, lines).map((problem) => {
        const { message, hint } = describeYamlError(problem, text)
        return fail(message, problem.pos[0], hint)
      }),
    )
  }
  return { document, placeAt, fail }
}

/** What YAML 1.2 (5.1) takes for no text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

export function tooLarge(file: string, sizeBytes: number): UserError {
  const size =
    sizeBytes < 1_000_000 ? `${Math.ceil(sizeBytes / 1000)} kB` : `${Math.round(sizeBytes / 1e5) / 10} MB`
  return new UserError('usage', `A study file may be at most ${MOST_BYTES / 1024} kB; this one is ${size}`, {
    hint: 'Is this the right file? Data belongs in separate files, referred to under data.',
    where: { file },
  })
}

function firstOfEachLine(problems: readonly YAMLError[], lines: LineCounter): YAMLError[] {
  const seen = new Set<number>()
  return problems
    .toSorted((a, b) => a.pos[0] - b.pos[0])
    .filter((problem) => {
      const { line } = lines.linePos(problem.pos[0])
      if (seen.has(line)) return false
      seen.add(line)
      return true
    })
}

/** What the parser found, in words for people who do not know its grammar. */
function describeYamlError(error: YAMLError, text: string): { message: string; hint?: string } {
  const character = text[error.pos[0]] ?? ''
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'The line is indented with a tab', hint: 'Indent with spaces.' }
    case 'MULTIPLE_DOCS':
      return {
        message: 'A second document begins here (---)',
        hint: 'A study file must be a single document.',
      }
    case 'BAD_SCALAR_START':
      return {
        message: `A value can't begin with ${JSON.stringify(character)}`,
        hint: 'Put it in quotes.',
      }
    case 'TAG_RESOLVE_FAILED':
      return {
        message: 'Tags (!…) have no meaning in a study file',
        hint: 'Leave it out, or put the value in quotes.',
      }
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: 'Invalid YAML: a key and its value do not match here',
        hint: 'Check the indentation and the colons. Text with ": " in it needs quotes.',
      }
    case 'DUPLICATE_KEY':
      return { message: 'A key is repeated', hint: 'Keep one of them.' }
    default: {
      const reason = error.message.split('\n')[0]!.replace(/tag:yaml\.org,2002:/, '!!')
      return { message: `Not valid YAML: ${shorten(reason.charAt(0).toLowerCase() + reason.slice(1), 160)}` }
    }
  }
}
