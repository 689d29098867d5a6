import { UserError } from '../errors.ts'
import { rootParameters, type StudyContext } from '../report/trial-columns.ts'
import { stageName } from '../report/trial-json.ts'
import { ConstraintSyntaxError, type Expression, parseConstraint } from '../space/constraint.ts'
import type { ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { TrialColumn } from '../store/store.ts'
import { ALL_STATES, type TrialRecord } from '../trial.ts'
import { parseSortColumn } from './trial-filter.ts'

/** Which trials a condition is about. */
export type TrialCondition = (trial: TrialRecord) => boolean

/** What a name of a condition stands for; `hasNull`: a parameter with null among its choices. */
type Meaning = { readonly column: TrialColumn; readonly hasNull: boolean } | { readonly word: string }

/** What a part of a condition gives; undefined for a parameter that the trial does not have but that may be null. */
type Value = ParamValue | undefined

/**
 * `lr > 1e-3 and state = complete`: the language of `require`, with `=` as well as `==`, over the columns of trials. Words
 * that are no column stand for states, stages and choices. `momentum exists` holds where the trial has it. A comparison
 * with what a trial does not have does not hold, but `= null` does, unless null is one of the parameter's choices.
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
  return (trial) => {
    const lookUp = (name: string): Value => valueIn(meanings.get(name)!, trial, context)
    const exists = (name: string): boolean => {
      const [meaning, value] = [meanings.get(name)!, lookUp(name)]
      return 'hasNull' in meaning && meaning.hasNull ? value !== undefined : value !== null
    }
    return evaluate(expression, { lookUp, exists }) === true
  }
}

function parsed(text: string): Expression {
  try {
    return parseConstraint(text, { singleEquals: true, exists: true })
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
    const { column } = parseSortColumn(name, context, trials, `--where, column ${position + 1}`)
    return { column, hasNull: column.kind === 'param' && mayBeNull(column.name, context, trials) }
  } catch (error) {
    if (wordsOf(context, trials).has(name)) return { word: name }
    throw error
  }
}

function mayBeNull(name: string, { stages }: StudyContext, trials: readonly TrialRecord[]): boolean {
  const distribution = own(rootParameters(stages), name)
  if (distribution?.kind === 'categorical' && distribution.choices.includes(null)) return true
  return trials.some(({ params }) => own(params, name) === null)
}

/** States, names of stages, and choices that are words. */
function wordsOf({ stages }: StudyContext, trials: readonly TrialRecord[]): ReadonlySet<unknown> {
  const choices = Object.values(stages[0]?.space.parameters ?? {}).flatMap((distribution) =>
    distribution.kind === 'categorical' ? distribution.choices : [],
  )
  const seen = trials.flatMap(({ params }) => Object.values(params))
  return new Set([...ALL_STATES, ...stages.map((stage) => stage.name), ...choices, ...seen])
}

/** Null for what the trial does not have, but undefined if null is a value there. */
function valueIn(meaning: Meaning, trial: TrialRecord, { stages }: StudyContext): Value {
  if ('word' in meaning) return meaning.word
  const { kind, name } = meaning.column
  if (kind === 'param') {
    const value = own(trial.params, name)
    return value === undefined && !meaning.hasNull ? null : value
  }
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

/** What a condition asks of a trial, by names. */
interface Asked {
  readonly lookUp: (name: string) => Value
  readonly exists: (name: string) => boolean
}

function evaluate(expression: Expression, asked: Asked): Value {
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'name':
      return asked.lookUp(expression.name)
    case 'not':
      return evaluate(expression.operand, asked) !== true
    case 'negate': {
      const operand = evaluate(expression.operand, asked)
      return typeof operand === 'number' ? -operand : null
    }
    case 'binary':
      return combine(expression, asked)
  }
}

function combine(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  asked: Asked,
): ParamValue {
  if (operator === 'exists') return left.kind === 'name' && asked.exists(left.name)
  const a = evaluate(left, asked)
  if (operator === 'and') return a === true && evaluate(right, asked) === true
  if (operator === 'or') return a === true || evaluate(right, asked) === true
  const b = evaluate(right, asked)
  if (a === undefined || b === undefined) return null
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
