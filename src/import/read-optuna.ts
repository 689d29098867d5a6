import { UserError } from '../errors.ts'
import type { ParamValue } from '../space/distribution.ts'
import { parsePythonJson } from '../text/python-json.ts'
import { shorten } from '../text/quote.ts'
import type { FinishedState, Measurement } from '../trial.ts'
import { chosenStudy } from './chosen-study.ts'
import { type GivenTrial, type GivenTrials, UNSAID } from './given-trial.ts'
import { columnOption } from './read-csv.ts'

/** The states of Optuna's trials that have ended, by their numbers in the journal; it has no divergence. */
const STATES: Readonly<Record<number, FinishedState>> = { 1: 'complete', 2: 'pruned', 3: 'failed' }

/** User attributes that finesweep's own export writes about a trial, and which are no metrics. */
const OWN_NUMBERS: ReadonlySet<string> = new Set(['seed', 'epochs'])
const OWN_OTHERS: ReadonlySet<string> = new Set(['stage', 'diverged', 'error', 'origin'])

/** A metric that has the name of one of them, as finesweep's export writes it. */
const METRIC_OF_OWN_NAME = /^metrics\.((?:metrics\.)*(?:stage|seed|epochs|diverged|error|origin))$/

interface JournalStudy {
  readonly name: string
  readonly directions: readonly number[]
  readonly trials: JournalTrial[]
}

interface JournalTrial {
  state: number
  value: number | null
  startedAt: number | null
  endedAt: number | null
  readonly params: Map<string, ParamValue>
  readonly steps: Map<number, number>
  readonly attributes: Map<string, unknown>
  /** How far it is from keeping each constraint of the study, if there are any; above 0 it breaks one. */
  constraints: readonly unknown[]
}

/** A line of the journal, its fields not yet looked at. */
type Entry = Readonly<Record<string, unknown>>

/**
 * The trials of a study in a file of Optuna's JournalStorage. Steps that count from 0 are shifted by one; a value and
 * its metrics are those that the trial ended with.
 * @param name null for the file's only study
 * @throws UserError as `chosenStudy`; 'usage' with the line for a file that is no journal, and for several objectives
 */
export function readOptunaTrials(text: string, file: string, name: string | null): GivenTrials {
  const { studies, remarks } = readJournal(text, file)
  const study = chosenStudy(file, studies, name)
  if (study.directions.length !== 1) {
    throw new UserError(
      'usage',
      `Study "${study.name}" of ${file} has ${study.directions.length} objectives`,
      {
        hint: 'finesweep ranks by one value. Export the trials as CSV, and choose its column',
        option: columnOption('value'),
      },
    )
  }
  const isFromZero = study.trials.some(({ steps }) => steps.has(0))
  const shift = isFromZero ? 1 : 0
  return {
    name: `${file}`,
    direction: { 1: 'minimize', 2: 'maximize' }[study.directions[0]!] as GivenTrials['direction'],
    metric: null,
    remarks: [
      ...remarks,
      ...(isFromZero ? ['Its steps count from 0: step 0 becomes epoch 1'] : []),
      ...leftOut(study.trials, shift),
    ],
    trials: study.trials.map((trial, number) => givenTrial(trial, number, shift)),
  }
}

/** What trials that have ended have and cannot be taken, a sentence for each kind. */
function leftOut(all: readonly JournalTrial[], shift: number): string[] {
  const trials = all.filter(({ state }) => STATES[state] !== undefined)
  const values = trials.flatMap(({ steps }) => [...steps].filter((entry) => !isMeasurement(entry, shift)))
  const unused = new Set(
    trials.flatMap(({ attributes }) =>
      [...attributes].flatMap(([name, value]) =>
        typeof value === 'number' || OWN_OTHERS.has(name) ? [] : [name],
      ),
    ),
  )
  const broken = trials.filter(({ constraints }) => constraints.some((by) => Number(by) > 0)).length
  return [
    ...(values.length > 0
      ? [
          `Intermediate values that are NaN, infinite or at a step below 0 were left out: ${values.length} of them`,
        ]
      : []),
    ...(unused.size > 0
      ? [`Ignored user attributes that are not numbers: ${shorten([...unused].join(', '), 200)}`]
      : []),
    ...(broken > 0
      ? [
          `Trials that break a constraint of the study there were taken like all others: ${broken} of them. Leave their points out with require`,
        ]
      : []),
  ]
}

function isMeasurement([step, value]: readonly [number, number], shift: number): boolean {
  return step + shift >= 1 && Number.isSafeInteger(step) && Number.isFinite(value)
}

function givenTrial(trial: JournalTrial, number: number, shift: number): GivenTrial {
  const { attributes, steps, startedAt, endedAt } = trial
  const given = (key: string): number | null => {
    const value = attributes.get(key)
    return typeof value === 'number' ? value : null
  }
  const metrics: Record<string, number> = {}
  for (const [key, value] of attributes) {
    if (typeof value !== 'number' || OWN_NUMBERS.has(key)) continue
    metrics[METRIC_OF_OWN_NAME.exec(key)?.[1] ?? key] = value
  }
  // An epoch whose value is NaN is no measurement here, but it was run.
  const ran = [...steps.keys()].reduce((most, step) => Math.max(most, step + shift), 0)
  const measurements = [...steps]
    .filter((entry) => isMeasurement(entry, shift))
    .sort(([a], [b]) => a - b)
    .map(([step, value]): Measurement => ({ step: step + shift, value, metrics: {} }))
  const last = measurements.pop()
  if (last !== undefined) measurements.push({ ...last, metrics })
  const reason = attributes.get('error')
  const state = STATES[trial.state] ?? null
  return {
    ...UNSAID,
    label: `trial ${number}`,
    params: Object.fromEntries(trial.params),
    state: state === 'failed' && attributes.get('diverged') === true ? 'diverged' : state,
    // Optuna leaves it out of a trial that was pruned before its first report.
    value: trial.value ?? (trial.state === 2 ? (last?.value ?? null) : null),
    epochs: wholeOrNull(ran) || null,
    budget: wholeOrNull(given('epochs')),
    measurements,
    metrics,
    seed: wholeOrNull(given('seed')) ?? 0,
    error: typeof reason === 'string' ? reason : null,
    seconds: startedAt !== null && endedAt !== null ? Math.max(0, endedAt - startedAt) / 1000 : 0,
  }
}

function wholeOrNull(value: number | null): number | null {
  return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** All studies of a journal, whose operations are applied in order. */
function readJournal(
  text: string,
  file: string,
): { readonly studies: readonly JournalStudy[]; readonly remarks: string[] } {
  const byId: (JournalStudy | null)[] = []
  const trials: (JournalTrial | null)[] = []
  const remarks: string[] = []
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const entry = parseLine(line)
    if (entry === null && index === lines.length - 1 && index > 0) {
      remarks.push('The last line of the journal is truncated and was skipped')
      continue
    }
    if (entry === null || typeof entry.op_code !== 'number') {
      throw new UserError('usage', 'This is not a line of an Optuna journal', {
        where: { file, line: index + 1 },
        hint: 'Pass an Optuna journal (JournalFileBackend), a CSV file or a finesweep store.',
      })
    }
    apply(entry, entry.op_code, byId, trials)
  }
  return { studies: byId.filter((study) => study !== null), remarks }
}

/** What an operation does, by its number. */
function apply(
  entry: Entry,
  operation: number,
  studies: (JournalStudy | null)[],
  trials: (JournalTrial | null)[],
): void {
  const trial = trials[Number(entry.trial_id)]
  switch (operation) {
    case 0: {
      const name = String(entry.study_name)
      if (studies.some((study) => study?.name === name)) return
      studies.push({ name, directions: entry.directions as number[], trials: [] })
      return
    }
    case 1:
      studies[Number(entry.study_id)] = null
      return
    case 4: {
      const study = studies[Number(entry.study_id)]
      if (study == null) return
      const created = newTrial(entry)
      trials.push(created)
      study.trials.push(created)
      return
    }
    case 5:
      trial?.params.set(
        String(entry.param_name),
        externalValue(entry.param_value_internal, entry.distribution),
      )
      return
    case 6:
      if (trial == null) return
      trial.state = Number(entry.state)
      trial.value = (entry.values as number[] | null)?.[0] ?? trial.value
      trial.startedAt = moment(entry.datetime_start) ?? trial.startedAt
      trial.endedAt = moment(entry.datetime_complete) ?? trial.endedAt
      return
    case 7:
      trial?.steps.set(Number(entry.step), Number(entry.intermediate_value))
      return
    case 8:
      for (const [key, value] of Object.entries((entry.user_attr ?? {}) as object)) {
        trial?.attributes.set(key, value)
      }
      return
    case 9:
      if (trial != null) trial.constraints = constraintsOf(entry.system_attr) ?? trial.constraints
  }
}

/** A trial as it is created: an empty one that runs, or a whole one. */
function newTrial(entry: Entry): JournalTrial {
  const distributions = (entry.distributions ?? {}) as Entry
  const values = entry.values as number[] | null | undefined
  return {
    state: Number(entry.state ?? 0),
    value: (entry.value as number | null | undefined) ?? values?.[0] ?? null,
    startedAt: moment(entry.datetime_start),
    endedAt: moment(entry.datetime_complete),
    params: new Map(
      Object.entries((entry.params ?? {}) as Entry).map(([name, internal]) => [
        name,
        externalValue(internal, distributions[name]),
      ]),
    ),
    steps: new Map(
      Object.entries((entry.intermediate_values ?? {}) as Entry).map(([step, value]) => [
        Number(step),
        Number(value),
      ]),
    ),
    attributes: new Map(Object.entries((entry.user_attrs ?? {}) as Entry)),
    constraints: constraintsOf(entry.system_attrs) ?? [],
  }
}

function constraintsOf(attributes: unknown): readonly unknown[] | undefined {
  const { constraints } = (attributes ?? {}) as Entry
  return Array.isArray(constraints) ? constraints : undefined
}

/** A choice is kept as its index. @param distribution JSON in a text */
function externalValue(internal: unknown, distribution: unknown): ParamValue {
  const { attributes } = (parseLine(String(distribution)) ?? {}) as { attributes?: { choices?: unknown[] } }
  const value = attributes?.choices === undefined ? internal : attributes.choices[Number(internal)]
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as ParamValue)
}

/** Null if it is none. */
function parseLine(line: string): Entry | null {
  const value = parsePythonJson(line)
  return typeof value === 'object' && value !== null ? (value as Entry) : null
}

function moment(text: unknown): number | null {
  const ms = typeof text === 'string' ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}
