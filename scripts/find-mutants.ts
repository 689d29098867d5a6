import { parseSync, Visitor } from 'rolldown/utils'

/** A small fault to plant: the text between two places of a file, and what stands there instead. */
export interface Mutant {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly replacement: string
  /** Where and what, for people: `12: < becomes <=`. */
  readonly description: string
}

const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
  '??': '&&',
}

const METHODS: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  some: 'every',
  every: 'some',
  floor: 'ceil',
  ceil: 'floor',
}

/**
 * All places of a TypeScript file at which a fault can be planted, in order: an operator, a condition, a number, a
 * boolean, a method with an opposite, a statement that can be left out. Types and imports are left alone.
 */
export function findMutants(file: string, source: string): Mutant[] {
  const mutants: Mutant[] = []
  const lineOf = (place: number): number => source.slice(0, place).split('\n').length
  const add = (start: number, end: number, replacement: string, what: string): void => {
    mutants.push({ file, start, end, replacement, description: `${lineOf(start)}: ${what}` })
  }
  const binary = (node: { left: Span; right: Span; operator: string }): void => {
    const other = OPERATORS[node.operator]
    if (other === undefined) return
    // Between its operands stand the operator, spaces, and at most parentheses.
    const at = source.indexOf(node.operator, node.left.end)
    if (at < 0 || at >= node.right.start) return
    add(at, at + node.operator.length, other, `${node.operator} becomes ${other}`)
  }
  const condition = ({ test }: { test: Span | null }): void => {
    if (test === null) return
    const text = source.slice(test.start, test.end)
    add(test.start, test.end, `!(${text})`, `${shorten(text)} is negated`)
  }
  new Visitor({
    BinaryExpression: (node) => binary(node as never),
    LogicalExpression: (node) => binary(node as never),
    IfStatement: condition,
    ConditionalExpression: condition,
    Literal(node) {
      if (typeof node.value === 'boolean')
        add(node.start, node.end, String(!node.value), `${node.value} is flipped`)
      if (typeof node.value !== 'number') return
      // From 2^53 on, one more is the same number.
      const changed = Number.isSafeInteger(node.value) ? String(node.value + 1) : `(2 * ${node.raw})`
      add(node.start, node.end, changed, `${node.raw} becomes ${changed}`)
    },
    MemberExpression({ property }) {
      if (property.type !== 'Identifier') return
      const other = METHODS[property.name]
      if (other !== undefined) add(property.start, property.end, other, `${property.name} becomes ${other}`)
    },
    ExpressionStatement(node) {
      const text = source.slice(node.start, node.end)
      if (node.expression.type === 'Literal') return
      add(node.start, node.end, `void 0`, `${shorten(text)} is left out`)
    },
  }).visit(parseSync(file, source).program)
  return mutants.filter(({ start }) => !isInsideImport(source, start)).sort((a, b) => a.start - b.start)
}

/** The source with the fault in it. */
export function plant(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end)
}

interface Span {
  readonly start: number
  readonly end: number
}

function isInsideImport(source: string, place: number): boolean {
  const line = source.slice(source.lastIndexOf('\n', place) + 1, place)
  return /^(?:import|export type|export \{)/.test(line)
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`
}
