import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  visit as visitNodes,
} from 'yaml'
import type { UserError } from '../errors.ts'
import { shorten } from '../text/quote.ts'
import { isInexactKey, wholeNumberMistake } from './exact-integer.ts'
import { userErrors } from './mistakes.ts'
import { describePath, type Path } from './path.ts'

const MOST_VALUES = 20_000
const MOST_DEPTH = 40

/** A document as plain data, and where each key and value of it begins, in characters from the start of the text. */
export interface YamlTree {
  readonly value: unknown
  readonly offsetOf: (path: Path, at: 'key' | 'value') => number | undefined
}

/** Makes an error that points at an offset. */
export type Fail = (message: string, offset: number, hint?: string) => UserError

export const TOO_DEEP = `Brackets or blocks are nested too deeply; at most ${MOST_DEPTH} levels are allowed`

/**
 * Copies what aliases stand for.
 * @param base where in a study file the document stands
 * @throws UserErrors with every key or value that has no place in a study file
 */
export function readTree(document: Document.Parsed, fail: Fail, base: Path = []): YamlTree {
  return new TreeReader(document, fail, base).read()
}

class TreeReader {
  readonly #document: Document.Parsed
  readonly #fail: Fail
  readonly #base: Path
  readonly #targets: ReadonlyMap<Node, Node>
  readonly #offsets = new Map<string, number>()
  readonly #errors: UserError[] = []
  /** The lists and maps that the node at hand lies in. */
  readonly #open = new Set<Node>()
  #numValues = 0

  constructor(document: Document.Parsed, fail: Fail, base: Path) {
    this.#document = document
    this.#fail = fail
    this.#base = base
    this.#targets = aliasTargets(document)
  }

  read(): YamlTree {
    const { contents } = this.#document
    const value = this.#visit(contents, [], startOf(contents))
    if (this.#errors.length > 0) throw userErrors(this.#errors)
    return {
      value,
      offsetOf: (path, at) =>
        this.#offsets.get(placeKey(path, at)) ?? this.#offsets.get(placeKey(path, 'value')),
    }
  }

  #visit(node: Node | null, path: Path, offset: number): unknown {
    if (++this.#numValues > MOST_VALUES) throw userErrors([this.#tooMany(offset)])
    if (path.length > MOST_DEPTH) throw userErrors([this.#fail(TOO_DEEP, offset)])
    this.#offsets.set(placeKey(path, 'value'), offset)
    if (node === null) return null
    if (isAlias(node)) return this.#visitAlias(node, path, offset)
    if (isScalar(node)) return this.#scalarValue(node, path, offset)
    this.#open.add(node)
    const value = isMap(node) ? this.#visitMap(node, path) : isSeq(node) ? this.#visitList(node, path) : null
    this.#open.delete(node)
    return value
  }

  #visitAlias(node: Alias, path: Path, offset: number): unknown {
    const target = this.#targets.get(node)
    if (target === undefined) {
      this.#report(`*${node.source} refers to nothing: no &${node.source} precedes it`, offset)
      return null
    }
    if (this.#open.has(target)) {
      this.#report(`*${node.source} refers to a value that contains itself`, offset)
      return null
    }
    // Mistakes inside are shown where they are written: at the anchor.
    return this.#visit(target, path, startOf(target))
  }

  #scalarValue({ value, source }: Scalar, path: Path, offset: number): unknown {
    const inexact = wholeNumberMistake(source, value, [...this.#base, ...path])
    if (inexact !== null) this.#report(inexact.message, offset, inexact.hint)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
    if (value !== null && value !== undefined) {
      this.#report('Only text, numbers, true and false are allowed here', offset, 'Put it in quotes.')
    }
    return null
  }

  #visitList(node: { readonly items: readonly unknown[] }, path: Path): unknown[] {
    return node.items.map((item, index) => {
      return this.#visit(item as Node, [...path, index], startOf(item as Node))
    })
  }

  #visitMap(
    node: { readonly items: readonly { key: unknown; value: unknown }[] },
    path: Path,
  ): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    for (const item of node.items) {
      const keyOffset = startOf(item.key as Node | null)
      const key = this.#readKey(item.key, keyOffset, object, path)
      if (key === null) continue
      const childPath = [...path, key]
      this.#offsets.set(placeKey(childPath, 'key'), keyOffset)
      const valueNode = item.value as Node | null
      object[key] = this.#visit(valueNode, childPath, isNothing(valueNode) ? keyOffset : startOf(valueNode))
    }
    return object
  }

  /** Null for a key that can't be used, which is reported. */
  #readKey(
    written: unknown,
    offset: number,
    before: Readonly<Record<string, unknown>>,
    path: Path,
  ): string | null {
    const node = (isAlias(written) ? this.#targets.get(written) : written) as Node | null
    if (!isScalar(node) || typeof node.value === 'object') {
      this.#report('A key must be a word; this one is a list, a block or empty', offset)
      return null
    }
    if (isInexactKey(node.source, node.value)) {
      this.#report(
        `Key ${shorten(node.source!, 60)} would lose digits as a number`,
        offset,
        'Put it in quotes.',
      )
      return null
    }
    const key = String(node.value)
    const where = describePath(path) === '' ? '' : ` in ${describePath(path)}`
    if (key === '__proto__') {
      this.#report(`"${key}" can't be used as a key${where}`, offset, 'Choose another name.')
      return null
    }
    if (Object.hasOwn(before, key)) {
      this.#report(`Key "${shorten(key, 60)}" is repeated${where}`, offset, 'Keep one of them.')
      return null
    }
    return key
  }

  #report(message: string, offset: number, hint?: string): void {
    this.#errors.push(this.#fail(message, offset, hint))
  }

  #tooMany(offset: number): UserError {
    const hasAliases = this.#targets.size > 0
    return this.#fail(
      `A study file may have at most ${MOST_VALUES} values; this one has more${hasAliases ? ' with its aliases expanded' : ''}`,
      offset,
      hasAliases ? 'Write it out instead.' : undefined,
    )
  }
}

function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0
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
