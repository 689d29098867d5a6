import { constraintHolds, constraintNames, type Expression, evaluateConstraint } from './constraint.ts'
import type { Params } from './distribution.ts'
import { own } from './own.ts'

/**
 * How far a rule is from holding: 0 exactly where it holds, else positive, and less the closer its sides are to each
 * other; what a search for points that satisfy the rule goes down. A rule without numbers to compare counts 1.
 */
export function violation(expression: Expression, params: Params): number {
  if (constraintHolds(expression, params)) return 0
  for (const name of constraintNames(expression).keys()) if (own(params, name) === undefined) return 0
  return shortfall(expression, params, true)
}

/** What is missing for the expression to be `wanted`. */
function shortfall(expression: Expression, params: Params, wanted: boolean): number {
  if (expression.kind === 'not') return shortfall(expression.operand, params, !wanted)
  if (expression.kind !== 'binary') return 1
  const { operator, left, right } = expression
  if (operator === 'and' || operator === 'or') {
    const [a, b] = [shortfall(left, params, wanted), shortfall(right, params, wanted)]
    return (operator === 'and') === wanted ? a + b : Math.min(a, b)
  }
  if ((evaluateConstraint(expression, params) === true) === wanted) return 0
  const [a, b] = [evaluateConstraint(left, params), evaluateConstraint(right, params)]
  if (typeof a !== 'number' || typeof b !== 'number') return 1
  const apart = Math.abs(a - b)
  // Sides that are equal where they must differ are as little off as can be, but off.
  return apart > 0 && apart < Infinity ? apart : Number.EPSILON
}
