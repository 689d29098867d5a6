import type { Params, ParamValue } from './distribution.ts'
import { own } from './own.ts'

/** A parsed rule between parameters. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: ParamValue }
  | { readonly kind: 'name'; readonly name: string; readonly position: number }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }

/** Where and why a rule can't be read; `position` counts characters from 0. */
export class ConstraintSyntaxError extends Error {
  override readonly name = 'ConstraintSyntaxError'
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'operator' | 'end'
  readonly text: string
  readonly position: number
}

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*|`[^`]+`)|("[^"]*"|'[^']*')|(<=|>=|==|!=|[=<>+\-*/()]))/uy
const COMPARISONS = ['<=', '<', '>=', '>', '==', '!=']

const CONSTANTS: ReadonlyMap<string, ParamValue> = new Map<string, ParamValue>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Rules are read by functions that call themselves: what is longer or deeper would exhaust the stack. */
const MOST_CHARACTERS = 2000
const MOST_DEPTH = 64

/**
 * Reads a rule such as `units2 <= units1` or `a + b < 10 and (kind == "adam" or c != 0)`: numbers, texts in
 * quotes, true, false, null, names (in backticks where they hold - or are words of the rule), + - * /, comparisons (also chained: `1 <= a < b`), and, or, not, parentheses.
 * Throws ConstraintSyntaxError with the position.
 * @param dialect `singleEquals`: `=` means `==`; `exists`: `NAME exists` is a comparison, the operator `exists` with true
 */
export function parseConstraint(source: string, dialect: Dialect = {}): Expression {
  if (source.length > MOST_CHARACTERS) {
    const message = `a rule may have at most ${MOST_CHARACTERS} characters; this one has ${source.length}`
    throw new ConstraintSyntaxError(message, MOST_CHARACTERS)
  }
  const whole = new RuleParser(tokenize(source, dialect), dialect).whole()
  if (!isTruth(whole))
    throw new ConstraintSyntaxError('it compares nothing; expected a rule like "a <= b"', 0)
  return whole
}

interface Dialect {
  readonly singleEquals?: boolean
  readonly exists?: boolean
}

/** Recursive descent: a method for each level of precedence, from `or` down to a single operand. */
class RuleParser {
  readonly #tokens: readonly Token[]
  readonly #dialect: Dialect
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[], dialect: Dialect) {
    this.#tokens = tokens
    this.#dialect = dialect
  }

  whole(): Expression {
    const whole = this.#either()
    if (this.#peek().kind !== 'end') throw unexpected(this.#peek(), 'the end')
    return whole
  }

  #either(): Expression {
    return this.#chain(() => this.#both(), ['or'])
  }

  #both(): Expression {
    return this.#chain(() => this.#negation(), ['and'])
  }

  #negation(): Expression {
    if (this.#accept('not') === null) return this.#comparison()
    return { kind: 'not', operand: this.#nested(() => this.#negation()) }
  }

  /** `a < b < c` means `a < b and b < c`. */
  #comparison(): Expression {
    let left = this.#sum()
    if (this.#dialect.exists && left.kind === 'name' && this.#accept('exists') !== null)
      return { kind: 'binary', operator: 'exists', left, right: { kind: 'constant', value: true } }
    let whole: Expression | null = null
    for (let token = this.#accept(...COMPARISONS); token !== null; token = this.#accept(...COMPARISONS)) {
      const right = this.#sum()
      const link: Expression = { kind: 'binary', operator: token.text, left, right }
      whole = whole === null ? link : { kind: 'binary', operator: 'and', left: whole, right: link }
      left = right
    }
    return whole ?? left
  }

  #sum(): Expression {
    return this.#chain(() => this.#product(), ['+', '-'])
  }

  #product(): Expression {
    return this.#chain(() => this.#unary(), ['*', '/'])
  }

  #unary(): Expression {
    if (this.#accept('-') === null) return this.#operand()
    return { kind: 'negate', operand: this.#nested(() => this.#unary()) }
  }

  #operand(): Expression {
    const token = this.#peek()
    this.#next++
    if (token.kind === 'number') return { kind: 'constant', value: Number(token.text) }
    if (token.kind === 'text') return { kind: 'constant', value: token.text.slice(1, -1) }
    if (token.text === '(') {
      const inside = this.#nested(() => this.#either())
      if (this.#accept(')') === null) throw unexpected(this.#peek(), '")"')
      return inside
    }
    if (token.kind === 'name' && !['and', 'or', 'not'].includes(token.text)) {
      const constant = CONSTANTS.get(token.text)
      if (constant !== undefined) return { kind: 'constant', value: constant }
      return { kind: 'name', name: token.text.replaceAll('`', ''), position: token.position }
    }
    throw unexpected(token, 'a number or a parameter')
  }

  /** Operators of one level, from left to right. */
  #chain(part: () => Expression, operators: readonly string[]): Expression {
    let left = part()
    for (let token = this.#accept(...operators); token !== null; token = this.#accept(...operators)) {
      left = { kind: 'binary', operator: token.text, left, right: part() }
    }
    return left
  }

  #nested(part: () => Expression): Expression {
    if (++this.#depth > MOST_DEPTH) {
      const message = `it is nested more than ${MOST_DEPTH} levels deep`
      throw new ConstraintSyntaxError(message, this.#peek().position)
    }
    const inside = part()
    this.#depth--
    return inside
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  /** The next token if it is one of these words or operators, which is then consumed. */
  #accept(...texts: string[]): Token | null {
    const token = this.#peek()
    if (token.kind === 'number' || token.kind === 'text' || !texts.includes(token.text)) return null
    this.#next++
    return token
  }
}

function tokenize(source: string, { singleEquals = false }: Dialect): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  const end = source.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const start = TOKEN.lastIndex
    const match = TOKEN.exec(source)
    const isLoneEquals = match?.[4] === '='
    if (match === null || (isLoneEquals && !singleEquals)) {
      const position = start + (source.slice(start).length - source.slice(start).trimStart().length)
      throw new ConstraintSyntaxError(`unexpected character ${JSON.stringify(source[position])}`, position)
    }
    const kind =
      match[1] !== undefined
        ? 'number'
        : match[2] !== undefined
          ? 'name'
          : match[3] !== undefined
            ? 'text'
            : 'operator'
    const text = match[0].trimStart()
    const position = TOKEN.lastIndex - text.length
    tokens.push({ kind, text: isLoneEquals ? '==' : text, position })
  }
  tokens.push({ kind: 'end', text: '', position: end })
  return tokens
}

function unexpected(token: Token, expected: string): ConstraintSyntaxError {
  const seen = token.kind === 'end' ? 'the end' : JSON.stringify(token.text)
  return new ConstraintSyntaxError(`expected ${expected}, got ${seen}`, token.position)
}

/** Whether an expression is a yes or no, so that a rule like `a + b` is refused when it is read. */
function isTruth(expression: Expression): boolean {
  if (expression.kind === 'binary') {
    const { operator } = expression
    return operator === 'and' || operator === 'or'
      ? isTruth(expression.left) && isTruth(expression.right)
      : operator === 'exists' || COMPARISONS.includes(operator)
  }
  return expression.kind === 'not' && isTruth(expression.operand)
}

/** The names a rule speaks of, each once, with the position of its first mention. */
export function constraintNames(expression: Expression): ReadonlyMap<string, number> {
  const names = new Map<string, number>()
  const visit = (part: Expression): void => {
    if (part.kind === 'name' && !names.has(part.name)) names.set(part.name, part.position)
    if (part.kind === 'binary') {
      visit(part.left)
      visit(part.right)
    }
    if (part.kind === 'not' || part.kind === 'negate') visit(part.operand)
  }
  visit(expression)
  return names
}

/** Whether the rule holds for the params. A rule that speaks of a parameter that is not active there holds. */
export function constraintHolds(expression: Expression, params: Params): boolean {
  for (const name of constraintNames(expression).keys()) if (own(params, name) === undefined) return true
  return evaluateConstraint(expression, params) === true
}

/** The value of a part of a rule; every parameter that it names has a value. */
export function evaluateConstraint(expression: Expression, params: Params): ParamValue {
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'name':
      return params[expression.name]!
    case 'not':
      return evaluateConstraint(expression.operand, params) !== true
    case 'negate':
      return -Number(evaluateConstraint(expression.operand, params))
    case 'binary':
      return combine(expression, params)
  }
}

function combine(expression: Extract<Expression, { kind: 'binary' }>, params: Params): ParamValue {
  const { operator } = expression
  const left = evaluateConstraint(expression.left, params)
  if (operator === 'and') return left === true && evaluateConstraint(expression.right, params) === true
  if (operator === 'or') return left === true || evaluateConstraint(expression.right, params) === true
  const right = evaluateConstraint(expression.right, params)
  switch (operator) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return Number(left) < Number(right)
    case '<=':
      return Number(left) <= Number(right)
    case '>':
      return Number(left) > Number(right)
    case '>=':
      return Number(left) >= Number(right)
    case '+':
      return Number(left) + Number(right)
    case '-':
      return Number(left) - Number(right)
    case '*':
      return Number(left) * Number(right)
    default:
      return Number(left) / Number(right)
  }
}
