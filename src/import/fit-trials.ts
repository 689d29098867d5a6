import { UserError } from '../errors.ts'
import type { Params } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction, TimedMeasurement } from '../trial.ts'
import { fitParams } from './fit-params.ts'
import type { GivenTrial, GivenTrials } from './given-trial.ts'
import { columnOption } from './read-csv.ts'

/** A trial that the study can have. */
export interface FittedTrial {
  readonly given: GivenTrial
  readonly state: NonNullable<GivenTrial['state']>
  readonly params: Params
  /** Null unless it is complete or pruned. */
  readonly value: number | null
  /** How many it ran. */
  readonly epochs: number
  readonly measurements: readonly TimedMeasurement[]
}

export interface FittedTrials {
  /** The trials by the epochs that they were to run, fewest first, each in the order of the source. */
  readonly groups: readonly { readonly epochs: number; readonly trials: readonly FittedTrial[] }[]
  /** What was dropped, ignored or assumed, a sentence each, without its full stop. */
  readonly remarks: readonly string[]
}

/** What trials from elsewhere are fitted to. */
export interface FitSettings {
  readonly space: SearchSpace
  readonly direction: Direction
  /** The epochs of trials whose source does not say; `from` is the stage they are taken from, null if the user gave them. */
  readonly epochs: { readonly count: number; readonly from: string | null }
}

/**
 * The trials of a source that a study can have, and a sentence on each kind of those that it cannot.
 * @throws UserError('usage') if the source ranks the other way round, or if none is left
 */
export function fitTrials(source: GivenTrials, settings: FitSettings): FittedTrials {
  const { space, direction, epochs } = settings
  if (source.direction !== null && source.direction !== direction) {
    throw new UserError(
      'usage',
      `${source.name} ${source.direction}s ${source.metric ?? 'its value'}, but this study ${direction}s: their values can't be compared`,
      { hint: 'Import into a study of the same direction and metric.' },
    )
  }
  const dropped = new Reasons()
  const ignored = new Map<string, number>()
  let assumed = 0
  const kept: { trial: FittedTrial; budget: number | null }[] = []
  for (const given of source.trials) {
    const result = fitResult(given)
    if ('rule' in result) {
      dropped.add(result.rule, '', given)
      continue
    }
    const point = fitParams(space, given.params)
    if ('rule' in point) {
      dropped.add(point.rule, point.seen, given)
      continue
    }
    for (const name of point.ignored) ignored.set(name, (ignored.get(name) ?? 0) + 1)
    const ended = result.value === null && given.measurements.length === 0 ? 0 : null
    const ran = given.epochs ?? given.measurements.at(-1)?.step ?? ended
    const budget = given.budget ?? (result.state === 'complete' ? ran : null)
    if (ran === null && budget === null && epochs.from !== null) assumed++
    const trial = fitted(given, result, point.params, ran ?? budget ?? epochs.count)
    kept.push({ trial, budget: budget ?? (ran === null ? epochs.count : null) })
  }
  const total = source.trials.length
  if (kept.length === 0) {
    const why = total === 0 ? 'it has no trials' : dropped.sentence(total)
    throw new UserError('usage', `Nothing to import from ${source.name}: ${why}`, {
      hint: total === 0 ? undefined : 'Widen the space, or map the columns of a CSV file',
      option: columnOption('PARAMETER'),
    })
  }
  return {
    groups: grouped(kept),
    remarks: [
      ...source.remarks,
      ...(dropped.count > 0 ? [`Dropped ${dropped.sentence(total)}`] : []),
      ...[...ignored].map(
        ([name, count]) => `Ignored ${name} in ${trialsOf(count)}: no such parameter exists there`,
      ),
      ...(assumed > 0
        ? [
            `Assumed ${epochs.count} epochs for ${trialsOf(assumed)}, as in stage ${epochs.from}: ${source.name} does not specify them (the option epochs sets them)`,
          ]
        : []),
    ],
  }
}

/** The state and value that a trial counts with; or why it can't. */
function fitResult(
  given: GivenTrial,
): { state: FittedTrial['state']; value: number | null } | { rule: string } {
  const { state, value } = given
  if (state === null) return { rule: 'it has not finished' }
  if (state === 'failed' || state === 'diverged') return { state, value: null }
  if (value === null) return { rule: 'it has no value' }
  return Number.isFinite(value) ? { state, value } : { state: 'diverged', value: null }
}

function fitted(
  given: GivenTrial,
  { state, value }: { state: FittedTrial['state']; value: number | null },
  params: Params,
  epochs: number,
): FittedTrial {
  const { seconds } = given
  let measurements: TimedMeasurement[] = given.measurements.map((measured) => ({ seconds, ...measured }))
  if (measurements.length === 0 && value !== null) {
    measurements = [{ step: epochs, value, metrics: given.metrics, seconds }]
  }
  return { given, state, params, value, epochs, measurements }
}

/** A trial that was ended early was to run what the longest others ran. */
function grouped(kept: readonly { trial: FittedTrial; budget: number | null }[]): FittedTrials['groups'] {
  const longest = kept.reduce((most, { trial, budget }) => Math.max(most, budget ?? trial.epochs), 0)
  const groups = Map.groupBy(kept, ({ trial, budget }) => Math.max(trial.epochs, budget ?? longest))
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([epochs, members]) => ({ epochs, trials: members.map(({ trial }) => trial) }))
}

function trialsOf(count: number): string {
  return count === 1 ? '1 trial' : `${count} trials`
}

/** More reasons than these are counted together. */
const MOST_REASONS = 6

/** Why trials were dropped, each reason with their number and an example. */
class Reasons {
  count = 0
  readonly #reasons = new Map<string, { count: number; example: string }>()

  add(rule: string, seen: string, { label }: GivenTrial): void {
    this.count++
    const known = this.#reasons.get(rule)
    if (known !== undefined) known.count++
    else this.#reasons.set(rule, { count: 1, example: seen === '' ? label : `${seen} in ${label}` })
  }

  /** `3 of 50 trials: lr is missing (2, such as row 4); it has no value (1, row 9)` */
  sentence(total: number): string {
    const all = [...this.#reasons]
    const parts = all
      .slice(0, MOST_REASONS)
      .map(([rule, { count, example }]) => `${rule} (${count}${count > 1 ? ', such as' : ':'} ${example})`)
    const rest = all.slice(MOST_REASONS).reduce((sum, [, { count }]) => sum + count, 0)
    return `${this.count} of ${trialsOf(total)}: ${[...parts, ...(rest > 0 ? [`other reasons (${rest})`] : [])].join('; ')}`
  }
}
