import { countOf, formatCount, formatDistribution, formatMetric, formatParam } from '../../report/numbers.ts'
import type { Distribution } from '../../space/distribution.ts'
import { own } from '../../space/own.ts'
import { toUnit } from '../../space/unit-scale.ts'
import { isMishap, type PictureStudy, type PictureTrial, rankedWithValue, searchedNames } from '../study.ts'

/** The trial that won, and whether another has a better measured value: replicates or the expected value decided. */
export interface Winner {
  readonly trial: number
  readonly byExpectation: boolean
}

/** What a person asks first of a study. */
export interface Answers {
  /** The trial whose settings won; null if no trial has a value. */
  readonly winner: Winner | null
  /** Which settings won. */
  readonly won: readonly string[]
  /** By how much, and how sure that is. */
  readonly sure: readonly string[]
  /** Where the search looked, and what it ruled out. */
  readonly looked: readonly string[]
  /** What to try next. */
  readonly next: readonly string[]
}

/** What is known of a study beside its records. */
export interface AnswerFacts {
  /** The trial that won, where replicates speak for another than the best value; null for the best value. */
  readonly winner: number | null
  /** What the last look at the test set said; null if nobody has looked. */
  readonly test: string | null
  /** Further sentences on how sure the result is. */
  readonly sure: readonly string[]
  /** Further sentences on what to try. */
  readonly next: readonly string[]
  /** Whether the best trial's network was kept, so that a test set could be looked at. */
  readonly canEvaluate: boolean
}

export function answersOf(study: PictureStudy, facts: AnswerFacts): Answers {
  const ranked = rankedWithValue(study)
  const best = ranked.find(({ number }) => number === facts.winner) ?? ranked[0]
  if (best === undefined) return withoutBest(study)
  return {
    winner: { trial: best.number, byExpectation: best !== ranked[0] },
    won: [wonSentence(study, best)],
    sure: [
      // Replicates tell the best apart better than their first values do.
      ...(facts.winner === null ? marginSentences(study, ranked) : []),
      ...(facts.sure.length > 0 || ranked.length < MANY ? facts.sure : [LUCK]),
      ...testSentences(facts),
    ],
    looked: lookedSentences(study),
    next: nextSentences(study, best, facts),
  }
}

/** From as many trials on the best one's lead is to a good part chance. */
const MANY = 5
const LUCK = 'The best of many trials looks better than it is: part of its lead is chance.'

function withoutBest(study: PictureStudy): Answers {
  const bad = study.trials.filter(isMishap)
  const reasons = [...new Set(bad.flatMap(({ error }) => error ?? []))].slice(0, 3)
  return {
    winner: null,
    won: [
      bad.length > 0
        ? `No trial has succeeded: ${formatCount(bad.length)} of ${formatCount(study.trials.length)} diverged or failed.`
        : 'No trial has finished yet.',
    ],
    sure: reasons.map((reason) => `${reason}.`),
    looked: lookedSentences(study),
    next:
      bad.length > 0
        ? [
            `${hasRate(study) && bad.some(({ state }) => state === 'diverged') ? 'Try smaller learning rates, or look' : 'Look'} at one trial: finesweep show NUMBER.`,
          ]
        : [],
  }
}

function hasRate(study: PictureStudy): boolean {
  return searchedNames(study).some((name) => /learning.?rate|^lr$/i.test(name))
}

function wonSentence(study: PictureStudy, best: PictureTrial): string {
  const root = study.stages[0]?.space.parameters ?? {}
  const settings = searchedNames(study)
    .filter((name) => own(best.params, name) !== undefined)
    .map((name) => `${name} ${formatParam(own(best.params, name), own(root, name))}`)
  const epochs = best.epochs === 1 ? '1 epoch' : `${best.epochs} epochs`
  const value = formatMetric(study.metric, best.value)
  return `Trial ${best.number}: ${study.metric} ${value} after ${epochs}${settings.length > 0 ? `, with ${settings.join(', ')}` : ''}.`
}

/** Values of other budgets are not comparable, nor is that of the rung which ended a pruned trial. */
function marginSentences(study: PictureStudy, ranked: readonly PictureTrial[]): string[] {
  const best = ranked[0]!
  const same = ranked.filter(
    (trial) =>
      trial.budget.epochs === best.budget.epochs &&
      (trial.state === 'complete' || trial.epochs === best.epochs),
  )
  const second = same[1]
  if (second === undefined)
    return ['No other trial had the same budget, so there is nothing to compare it with.']
  const words = (value: number): string => formatMetric(study.metric, Math.abs(value))
  const few = same.slice(0, 10)
  const difference = best.value! - second.value!
  return [
    difference === 0
      ? `Trial ${second.number} has the same value.`
      : `Trial ${best.number} is ${words(difference)} better than the second, trial ${second.number}; the best ${few.length} are within ${words(best.value! - few.at(-1)!.value!)}.`,
  ]
}

function testSentences({ test, canEvaluate }: AnswerFacts): string[] {
  if (test !== null) return [`${test}.`]
  return canEvaluate ? ['The test set has not been evaluated.'] : []
}

function lookedSentences(study: PictureStudy): string[] {
  const [first] = study.stages
  const last = study.stages.at(-1)
  if (first === undefined || last === undefined) return []
  return searchedNames(study).flatMap((name): string[] => {
    const [from, to] = [own(first.space.parameters, name), own(last.space.parameters, name)]
    if (from === undefined) return []
    const range = formatDistribution(from)
    if (to === undefined || study.stages.length === 1) return [`${name}: ${range}.`]
    const decided = study.stages
      .flatMap(({ narrowing }) => narrowing?.parameters ?? [])
      .filter((parameter) => parameter.name === name)
    const telling = decided.filter(({ action }) => action !== 'kept').at(-1) ?? decided.at(-1)
    const reason = telling === undefined || telling.reason === '' ? '' : `: ${telling.reason}`
    const after = formatDistribution(to)
    return [after === range ? `${name}: ${range} kept${reason}.` : `${name}: ${range} to ${after}${reason}.`]
  })
}

/** A value within this part of its range from an end lies at the edge. */
const EDGE = 0.05

function nextSentences(study: PictureStudy, best: PictureTrial, facts: AnswerFacts): string[] {
  const sentences: string[] = [...facts.next]
  const stage = study.stages[best.stage]
  const unmoved = withoutInfluence(study)
  for (const [name, range] of Object.entries(stage?.space.parameters ?? {})) {
    // One that made no difference lies somewhere by chance.
    if (unmoved.includes(name)) continue
    const edge = edgeOf(range, own(best.params, name))
    if (edge !== null) {
      sentences.push(
        `The best ${name}, ${formatParam(own(best.params, name), range)}, lies at the ${edge} edge of ${formatDistribution(range)}: search further there.`,
      )
    }
  }
  const curve = study.curves.find(({ trial }) => trial === best.number)
  if (curve !== undefined && stillImproves(study, own(curve.metrics, study.metric) ?? curve.values)) {
    sentences.push(
      `The best trial was still improving in its last epoch: give the last stage more than ${best.budget.epochs} epochs.`,
    )
  }
  if (unmoved.length > 0) {
    sentences.push(
      `${unmoved.join(', ')} made no visible difference: fix ${unmoved.length === 1 ? 'it' : 'them'} to spend trials on the others.`,
    )
  }
  const last = study.trials.filter((trial) => trial.stage === study.stages.length - 1)
  const bad = last.filter(isMishap).length
  if (last.length > 0 && bad / last.length > 0.3) {
    sentences.push(
      `${formatCount(bad)} of ${countOf(last.length, 'trial')} of the last stage diverged or failed: cut the range where they lie.`,
    )
  }
  if (facts.test === null && facts.canEvaluate) {
    sentences.push('Once all choices are made, evaluate the winner on the test set: finesweep evaluate.')
  }
  if (sentences.length === 0) sentences.push('More trials in the last range: finesweep resume with --add 32.')
  return sentences
}

function edgeOf(range: Distribution, value: PictureTrial['params'][string] | undefined): string | null {
  if (value === undefined || !('low' in range) || typeof value !== 'number') return null
  // Where a range ends by nature there is nothing beyond.
  if (range.hard && (value === range.low || value === range.high)) return null
  if (range.kind === 'int' && range.high - range.low < 20) return null
  const u = toUnit(range, value)
  if (u < EDGE) return 'lower'
  return u > 1 - EDGE ? 'upper' : null
}

/** Whether the last of several values is the best by more than a hundredth of their spread. */
function stillImproves(study: PictureStudy, values: readonly (number | null)[]): boolean {
  const known = values.filter((value) => value !== null)
  const last = known.at(-1)
  if (last === undefined || known.length < 3) return false
  const before = known.slice(0, -1)
  const spread = Math.max(...known) - Math.min(...known)
  const gain = study.direction === 'maximize' ? last - Math.max(...before) : Math.min(...before) - last
  return gain > spread * 0.01
}

/** A parameter with a smaller share of the differences, alone and with others, made none that can be seen. */
const VISIBLE = { whole: 0.1, total: 0.2 }

/** Parameters that every narrowing left as they were, and that hardly mattered. */
function withoutInfluence(study: PictureStudy): string[] {
  const decisions = study.stages.flatMap(({ narrowing }) => narrowing?.parameters ?? [])
  const small = (study.importance ?? []).filter(
    ({ whole, total }) => whole < VISIBLE.whole && total < VISIBLE.total,
  )
  return small
    .map(({ name }) => name)
    .filter((name) => {
      const own = decisions.filter((decision) => decision.name === name)
      return own.length > 0 && own.every(({ action }) => action === 'kept')
    })
}
