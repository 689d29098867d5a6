import { checkOptions } from '../arguments.ts'
import { UserError } from '../errors.ts'
import type { Executor } from '../execute/executor.ts'
import type { Params } from '../space/distribution.ts'
import type { StudyEvent } from '../study/events.ts'
import { describeValue } from '../text/quote.ts'
import type { StudyTrial } from './study-trial.ts'

/** How a study is run. */
export interface RunOptions<P extends Params = Params> {
  /**
   * How many trials run at once. Modules and programs: as many as the machine has cores by default. A function in place:
   * 1 by default; trials of asynchronous functions take turns where they wait.
   */
  readonly workers?: number
  /**
   * Runs the trials instead of this process, as many at a time as it has slots; an `external` objective can be run this
   * way. Closed when the run ends.
   */
  readonly executor?: Executor
  /** Once aborted, running trials stop, to be rerun later; `run` resolves with state `stopped`, and a new `run` continues. */
  readonly signal?: AbortSignal
  /** Called with each trial that has ended, once it is stored. An error thrown here is reported and changes nothing. */
  readonly onTrial?: (trial: StudyTrial<P>) => void
  /** Called with every event, in order: stages, measurements, retries. An error thrown here is reported and changes nothing. */
  readonly onEvent?: (event: StudyEvent) => void
  /** Receives sentences for the user: warnings, remarks on data, output of objectives. By default they go to stderr. */
  readonly onMessage?: (sentence: string) => void
}

const KEYS: Readonly<Record<keyof RunOptions, true>> = {
  workers: true,
  executor: true,
  signal: true,
  onTrial: true,
  onEvent: true,
  onMessage: true,
}

/** @throws UserError('usage') for the first option that `run` does not have, or that is not what it has to be */
export function checkRunOptions(options: RunOptions<never>): void {
  checkOptions(options, Object.keys(KEYS), {
    rule: 'run takes its options as an object',
    of: 'run',
    hint: 'Write run({ workers: 4 }).',
  })
  for (const [name, value] of Object.entries(options))
    if (value !== undefined) checkOption(name as keyof RunOptions, value)
}

function checkOption(name: keyof RunOptions, value: unknown): void {
  if (name === 'workers') {
    if (!Number.isSafeInteger(value) || (value as number) < 1)
      throw wrong(name, 'a whole number of at least 1', value)
  } else if (name === 'executor') {
    const { run, stop, close, slots } = (value ?? {}) as Partial<Executor>
    const isWhole = [run, stop, close].every((method) => typeof method === 'function')
    if (!isWhole) throw wrong(name, 'an Executor: { slots, run, stop, close }', value)
    const isFixed = (value as Partial<Executor>).onSlotsChanged === undefined
    const least = isFixed ? 1 : 0
    if (!Number.isSafeInteger(slots) || slots! < least)
      throw wrong(
        'executor.slots',
        `a whole number of at least ${least}${isFixed ? ' where they never change' : ''}`,
        slots,
      )
  } else if (name === 'signal') {
    if (typeof (value as Partial<AbortSignal> | null)?.addEventListener !== 'function') {
      throw wrong(name, 'an AbortSignal', value, 'Pass the signal of the AbortController.')
    }
  } else if (typeof value !== 'function') throw wrong(name, 'a function', value)
}

function wrong(name: string, rule: string, value: unknown, hint?: string): UserError {
  return new UserError('usage', `${name} must be ${rule}, got ${describeValue(value)}`, { hint })
}
