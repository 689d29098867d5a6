import type { Edge } from '../search/narrow-decision.ts'
import { isAtEdge } from '../search/narrow-edge.ts'
import { DEFAULT_KEEP, DEFAULT_MARGIN } from '../search/plan.ts'
import { areTied } from '../search/rank.ts'
import { REPLICATE_SAMPLER } from '../search/replication.ts'
import { stoppingBounds } from '../search/stopping-bounds.ts'
import { own } from '../space/own.ts'
import { toUnit } from '../space/unit-scale.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import { shellWord } from '../text/shell-word.ts'
import { FINISHED_STATES, RANKED_STATES, type TrialRecord } from '../trial.ts'
import { countOf, formatBound, formatMetric, formatPercent } from './numbers.ts'
import { oneLine } from './text.ts'

/** A declared hard bound that the best trials lie at. */
export interface StoppingBound {
  readonly name: string
  readonly edge: Edge
  readonly bound: number
}

/** How well the measurements tell the first places apart. */
export interface TopSpread {
  /** How many trials share the first place: equal in value and in the second metric. */
  readonly first: number
  /** For an accuracy on that many examples: its standard error, and how far apart the first five lie. */
  readonly accuracy: { readonly examples: number; readonly error: number; readonly spread: number } | null
}

const FEWEST_TO_JUDGE = 12
/** This many first trials of a stage show where the best crowd; more would only take longer. */
const MOST_JUDGED = 128
const FIRST_PLACES = 5
const MOST_EXAMPLES = 20_000
/** As many values, of the first trials, show on how many examples shares were counted. */
const VALUES_READ = 1000

/**
 * The hard bounds that stop the search: those that the last stage's best trials crowd at, and those that stopped a
 * narrowing and that the best trial still lies at.
 */
export function readStoppingBounds(
  reader: StudyReader,
  study: StudyRecord,
  stages: readonly StageRecord[],
  best: TrialRecord | null,
): StoppingBound[] {
  const root = stages[0]?.space
  const last = stages.findLast(({ sampler }) => sampler !== REPLICATE_SAMPLER)
  if (root === undefined || last === undefined || best === null) return []
  const bounded = Object.values(root.parameters).some((range) => 'hard' in range && range.hard)
  const trials = !bounded
    ? []
    : reader.trials(study.id, { stage: last.index, states: FINISHED_STATES, limit: MOST_JUDGED })
  const plan = { keep: DEFAULT_KEEP, margin: DEFAULT_MARGIN, rootShare: 0 }
  const { direction, seed } = study
  const found = new Map<string, StoppingBound>()
  for (const { name, remarks } of stages.flatMap(({ narrowing }) => narrowing?.parameters ?? [])) {
    for (const remark of remarks) {
      if (remark.code !== 'hard-bound' || !liesAt(best, name, remark.edge, root)) continue
      found.set(name, { name, edge: remark.edge, bound: remark.bound })
    }
  }
  if (trials.length >= FEWEST_TO_JUDGE) {
    const streamName = [seed, 'bounds']
    const now = stoppingBounds({ space: last.space, root, trials, direction, plan, streamName })
    for (const [name, { edge, bound }] of now) found.set(name, { name, edge, bound })
  }
  return [...found.values()].filter((each) => !stages.some((stage) => wasLifted(each, stage)))
}

/** Whether a stage's range shows that the bound was declared anew since, soft or wider. */
function wasLifted({ name, edge, bound }: StoppingBound, { space }: StageRecord): boolean {
  const range = own(space.parameters, name)
  if (range?.kind !== 'float' && range?.kind !== 'int') return false
  return !range.hard || (edge === 'lower' ? range.low < bound : range.high > bound)
}

function liesAt({ params }: TrialRecord, name: string, edge: Edge, root: StageRecord['space']): boolean {
  const value = own(params, name)
  const range = root.parameters[name]
  if (value === undefined || range === undefined) return false
  return isAtEdge(range, toUnit(range, value), edge)
}

/** @param top the best trials, best first */
export function readTopSpread(
  reader: StudyReader,
  study: StudyRecord,
  top: readonly TrialRecord[],
): TopSpread | null {
  const best = top[0]
  if (best === undefined) return null
  const trials = reader.trials(study.id, { states: RANKED_STATES, limit: VALUES_READ })
  const values = new Set(trials.flatMap(({ value }) => value ?? []))
  return { first: countTied(reader, study, best), accuracy: accuracySpread(study, top, [...values]) }
}

/** How many trials share the best one's place. They come first, so no more are read than twice as many. */
function countTied(reader: StudyReader, study: StudyRecord, best: TrialRecord): number {
  for (let count = 16; ; count *= 2) {
    const ranked = reader.bestTrials(study.id, count)
    const tied = ranked.filter((trial) => areTied(trial, best, study.direction)).length
    if (tied < count) return tied
  }
}

function accuracySpread(
  { metric }: StudyRecord,
  top: readonly TrialRecord[],
  values: readonly number[],
): TopSpread['accuracy'] {
  const places = top.slice(0, FIRST_PLACES).map(({ value }) => value!)
  if (!/accuracy/i.test(metric) || places.length < FIRST_PLACES) return null
  const examples = examplesBehind(values)
  if (examples === null) return null
  const best = places[0]!
  const error = Math.sqrt((best * (1 - best)) / examples)
  return { examples, error, spread: Math.abs(best - places.at(-1)!) }
}

/** On how many examples shares were counted: the fewest that give every one of them exactly; null if none do. */
function examplesBehind(shares: readonly number[]): number | null {
  if (shares.length < FIRST_PLACES || shares.some((share) => !(share >= 0 && share <= 1))) return null
  for (let count = 2; count <= MOST_EXAMPLES; count++) {
    if (shares.every((share) => Math.round(share * count) / count === share)) return count
  }
  return null
}

/** What a user can do where a hard bound stops the search. @param dbOption as `renderExplanation` has it */
export function boundSentence(
  { name, edge, bound }: StoppingBound,
  study: StudyRecord,
  dbOption: string | null,
): string {
  const found = `The best lies at the ${edge} edge of ${oneLine(name)} (${formatBound(bound)}), a hard bound`
  if (dbOption === null) return `${found}: widen it in a new study, or declare it soft.`
  // A name with a dash or a point is in brackets, which need quotes in a shell.
  const path = /^\w+$/.test(name) ? `space.${name}` : shellWord(`space[${JSON.stringify(name)}]`)
  const widen = `finesweep resume ${shellWord(study.name)}${dbOption} --set ${path}=… --force`
  return `${found}: widen it with \`${widen}\`, or declare it soft.`
}

/** Notes on the first places; empty where the measurements separate them. */
export function spreadSentences({ first, accuracy }: TopSpread, metric: string): string[] {
  const shared = first > 1 ? [`${countOf(first, 'trial')} share the first place.`] : []
  if (accuracy === null || accuracy.error <= accuracy.spread) return shared
  const { examples, error, spread } = accuracy
  const leaders = `The first ${FIRST_PLACES} trials`
  const difference =
    spread === 0
      ? `${leaders} have equal ${metric}`
      : `${leaders} differ in ${metric} by ${formatMetric(metric, spread)}`
  return [
    ...shared,
    `${difference}, within the standard error on ${countOf(examples, 'example')} (${formatPercent(error)}): ` +
      'use folds or a larger validation set to separate them.',
  ]
}
