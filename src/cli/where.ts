import { UserError } from '../errors.ts'
import type { StudyContext } from '../report/trial-columns.ts'
import { stageName } from '../report/trial-json.ts'
import { ConstraintSyntaxError, type Expression, parseConstraint } from '../space/constraint.ts'
import type { ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { TrialColumn } from '../store/store.ts'
import { ALL_STATES, type TrialRecord } from '../trial.ts'
import { parseSortColumn } from './trial-filter.ts'

/** Which trials a condition is about. */
export type TrialCondition = (trial: TrialRecord) => boolean

/** What a name of a condition stands for. */
type Meaning = { readonly column: TrialColumn } | { readonly word: string }

/**
 * `lr > 1e-3 and state = complete`: the language of `require`, with `=` as well as `==`, over the columns of trials. Words
 * that are no column stand for states, stages and choices. A comparison with what a trial does not have does not hold,
 * but `= null` does.
 * @param trials where names of metrics and conditional parameters are looked for
 * @throws UserError('usage') with the column, for a condition that can't be read and a name that is not known
 */
export function parseWhere(
  text: string,
  context: StudyContext,
  trials: readonly TrialRecord[],
): TrialCondition {
  const expression = parsed(text)
  const meanings = new Map<string, Meaning>()
  for (const { name, position } of namesOf(expression)) {
    if (!meanings.has(name)) meanings.set(name, meaningOf(name, position, context, trials))
  }
  return (trial) => evaluate(expression, (name) => valueIn(meanings.get(name)!, trial, context)) === true
}

function parsed(text: string): Expression {
  try {
    return parseConstraint(text, { singleEquals: true })
  } catch (error) {
    if (!(error instanceof ConstraintSyntaxError)) throw error
    throw new UserError('usage', `--where, column ${error.position + 1}: ${error.message}`, {
      hint: "Write a condition such as 'lr > 1e-3 and state = complete'.",
    })
  }
}

function namesOf(expression: Expression): { readonly name: string; readonly position: number }[] {
  switch (expression.kind) {
    case 'constant':
      return []
    case 'name':
      return [expression]
    case 'binary':
      return [...namesOf(expression.left), ...namesOf(expression.right)]
    default:
      return namesOf(expression.operand)
  }
}

function meaningOf(
  name: string,
  position: number,
  context: StudyContext,
  trials: readonly TrialRecord[],
): Meaning {
  try {
    return { column: parseSortColumn(name, context, trials, `--where, column ${position + 1}`).column }
  } catch (error) {
    if (wordsOf(context, trials).has(name)) return { word: name }
    throw error
  }
}

/** States, names of stages, and choices that are words. */
function wordsOf({ stages }: StudyContext, trials: readonly TrialRecord[]): ReadonlySet<unknown> {
  const choices = Object.values(stages[0]?.space.parameters ?? {}).flatMap((distribution) =>
    distribution.kind === 'categorical' ? distribution.choices : [],
  )
  const seen = trials.flatMap(({ params }) => Object.values(params))
  return new Set([...ALL_STATES, ...stages.map((stage) => stage.name), ...choices, ...seen])
}

/** Null for what the trial does not have. */
function valueIn(meaning: Meaning, trial: TrialRecord, { stages }: StudyContext): ParamValue {
  if ('word' in meaning) return meaning.word
  const { kind, name } = meaning.column
  if (kind === 'param') return own(trial.params, name) ?? null
  if (kind === 'metric') return own(trial.metrics, name) ?? null
  switch (name) {
    case 'stage':
      return stageName(trial.stage, stages)
    case 'time':
      return trial.durationMs === null ? null : trial.durationMs / 1000
    case 'started':
      return trial.startedAt === null ? null : new Date(trial.startedAt).toISOString()
    default:
      return trial[name]
  }
}

function evaluate(expression: Expression, value: (name: string) => ParamValue): ParamValue {
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'name':
      return value(expression.name)
    case 'not':
      return evaluate(expression.operand, value) !== true
    case 'negate': {
      const operand = evaluate(expression.operand, value)
      return typeof operand === 'number' ? -operand : null
    }
    case 'binary':
      return combine(expression, value)
  }
}

function combine(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  value: (name: string) => ParamValue,
): ParamValue {
  const a = evaluate(left, value)
  if (operator === 'and') return a === true && evaluate(right, value) === true
  if (operator === 'or') return a === true || evaluate(right, value) === true
  const b = evaluate(right, value)
  const isAboutNull = [left, right].some((side) => side.kind === 'constant' && side.value === null)
  if (operator === '==') return (a !== null || isAboutNull) && a === b
  if (operator === '!=') return ((a !== null && b !== null) || isAboutNull) && a !== b
  // Texts are in the order of their letters, so moments are in that of time.
  if (typeof a === 'string' && typeof b === 'string') return compare(operator, a, b)
  return typeof a === 'number' && typeof b === 'number' ? compare(operator, a, b) : null
}

function compare<T extends number | string>(operator: string, a: T, b: T): ParamValue {
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
  if (typeof a !== 'number' || typeof b !== 'number') return null
  if (operator === '+') return a + b
  if (operator === '-') return a - b
  return operator === '*' ? a * b : a / b
}
