import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit as visitNodes,
  type YAMLError,
} from 'yaml'
import { type Place, UserError } from '../errors.ts'
import { userErrors } from './mistakes.ts'
import { describePath, type Path } from './path.ts'

/** A YAML text as plain data, and where each piece of it stands. */
export interface YamlFile {
  /** Objects, lists, text, numbers, booleans and nulls; a tree: what an alias stands for is copied. */
  readonly value: unknown
  /** The place of a key or of the value behind it; undefined where the path leads nowhere. */
  readonly placeOf: (path: Path, at: 'key' | 'value') => Place | undefined
}

/** A study is a page of text; YAML parsers take minutes over megabytes of brackets. */
export const MOST_BYTES = 256 * 1024
const MOST_VALUES = 20_000
const MOST_DEPTH = 40

/**
 * Reads one YAML 1.2 document.
 * @throws UserErrors with every syntax error, repeated key, unknown tag or alias, each with its line and column
 */
export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter()
  const fail = (message: string, offset: number, hint?: string): UserError => {
    const { line, col } = lines.linePos(offset)
    return new UserError('usage', message, {
      hint,
      where: { file, line: Math.max(line, 1), column: Math.max(col, 1) },
    })
  }
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
  return collectTree(document, file, lines, fail)
}

/** What YAML 1.2 (5.1) takes for no text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

const TOO_DEEP = `Brackets or blocks are nested too deeply; at most ${MOST_DEPTH} levels can be read`

export function tooLarge(file: string, sizeBytes: number): UserError {
  const size =
    sizeBytes < 1_000_000 ? `${Math.ceil(sizeBytes / 1000)} kB` : `${Math.round(sizeBytes / 1e5) / 10} MB`
  return new UserError('usage', `A study file has at most ${MOST_BYTES / 1024} kB, this one has ${size}`, {
    hint: 'Is this the right file? Data belongs in separate files, named under data.',
    where: { file },
  })
}

function collectTree(
  document: Document.Parsed,
  file: string,
  lines: LineCounter,
  fail: (message: string, offset: number, hint?: string) => UserError,
): YamlFile {
  const places = new Map<string, number>()
  const errors: UserError[] = []
  const open = new Set<Node>()
  const targets = aliasTargets(document)
  let numValues = 0

  function offsetOf(node: Node | null | undefined): number {
    return node?.range?.[0] ?? 0
  }

  function visit(node: Node | null, path: Path, offset: number): unknown {
    if (++numValues > MOST_VALUES) {
      throw userErrors([
        fail(
          `A study file has at most ${MOST_VALUES} values, this one has more${targets.size > 0 ? ' with its aliases expanded' : ''}`,
          offset,
          targets.size > 0 ? 'Write it out instead.' : undefined,
        ),
      ])
    }
    if (path.length > MOST_DEPTH) throw userErrors([fail(TOO_DEEP, offset)])
    places.set(placeKey(path, 'value'), offset)
    if (node === null) return null
    if (isAlias(node)) {
      const target = targets.get(node)
      if (target === undefined) {
        errors.push(fail(`*${node.source} refers to nothing: no &${node.source} precedes it`, offset))
        return null
      }
      if (open.has(target)) {
        errors.push(fail(`*${node.source} refers to a value that contains itself`, offset))
        return null
      }
      // Mistakes inside are shown where they are written: at the anchor.
      return visit(target, path, offsetOf(target))
    }
    if (isScalar(node)) return scalarValue(node.value, offset)
    open.add(node)
    const value = isMap(node) ? visitMap(node, path) : isSeq(node) ? visitList(node, path) : null
    open.delete(node)
    return value
  }

  function scalarValue(value: unknown, offset: number): unknown {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
    if (value !== null && value !== undefined) {
      errors.push(fail('Only text, numbers, true and false are allowed here', offset, 'Put it in quotes.'))
    }
    return null
  }

  function visitList(node: { readonly items: readonly unknown[] }, path: Path): unknown[] {
    return node.items.map((item, index) => visit(item as Node, [...path, index], offsetOf(item as Node)))
  }

  function visitMap(
    node: { readonly items: readonly { key: unknown; value: unknown }[] },
    path: Path,
  ): unknown {
    const object: Record<string, unknown> = {}
    for (const item of node.items) {
      const keyNode = (isAlias(item.key) ? targets.get(item.key) : item.key) as Node | null
      const keyOffset = offsetOf(item.key as Node | null)
      if (!isScalar(keyNode) || typeof keyNode.value === 'object') {
        errors.push(fail('A key must be a word; this one is a list, a block or empty', keyOffset))
        continue
      }
      const key = String(keyNode.value)
      const where = describePath(path) === '' ? '' : ` in ${describePath(path)}`
      if (key === '__proto__') {
        errors.push(fail(`"${key}" can't be used as a key${where}`, keyOffset, 'Choose another name.'))
        continue
      }
      if (Object.hasOwn(object, key)) {
        errors.push(fail(`Key "${shorten(key)}" is repeated${where}`, keyOffset, 'Keep one of them.'))
        continue
      }
      const childPath = [...path, key]
      places.set(placeKey(childPath, 'key'), keyOffset)
      const valueNode = item.value as Node | null
      object[key] = visit(valueNode, childPath, isNothing(valueNode) ? keyOffset : offsetOf(valueNode))
    }
    return object
  }

  const value = visit(document.contents, [], offsetOf(document.contents))
  if (errors.length > 0) throw userErrors(errors)
  return {
    value,
    placeOf: (path, at) => {
      const offset = places.get(placeKey(path, at)) ?? places.get(placeKey(path, 'value'))
      if (offset === undefined) return undefined
      const { line, col } = lines.linePos(offset)
      return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
    },
  }
}

/** What each alias stands for: the last node before it with that name. Asked one by one, each looks through the file. */
function aliasTargets(document: Document.Parsed): ReadonlyMap<Node, Node> {
  const named = new Map<string, Node>()
  const targets = new Map<Node, Node>()
  visitNodes(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        const target = named.get(node.source)
        if (target !== undefined) targets.set(node, target)
      } else if (node.anchor !== undefined) named.set(node.anchor, node)
    },
  })
  return targets
}

/** Nothing is written behind the key: there is no place to point at but the key. */
function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1])
}

function placeKey(path: Path, at: 'key' | 'value'): string {
  return JSON.stringify([at, path])
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
      return { message: 'A second document begins here (---)', hint: 'A study file holds one document.' }
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

function shorten(text: string, most = 60): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
