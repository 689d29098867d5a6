import { UserError } from '../../errors.ts'
import type { Params, ParamValue } from '../../space/distribution.ts'
import { own } from '../../space/own.ts'
import type { SearchSpace } from '../../space/search-space.ts'
import type { TrialContext } from '../objective.ts'
import type { StudyPlace } from '../study-place.ts'

/** Names within braces, optional ones with a `?`; braces with white space, quotes or colons in them are somebody's JSON. */
const PLACEHOLDER = /\{([^{}\s"':,?]+)(\?)?\}/g

/** A separate word that stands for all parameters: `--name value`, or `--name=value`. */
const ALL_PARAMS = '{args}'
const ALL_PARAMS_JOINED = '{args:=}'

/** Placeholders that are not parameters; a parameter of the same name goes first. */
const OWN_NAMES = [
  'epochs',
  'seed',
  'trial',
  'dir',
  'continued',
  'slot',
  'device',
  'attempt',
  'stage',
  'study',
] as const

/** What a trial's program is given. */
export interface TrialValues {
  readonly params: Params
  readonly epochs: number
  readonly seed: number
  readonly trial: number
  /** The trial's folder, and that of the trial that it continues; absolute. */
  readonly folder: string
  readonly continued: string | null
  readonly slot: number
  readonly device: string | null
  readonly attempt: number
  readonly stage: string
  readonly study: string
}

/** What libraries take: NumPy and scikit-learn refuse 2^32 and above. */
const SEED_BITS = 31
const TRIAL_SEED_BITS = 48

export function valuesOf(
  context: TrialContext,
  { devices }: { readonly devices: readonly string[] | null },
  place: StudyPlace | null,
): TrialValues {
  const { params, budget, number, slot, attempt, stage } = context
  return {
    params,
    epochs: budget.epochs,
    // The upper bits, as they are the trial's own just as well.
    seed: Math.floor(context.seed / 2 ** (TRIAL_SEED_BITS - SEED_BITS)),
    trial: number,
    folder: context.folder,
    continued: context.continuedFolder,
    slot,
    device: devices === null ? null : devices[slot % devices.length]!,
    attempt,
    stage: place?.stages[stage] ?? String(stage + 1),
    study: place?.study ?? '',
  }
}

/**
 * Checks the words of a command before a study begins: each placeholder must be a parameter that every trial has, or
 * that is marked as optional, or a name of our own. @throws UserError('usage')
 * @param what what the texts are called in messages: `command`, `env.NAME`
 */
export function checkPlaceholders(
  texts: readonly string[],
  space: SearchSpace,
  hasDevices: boolean,
  what: string,
): void {
  const names = Object.keys(space.parameters)
  const own = OWN_NAMES.filter((name) => !names.includes(name) && (name !== 'device' || hasDevices))
  for (const text of texts) {
    for (const [placeholder, name, optional] of text.matchAll(PLACEHOLDER)) {
      if (placeholder === ALL_PARAMS && text !== ALL_PARAMS && !names.includes('args')) {
        throw new UserError('usage', `${what}: ${ALL_PARAMS} must be a separate word, got ${text}`)
      }
      const isKnown = names.includes(name!) || own.some((each) => each === name) || placeholder === ALL_PARAMS
      if (!isKnown) throw unknownPlaceholder(placeholder, what, [...names, 'args', ...own])
      if (optional === undefined && Object.hasOwn(space.conditions, name!)) {
        throw new UserError('usage', `${what}: ${placeholder} is a parameter that not every trial has`, {
          hint: `Write --${name}={${name}?}: a word with {${name}?} is left out where there is no ${name}. Or write {args} for all parameters.`,
        })
      }
    }
  }
}

function unknownPlaceholder(placeholder: string, what: string, known: readonly string[]): UserError {
  return new UserError('usage', `${what}: unknown placeholder ${placeholder}`, {
    hint: `Placeholders: ${known.map((each) => `{${each}}`).join(', ')}. Other text in braces belongs in a script file; for a shell, write $NAME.`,
  })
}

/** Names of the parameters whose values a trial's words or variables have. */
export function parametersIn(texts: readonly string[], space: SearchSpace): string[] {
  const names = Object.keys(space.parameters)
  if (texts.some((text) => text === ALL_PARAMS || text === ALL_PARAMS_JOINED)) return names
  const named = new Set(texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)].map(([, name]) => name!)))
  return names.filter((name) => named.has(name))
}

/** The words with their placeholders filled in; a word with an optional parameter that the trial has not is left out. */
export function fillWords(words: readonly string[], values: TrialValues): string[] {
  return words.flatMap((word) => {
    if (word === ALL_PARAMS) return Object.entries(values.params).flatMap(asWords)
    if (word === ALL_PARAMS_JOINED) {
      return Object.entries(values.params).map(([name, value]) => `--${name}=${value}`)
    }
    const lacks = [...word.matchAll(PLACEHOLDER)].some(
      ([, name, optional]) => optional !== undefined && placeholderValue(name!, values) === null,
    )
    return lacks ? [] : [fillText(word, values)]
  })
}

/** `--name value`; a boolean is a flag that is there or not. */
function asWords([name, value]: [string, ParamValue]): string[] {
  if (value === true) return [`--${name}`]
  return value === false ? [] : [`--${name}`, String(value)]
}

/** A text with its placeholders filled in; optional ones that the trial has not become nothing. */
export function fillText(text: string, values: TrialValues): string {
  return text.replace(PLACEHOLDER, (_, name: string) => String(placeholderValue(name, values) ?? ''))
}

/** Null if the trial has no such value. */
function placeholderValue(name: string, values: TrialValues): ParamValue | null {
  if (Object.hasOwn(values.params, name)) return values.params[name]!
  if (name === 'dir') return values.folder
  const settings: Readonly<Record<string, ParamValue | null>> = {
    epochs: values.epochs,
    seed: values.seed,
    trial: values.trial,
    continued: values.continued,
    slot: values.slot,
    device: values.device,
    attempt: values.attempt,
    stage: values.stage,
    study: values.study,
  }
  return own(settings, name) ?? null
}

/** What a program finds in its environment, beside what this process has. */
export function trialEnvironment(values: TrialValues): NodeJS.ProcessEnv {
  const { params, trial, seed, epochs, folder, continued, slot, device, attempt, stage, study } = values
  return {
    // Python holds back what it prints to a pipe: measurements would all come at the end.
    PYTHONUNBUFFERED: '1',
    ...process.env,
    // Of another study, whose trial has started this process.
    FINESWEEP_CONTINUED: undefined,
    FINESWEEP_DEVICE: undefined,
    ...(device === null ? {} : { CUDA_VISIBLE_DEVICES: device, FINESWEEP_DEVICE: device }),
    FINESWEEP_PARAMS: JSON.stringify(params),
    FINESWEEP_TRIAL: String(trial),
    FINESWEEP_SEED: String(seed),
    FINESWEEP_EPOCHS: String(epochs),
    FINESWEEP_DIR: folder,
    ...(continued === null ? {} : { FINESWEEP_CONTINUED: continued }),
    FINESWEEP_SLOT: String(slot),
    FINESWEEP_ATTEMPT: String(attempt),
    FINESWEEP_STAGE: stage,
    FINESWEEP_STUDY: study,
  }
}
