import type { Observations } from './gp-kernel.ts'
import { byFidelity } from './informative.ts'
import type { PastTrial, ProposalRequest } from './sampler.ts'
import { standardScores } from './standard-scores.ts'
import { type Axis, placeOf } from './unit-view.ts'

/** Of more trials than this, those after the same epochs come first, and of these the best and an even spread. */
const MOST_OBSERVATIONS = 128

/** What the process learns from: places, scores by group, most of them of the best. */
export function observe(
  { direction, stages, stage }: Pick<ProposalRequest, 'direction' | 'stages' | 'stage'>,
  axes: readonly Axis[],
  trials: readonly PastTrial[],
): Observations {
  const scored: { trial: PastTrial; score: number; group: number }[] = []
  for (const [group, members] of byFidelity(trials, stages)) {
    const scores = standardScores(members, direction)
    for (const [i, trial] of members.entries()) scored.push({ trial, score: scores[i]!, group })
  }
  const own = stages[stage]!.epochs
  const alike = thinned(
    scored.filter(({ group }) => group === own),
    MOST_OBSERVATIONS,
  )
  const others = thinned(
    scored.filter(({ group }) => group !== own),
    MOST_OBSERVATIONS - alike.length,
  )
  const chosen = [...alike, ...others]
  return {
    places: chosen.map(({ trial }) => placeOf(axes, trial.params)),
    values: Float64Array.from(chosen, ({ score }) => score),
    groups: Float64Array.from(chosen, ({ group }) => group),
    isChoice: axes.map(({ kind }) => kind === 'choice'),
  }
}

/** At most this many of the scored: the best half, and an even spread of the others. */
function thinned<T extends { readonly score: number }>(scored: readonly T[], most: number): readonly T[] {
  if (scored.length <= most) return scored
  const half = most >> 1
  const rank = (i: number): number =>
    i < half ? i : half + Math.floor(((i - half) * (scored.length - half)) / (most - half))
  // Numbers are sorted natively; the trials themselves, of which there may be very many, are only looked up.
  const sorted = Float64Array.from(scored, ({ score }) => score).sort()
  const wanted = new Map<number, number>()
  for (let i = 0; i < most; i++) {
    const score = sorted[rank(i)]!
    wanted.set(score, (wanted.get(score) ?? 0) + 1)
  }
  const chosen = scored.filter(({ score }) => {
    const left = wanted.get(score) ?? 0
    if (left > 0) wanted.set(score, left - 1)
    return left > 0
  })
  return chosen.toSorted((a, b) => a.score - b.score)
}
