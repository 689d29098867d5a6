import { isRecord, wrongArgument } from '../arguments.ts'
import { UserError } from '../errors.ts'
import { closestName } from '../text/closest-name.ts'
import { describeValue } from '../text/quote.ts'

/** What JavaScript may pass where the constructors of a space have types: it would be ignored, or fail much later. */

const RANGE_FLAGS = ['log', 'soft', 'hard']
const RANGE_OPTIONS = [...RANGE_FLAGS, 'step']
const KINDS: readonly unknown[] = ['float', 'int', 'categorical', 'fixed']

/** @throws UserError('usage') unless they are the options of a range; `name` begins the sentence */
export function checkRangeOptions(name: string, options: unknown): void {
  checkOptions(name, options, RANGE_OPTIONS, RANGE_FLAGS, 'Write { log: true }.')
}

/** @throws UserError('usage') unless they are a list and the options of one */
export function checkChoiceArguments(choices: unknown, options: unknown): void {
  const isList = typeof choices === 'object' && choices !== null && Symbol.iterator in choices
  if (!isList) {
    throw new UserError('usage', `choice: its choices must be a list, got ${describeValue(choices)}`, {
      hint: "Write choice(['relu', 'tanh']).",
    })
  }
  checkOptions(
    'choice',
    options,
    ['ordered'],
    ['ordered'],
    "Write all choices in one list: choice(['relu', 'tanh']).",
  )
}

/** @throws UserError('usage') unless they are a condition and a distribution without one */
export function checkConditional(condition: unknown, distribution: unknown): void {
  const hint = "Write when({ optimizer: 'adam' }, float(0.8, 0.99))."
  if (!isRecord(condition)) throw wrongArgument('when', 'the condition must be an object', condition, hint)
  if (Object.keys(condition).length === 0)
    throw new UserError('usage', 'when: the condition names no parameter, got {}', { hint })
  const kind = isRecord(distribution) ? distribution.kind : undefined
  if (kind === 'conditional') {
    throw new UserError('usage', 'when: the distribution already has a condition', {
      hint: "Write one condition: when({ optimizer: 'sgd', nesterov: true }, float(0, 1)).",
    })
  }
  if (!KINDS.includes(kind)) {
    throw wrongArgument(
      'when',
      'the distribution must be made by float, int, choice or fixed',
      distribution,
      hint,
    )
  }
}

function checkOptions(
  name: string,
  options: unknown,
  known: readonly string[],
  flags: readonly string[],
  example: string,
): void {
  if (!isRecord(options)) throw wrongArgument(name, 'its options must be an object', options, example)
  for (const [key, value] of Object.entries(options)) {
    if (!known.includes(key)) {
      const near = closestName(key, known)
      throw new UserError('usage', `${name}: unknown option ${describeValue(key)}`, {
        hint: near === undefined ? `Known options: ${known.join(', ')}.` : `Did you mean "${near}"?`,
      })
    }
    if (flags.includes(key) && value !== undefined && typeof value !== 'boolean') {
      throw new UserError('usage', `${name}: ${key} must be true or false, got ${describeValue(value)}`, {
        hint: `Write { ${key}: true }.`,
      })
    }
  }
}
