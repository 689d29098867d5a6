import type { Distribution, ParamValue } from '../space/distribution.ts'
import type { StudyReader } from '../store/store.ts'
import { type MeasuredTrial, streamMeasuredTrials } from '../study/trial-stream.ts'
import { isFinished, type TrialRecord, type TrialState } from '../trial.ts'
import type { StudyContext } from './trial-columns.ts'
import { stageName } from './trial-json.ts'

/** The operations of Optuna's JournalStorage that are written, by the numbers in its log. */
const CREATE_STUDY = 0
const CREATE_TRIAL = 4

/** A complete trial of Optuna's must have a finite value: one that diverged has failed. */
const STATES: Readonly<Record<TrialState, number>> = {
  running: 0,
  complete: 1,
  pruned: 2,
  diverged: 3,
  failed: 3,
  waiting: 4,
}

const WORKER = 'finesweep'

/**
 * A study as the log of Optuna 5's JournalStorage: an object a line, that of the study first. Each parameter has one
 * distribution in all trials, with every range that a stage has searched. The reasons of failures, metrics, seeds and
 * stages are user attributes; a metric called like another of them is `metrics.NAME`.
 */
export function* exportOptuna(reader: StudyReader, context: StudyContext): Generator<string> {
  const { study, stages } = context
  const directions = [study.direction === 'minimize' ? 1 : 2]
  yield line({ op_code: CREATE_STUDY, worker_id: WORKER, study_name: study.name, directions })
  const ranges = wholeRanges(reader, context)
  for (const { trial, measurements } of streamMeasuredTrials(reader, study.id)) {
    yield line(trialLine({ trial, measurements }, ranges, stageName(trial.stage, stages), study.createdAt))
  }
}

function trialLine(
  { trial, measurements }: MeasuredTrial,
  ranges: ReadonlyMap<string, Range>,
  stage: string,
  createdAt: number,
) {
  const { state, value, durationMs, error } = trial
  const params = Object.entries(trial.params)
  const isOver = isFinished(trial)
  // Optuna wants to know when a finished trial ran, which an imported one does not.
  const startedAt = trial.startedAt ?? (isOver ? createdAt : null)
  return {
    op_code: CREATE_TRIAL,
    worker_id: WORKER,
    study_id: 0,
    datetime_start: startedAt === null ? null : moment(startedAt),
    // One that has not ended must go without: Optuna reads no null there.
    ...(isOver ? { datetime_complete: moment(startedAt! + (durationMs ?? 0)) } : {}),
    state: STATES[state],
    value: state === 'complete' || state === 'pruned' ? value : null,
    values: null,
    distributions: Object.fromEntries(params.map(([name]) => [name, distributionText(ranges.get(name)!)])),
    params: Object.fromEntries(
      params.map(([name, param]) => [name, internalValue(param, ranges.get(name)!)]),
    ),
    user_attrs: {
      stage,
      seed: trial.seed,
      epochs: trial.budget.epochs,
      ...(state === 'diverged' ? { diverged: true } : {}),
      ...(error === null ? {} : { error: error.message }),
      ...(trial.origin === null ? {} : { origin: trial.origin }),
      ...attributesOf(trial.metrics),
    },
    system_attrs: {},
    intermediate_values: Object.fromEntries(measurements.map((measured) => [measured.step, measured.value])),
  }
}

/** Names of attributes that say something of a trial: a metric of such a name has `metrics.` before it. */
const OWN_NAME = /^(?:metrics\.)*(?:stage|seed|epochs|diverged|error|origin)$/

function attributesOf(metrics: TrialRecord['metrics']): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [OWN_NAME.test(name) ? `metrics.${name}` : name, value]),
  )
}

/** What a parameter can be in any stage. */
type Range =
  | { kind: 'float' | 'int'; low: number; high: number; log: boolean; step: number | null }
  | { kind: 'categorical'; choices: ParamValue[] }

/** The union of all stages' ranges and of what trials have had: Optuna refuses a value outside its distribution. */
function wholeRanges(reader: StudyReader, { study, stages }: StudyContext): Map<string, Range> {
  const ranges = new Map<string, Range>()
  for (const { space } of stages) {
    for (const [name, distribution] of Object.entries(space.parameters)) {
      ranges.set(name, joined(ranges.get(name), rangeOf(distribution)))
    }
  }
  for (const { trial } of streamMeasuredTrials(reader, study.id)) {
    for (const [name, value] of Object.entries(trial.params)) {
      ranges.set(name, joined(ranges.get(name), pointOf(value, ranges.get(name))))
    }
  }
  return ranges
}

function rangeOf(distribution: Distribution): Range {
  switch (distribution.kind) {
    case 'categorical':
      return { kind: 'categorical', choices: [...distribution.choices] }
    case 'fixed':
      return { kind: 'categorical', choices: [distribution.value] }
    default: {
      const { kind, low, high, log, step } = distribution
      return { kind, low, high, log, step }
    }
  }
}

function pointOf(value: ParamValue, range: Range | undefined): Range {
  return typeof value === 'number' && range !== undefined && range.kind !== 'categorical'
    ? { ...range, low: value, high: value }
    : { kind: 'categorical', choices: [value] }
}

function joined(a: Range | undefined, b: Range): Range {
  if (a === undefined) return b
  if (a.kind === 'categorical' && b.kind === 'categorical') {
    return { ...a, choices: [...new Set([...a.choices, ...b.choices])] }
  }
  // A parameter that became fixed stays a range; its one value lies there.
  if (a.kind === 'categorical') return joined(b, a)
  if (b.kind === 'categorical') {
    const values = b.choices.filter((choice) => typeof choice === 'number')
    return { ...a, low: Math.min(a.low, ...values), high: Math.max(a.high, ...values) }
  }
  const low = Math.min(a.low, b.low)
  const high = Math.max(a.high, b.high)
  const kind = a.kind === 'float' || b.kind === 'float' ? 'float' : 'int'
  // Steps count from the lower bound: where that has moved, values may lie between them.
  const isStill = (b.low === b.high || b.step === a.step) && low === a.low
  return { kind, low, high, log: a.log && low > 0, step: isStill ? a.step : null }
}

function distributionText(range: Range): string {
  if (range.kind === 'categorical') {
    return JSON.stringify({ name: 'CategoricalDistribution', attributes: { choices: range.choices } })
  }
  const { low, high, log } = range
  if (range.kind === 'int') {
    const step = log ? 1 : (range.step ?? 1)
    return JSON.stringify({ name: 'IntDistribution', attributes: { log, step, low, high } })
  }
  return JSON.stringify({ name: 'FloatDistribution', attributes: { step: range.step, low, high, log } })
}

/** Optuna keeps a choice as its index. */
function internalValue(value: ParamValue, range: Range): ParamValue {
  return range.kind === 'categorical' ? range.choices.indexOf(value) : value
}

/** ISO 8601 as Python writes it. */
function moment(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00')
}

const MARK = 'non-finite:'

/** JSON as Python reads it: NaN and infinities stand bare. */
function line(value: object): string {
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item) ? `${MARK}${item}` : item,
  )
  return `${text.replaceAll(new RegExp(`"${MARK}(NaN|-?Infinity)"`, 'g'), '$1')}\n`
}
