import type { Params, ParamValue } from '../../space/distribution.ts'
import { own } from '../../space/own.ts'
import { ALL_STATES, type TrialState } from '../../trial.ts'
import type { Curve, PictureStage, PictureStudy, PictureTrial } from '../study.ts'

/** A study in a page: one list for each column, which is half the size of one record for each trial. */
export interface StudyColumns {
  readonly name: string
  readonly direction: PictureStudy['direction']
  readonly metric: string
  readonly stages: readonly PictureStage[]
  readonly trials: TrialColumns
  readonly curves: readonly Curve[]
  readonly importance: PictureStudy['importance']
}

export interface TrialColumns {
  readonly number: readonly number[]
  readonly stage: readonly number[]
  readonly state: readonly TrialState[] | readonly number[]
  readonly value: readonly (number | null)[]
  readonly epochs: readonly number[]
  readonly budget: readonly number[]
  readonly tie: readonly (number | null)[]
  /** What `startedAt` counts from: milliseconds since the epoch. */
  readonly since: number
  readonly startedAt: readonly (number | null)[]
  readonly durationMs: readonly (number | null)[]
  readonly slot: readonly (number | null)[]
  readonly host: readonly (number | null)[]
  /** The numbers of imported trials. */
  readonly imported: readonly number[]
  readonly errors: Readonly<Record<string, string>>
  /** For each parameter its values; null where a trial does not have it. */
  readonly params: Readonly<Record<string, readonly ParamCell[]>>
}

/** A value, or null for none; the choice null is an empty list. */
type ParamCell = ParamValue | readonly []

/** @param grows whether trials will be added, as in a live page: values are exact then, to be ranked with those */
export function encodeStudy(study: PictureStudy, grows = false): StudyColumns {
  const { name, direction, metric, stages, importance } = study
  const trials = encodeTrials(study.trials, stages)
  return {
    name,
    direction,
    metric,
    stages,
    trials: grows ? trials : { ...trials, value: inOrder(trials.value), tie: inOrder(trials.tie) },
    curves: study.curves.map(encodeCurve),
    importance,
  }
}

function encodeCurve({ trial, steps, values, metrics }: Curve): Curve {
  const shorter = Object.entries(metrics).map(([name, each]) => [name, each.map(short)] as const)
  return {
    trial,
    steps,
    values: values.map((value) => short(value) ?? 0),
    metrics: Object.fromEntries(shorter),
  }
}

/** Values are exact: a page ranks by them. */
export function encodeTrials(trials: readonly PictureTrial[], stages: readonly PictureStage[]): TrialColumns {
  const names = [...new Set(trials.flatMap(({ params }) => Object.keys(params)))]
  const since = trials.find(({ startedAt }) => startedAt !== null)?.startedAt ?? 0
  return {
    number: trials.map(({ number }) => number),
    stage: trials.map(({ stage }) => stage),
    state: trials.map(({ state }) => ALL_STATES.indexOf(state)),
    value: trials.map(({ value }) => value),
    epochs: trials.map(({ epochs }) => epochs),
    budget: trials.map(({ budget }) => budget.epochs),
    tie: unlessEmpty(trials.map(({ tie }) => tie)),
    since,
    startedAt: trials.map(({ startedAt }) => (startedAt === null ? null : Math.round(startedAt - since))),
    durationMs: trials.map(({ durationMs }) => (durationMs === null ? null : shortTime(durationMs))),
    slot: unlessEmpty(trials.map(({ slot }) => slot)),
    host: unlessEmpty(trials.map(({ host }) => host)),
    imported: trials.filter(({ imported }) => imported).map(({ number }) => number),
    errors: Object.fromEntries(
      trials.flatMap(({ number, error }) => (error === null ? [] : [[number, error]])),
    ),
    params: Object.fromEntries(
      names.map((name) => {
        const isListed = hasChoices(stages, name)
        return [name, trials.map(({ params }) => cellOf(own(params, name), isListed))]
      }),
    ),
  }
}

/** A column without entries is empty. */
function unlessEmpty<T>(column: readonly (T | null)[]): readonly (T | null)[] {
  return column.every((value) => value === null) ? [] : column
}

/** With as few digits as keep values apart that differ, and so their order: a page ranks by them. */
function inOrder(values: readonly (number | null)[]): readonly (number | null)[] {
  const apart = new Set(values).size
  for (let digits = SHORT; digits < 17; digits++) {
    const rounded = values.map((value) => (value === null ? null : rounding(value, digits)))
    if (new Set(rounded).size === apart) return rounded
  }
  return values
}

const SHORT = 6

function rounding(value: number, digits: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(digits))
}

/** Six digits are more than a picture or a table shows. */
function short(value: number | null | undefined): number | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null
  return rounding(value, SHORT)
}

/** As many digits as are shown of a short trial, so that it is not rounded twice. */
function shortTime(ms: number): number {
  return ms < 0.95 ? Number(ms.toPrecision(1)) : Math.round(ms)
}

/** Whether values of the parameter are told apart by what they are, not by how large. */
function hasChoices(stages: readonly PictureStage[], name: string): boolean {
  return stages.some(({ space }) => {
    const kind = own(space.parameters, name)?.kind
    return kind === 'categorical' || kind === 'fixed'
  })
}

function cellOf(value: ParamValue | undefined, isListed: boolean): ParamCell {
  if (value === undefined) return null
  if (value === null) return []
  return typeof value === 'number' && !isListed ? short(value) : value
}

export function decodeStudy({ trials, ...rest }: StudyColumns): PictureStudy {
  return { ...rest, trials: decodeTrials(trials) }
}

export function decodeTrials(columns: TrialColumns): PictureTrial[] {
  const names = Object.keys(columns.params)
  const imported = new Set(columns.imported)
  return columns.number.map((number, i): PictureTrial => {
    const params: Record<string, ParamValue> = {}
    for (const name of names) {
      const value = columns.params[name]![i]
      if (value === null || value === undefined) continue
      params[name] = typeof value === 'object' ? null : value
    }
    return {
      number,
      stage: columns.stage[i]!,
      state: ALL_STATES[columns.state[i] as number]!,
      value: columns.value[i]!,
      epochs: columns.epochs[i]!,
      budget: { epochs: columns.budget[i]! },
      tie: columns.tie[i] ?? null,
      params: params as Params,
      startedAt: columns.startedAt[i] == null ? null : columns.startedAt[i]! + columns.since,
      durationMs: columns.durationMs[i]!,
      slot: columns.slot[i] ?? null,
      host: columns.host[i] ?? null,
      imported: imported.has(number),
      error: columns.errors[number] ?? null,
    }
  })
}

/** Old trials with those that changed put in their places; both in order of number. */
export function mergeTrials(
  old: readonly PictureTrial[],
  changed: readonly PictureTrial[],
): readonly PictureTrial[] {
  if (changed.length === 0) return old
  const merged = new Map(old.map((trial) => [trial.number, trial]))
  for (const trial of changed) merged.set(trial.number, trial)
  return [...merged.values()].sort((a, b) => a.number - b.number)
}
