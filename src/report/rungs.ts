import { bisector } from 'd3-array'
import { LEAST_PEERS } from '../search/rungs.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import { type ReplayedRungs, replayRungs } from '../study/replay-rungs.ts'
import type { RungPeer, RungStanding } from '../study/rung-ledger.ts'
import type { Direction, TrialNumber, TrialRecord } from '../trial.ts'
import { countOf, formatMetric } from './numbers.ts'

/** How many of the trials ahead of one are kept, and how many are named. */
const MOST_AHEAD = 10
const MOST_NAMED = 6

/** What a trial was compared with at a rung, and what came of it. */
export interface RungVerdict {
  readonly trial: TrialNumber
  /** The rung's epoch, and the step after which the trial was compared. */
  readonly epoch: number
  readonly step: number
  readonly value: number
  /** From 1, among the trial itself and those of lower numbers that it was compared with. */
  readonly place: number
  readonly of: number
  /** How many of these go on. */
  readonly goOn: number
  /** What its value had to be better than; null if there were too few to compare with, or none there had a value. */
  readonly threshold: { readonly trial: TrialNumber; readonly value: number } | null
  /** The trials before it, best first, at most ten of them. */
  readonly ahead: readonly TrialNumber[]
  /** `undecided` for one that runs, and for one that ended there otherwise. */
  readonly outcome: 'pruned' | 'went on' | 'undecided'
  /** Whether the stored values say the same; an attempt that was cut off may have measured others. */
  readonly confirmed: boolean
}

/** What became of a stage's trials at one of its rungs. */
export interface RungPassage {
  readonly epoch: number
  /** How many trials were compared there, and how many of them it ended. */
  readonly reached: number
  readonly pruned: number
  /** The trials that it ended, in order of number, as many as were asked for. */
  readonly cuts: readonly RungVerdict[]
  /** Of the stage's best trial; null if it was not compared there. */
  readonly best: RungVerdict | null
}

/**
 * What became of a stage's trials at its rungs, in order of epochs; null for a stage without rungs.
 * @param best the stage's best trial
 * @param most how many cuts of each rung are told
 */
export function readRungPassages(
  reader: StudyReader,
  study: StudyRecord,
  stage: StageRecord,
  best: TrialRecord | null,
  most: number,
): RungPassage[] | null {
  const replayed = replayRungs(reader, study.id, stage, study.direction)
  if (replayed === null) return null
  const compared = replayed.trials.flatMap((_, index) => comparisonsOf(replayed, index))
  return replayed.at.map((epoch) => {
    const here = compared.filter(({ standing }) => standing.at === epoch)
    const verdicts = verdictsInOrder(replayed.peersAt(replayed.trials.length, epoch), here, study.direction)
    const cuts = verdicts.filter(({ outcome }) => outcome === 'pruned')
    return {
      epoch,
      reached: here.length,
      pruned: cuts.length,
      cuts: cuts.slice(0, most),
      best: verdicts.find(({ trial }) => trial === best?.number) ?? null,
    }
  })
}

/** How one trial compared at each rung that it came to; empty if its stage has none. */
export function readRungVerdicts(
  reader: StudyReader,
  study: StudyRecord,
  stage: StageRecord | undefined,
  trial: TrialNumber,
): RungVerdict[] {
  if (stage === undefined) return []
  const replayed = replayRungs(reader, study.id, stage, study.direction, trial)
  if (replayed === null) return []
  const index = replayed.trials.length - 1
  return comparisonsOf(replayed, index).flatMap((each) =>
    verdictsInOrder(replayed.peersAt(index, each.standing.at), [each], study.direction),
  )
}

/** A trial at one of its rungs. */
interface Comparison {
  readonly trial: TrialRecord
  readonly standing: RungStanding
  /** Whether it is the last rung that the trial came to. */
  readonly isLast: boolean
}

function comparisonsOf(replayed: ReplayedRungs, index: number): Comparison[] {
  const trial = replayed.trials[index]!
  const standings = replayed.standings(index)
  return standings.map((standing, k) => ({ trial, standing, isLast: k === standings.length - 1 }))
}

type ValuedPeer = RungPeer & { readonly value: number }

/** Of trials at one rung, in order of number. @param peers all that they were compared with, in order of number */
function verdictsInOrder(
  peers: readonly RungPeer[],
  compared: readonly Comparison[],
  direction: Direction,
): RungVerdict[] {
  const sign = direction === 'minimize' ? 1 : -1
  const byValue = bisector((peer: ValuedPeer) => sign * peer.value)
  const ranked: ValuedPeer[] = []
  let next = 0
  return compared.map((each) => {
    for (; next < peers.length && peers[next]!.number < each.trial.number; next++) {
      const { number, value } = peers[next]!
      // Between equal values the lower number is ahead.
      if (value !== null) ranked.splice(byValue.right(ranked, sign * value), 0, { number, value })
    }
    return verdictOf(each, ranked)
  })
}

/** @param ranked the trials with a value that it was compared with, best first */
function verdictOf({ trial, standing, isLast }: Comparison, ranked: readonly ValuedPeer[]): RungVerdict {
  const { at, own, peers, ahead, allowed, goesOn } = standing
  const atEdge = peers < LEAST_PEERS ? undefined : ranked[allowed - 1]
  const pruned = isLast && trial.state === 'pruned'
  const passed = !isLast || trial.state === 'complete'
  return {
    trial: trial.number,
    epoch: at,
    step: own.step,
    value: own.value,
    place: ahead + 1,
    of: peers + 1,
    goOn: allowed,
    threshold: atEdge === undefined ? null : { trial: atEdge.number, value: atEdge.value },
    ahead: ranked.slice(0, Math.min(ahead, MOST_AHEAD)).map(({ number }) => number),
    outcome: pruned ? 'pruned' : passed || goesOn ? 'went on' : 'undecided',
    confirmed: pruned ? !goesOn : goesOn || !passed,
  }
}

/** What came of the comparison, in words: `pruned: ` and what `comparisonWords` says, with the trials ahead. */
export function verdictWords(verdict: RungVerdict, metric: string): string {
  const { place, ahead, outcome } = verdict
  const named = ahead.slice(0, MOST_NAMED).join(', ') + (place - 1 > MOST_NAMED ? ', …' : '')
  return `${outcome}: ${comparisonWords(verdict, metric)}${ahead.length === 0 ? '' : `; ahead: ${named}`}`
}

/** `0.3951, 11th of 13; the first 5 go on; needed better than 0.4012 (trial 9)`. */
export function comparisonWords(verdict: RungVerdict, metric: string): string {
  const { value, place, of, goOn, threshold, step, epoch, confirmed } = verdict
  const [measured, needed] = toldApart(metric, value, threshold?.value ?? null)
  return [
    `${measured}${step === epoch ? '' : ` at epoch ${step}`}, ${ordinal(place)} of ${of}`,
    ...(of <= LEAST_PEERS
      ? ['too few to compare with']
      : [`the first ${goOn === 1 ? 'goes' : `${goOn} go`} on`]),
    ...(threshold === null ? [] : [`needed to beat ${needed} (trial ${threshold.trial})`]),
    ...(confirmed ? [] : ['the stored values do not explain this: another attempt measured different ones']),
  ].join('; ')
}

/** Two values with as many digits as tell them apart. */
function toldApart(metric: string, a: number, b: number | null): [string, string] {
  const [first, second] = [formatMetric(metric, a), formatMetric(metric, b)]
  if (a === b || b === null || first !== second) return [first, second]
  for (let digits = 5; digits < 17; digits++) {
    if (a.toPrecision(digits) !== b.toPrecision(digits)) return [a.toPrecision(digits), b.toPrecision(digits)]
  }
  return [String(a), String(b)]
}

function ordinal(place: number): string {
  const tail = place % 100 > 10 && place % 100 < 20 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th')
  return `${place}${tail}`
}

/** A rung of a stage in a sentence or two. */
export function passageSentence({ epoch, reached, pruned, best }: RungPassage): string {
  const compared = `Rung at epoch ${epoch}: ${countOf(reached, 'trial')} compared, ${pruned} pruned.`
  return best === null
    ? compared
    : `${compared} The best one, trial ${best.trial}, was ${ordinal(best.place)} of ${best.of}.`
}
