import { constraintNames, type Expression, parseConstraint } from './constraint.ts'
import type { Distribution, Params, ParamValue } from './distribution.ts'
import { own } from './own.ts'
import type { Constraint, SearchSpace } from './search-space.ts'

/**
 * Whether a rule may hold at some point of the space that has these values: false only if none can, which is decided
 * from the bounds of each parameter alone. A parameter with a condition may be absent, and the rule holds then.
 */
export function mayHold(constraint: Constraint, space: SearchSpace, given: Params): boolean {
  const expression = parseConstraint(constraint)
  const sets = new Map<string, ValueSet>()
  for (const name of constraintNames(expression).keys()) {
    const value = own(given, name)
    const distribution = own(space.parameters, name)
    if (distribution === undefined) return true
    if (value === undefined && Object.hasOwn(space.conditions, name)) return true
    sets.set(name, value === undefined ? valuesOf(distribution) : { list: [value] })
  }
  return mayBe(expression, true, sets)
}

/** The values that something can have: one of a list, or any number between two. */
type ValueSet = { readonly list: readonly ParamValue[] } | { readonly low: number; readonly high: number }

function valuesOf(distribution: Distribution): ValueSet {
  if (distribution.kind === 'fixed') return { list: [distribution.value] }
  if (distribution.kind === 'categorical') return { list: distribution.choices }
  return { low: distribution.low, high: distribution.high }
}

/** Whether an expression may be true, or false. */
function mayBe(expression: Expression, wanted: boolean, sets: ReadonlyMap<string, ValueSet>): boolean {
  if (expression.kind === 'not') return mayBe(expression.operand, !wanted, sets)
  if (expression.kind !== 'binary') return true
  const { operator, left, right } = expression
  if (operator === 'and' || operator === 'or') {
    const [a, b] = [mayBe(left, wanted, sets), mayBe(right, wanted, sets)]
    return (operator === 'and') === wanted ? a && b : a || b
  }
  const [a, b] = [setOf(left, sets), setOf(right, sets)]
  switch (operator) {
    case '==':
      return wanted ? mayEqual(a, b) : mayDiffer(a, b)
    case '!=':
      return wanted ? mayDiffer(a, b) : mayEqual(a, b)
    case '<':
      return wanted ? bounds(a).low < bounds(b).high : bounds(a).high >= bounds(b).low
    case '<=':
      return wanted ? bounds(a).low <= bounds(b).high : bounds(a).high > bounds(b).low
    case '>':
      return wanted ? bounds(a).high > bounds(b).low : bounds(a).low <= bounds(b).high
    case '>=':
      return wanted ? bounds(a).high >= bounds(b).low : bounds(a).low < bounds(b).high
    default:
      return true
  }
}

function setOf(expression: Expression, sets: ReadonlyMap<string, ValueSet>): ValueSet {
  if (expression.kind === 'constant') return { list: [expression.value] }
  if (expression.kind === 'name') return sets.get(expression.name) ?? ANY
  if (expression.kind === 'not') return { list: [true, false] }
  if (expression.kind === 'negate') {
    const { low, high } = bounds(setOf(expression.operand, sets))
    return { low: -high, high: -low }
  }
  const [a, b] = [bounds(setOf(expression.left, sets)), bounds(setOf(expression.right, sets))]
  switch (expression.operator) {
    case '+':
      return widened([a.low + b.low, a.high + b.high])
    case '-':
      return widened([a.low - b.high, a.high - b.low])
    case '*':
      return widened([a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high])
    case '/':
      if (b.low <= 0 && b.high >= 0) return ANY
      return widened([a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high])
    default:
      return { list: [true, false] }
  }
}

const ANY = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

/** The bounds of a sum or product, with room for what its rounding at other values may add. */
function widened(ends: readonly number[]): { readonly low: number; readonly high: number } {
  if (ends.some(Number.isNaN)) return ANY
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const slack = 1e-12 * Math.max(Math.abs(low), Math.abs(high))
  return Number.isFinite(slack) ? { low: low - slack, high: high + slack } : ANY
}

function bounds(set: ValueSet): { readonly low: number; readonly high: number } {
  if (!('list' in set)) return set
  const numbers = set.list.map(Number)
  // A text that is not a number makes every comparison of size false: what is undecidable stays possible.
  return numbers.some(Number.isNaN) ? ANY : { low: Math.min(...numbers), high: Math.max(...numbers) }
}

function mayEqual(a: ValueSet, b: ValueSet): boolean {
  if ('list' in a && 'list' in b) return a.list.some((value) => b.list.includes(value))
  if ('list' in a) return a.list.some((value) => isWithin(value, b as { low: number; high: number }))
  if ('list' in b) return mayEqual(b, a)
  return a.low <= b.high && b.low <= a.high
}

function mayDiffer(a: ValueSet, b: ValueSet): boolean {
  if (!('list' in a) || !('list' in b)) return true
  return a.list.some((value) => b.list.some((other) => other !== value))
}

function isWithin(
  value: ParamValue,
  { low, high }: { readonly low: number; readonly high: number },
): boolean {
  return typeof value === 'number' && value >= low && value <= high
}
