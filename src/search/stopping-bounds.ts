import type { Distribution } from '../space/distribution.ts'
import { effectProfiles, isFlat, lowestPlace } from './effect-profile.ts'
import { evidence } from './evidence.ts'
import { eliteOf, type NarrowRequest, viewOf } from './narrow.ts'
import { type AxisView, LEAST_ELITE } from './narrow-axis.ts'
import type { NarrowRemark } from './narrow-decision.ts'
import { edgeNear, edgeOf, stoppingBound } from './narrow-edge.ts'
import { placedTrials } from './narrow-range.ts'
import { rankTrials } from './rank.ts'

/** A declared bound that the best trials crowd at. */
export type StoppedAt = Extract<NarrowRemark, { readonly code: 'hard-bound' }>

/**
 * The hard bounds that `narrow` would remark on, by parameter. Chance is tested only where the effect is lowest at such a
 * bound: the tests are what takes time.
 */
export function stoppingBounds(request: NarrowRequest): Map<string, StoppedAt> {
  const { space, direction, plan } = request
  const ranked = rankTrials(request.trials, direction)
  const { size, nothing } = eliteOf(ranked, plan.keep, direction)
  const found = new Map<string, StoppedAt>()
  if (nothing !== null) return found
  const profiles = effectProfiles(space, ranked, size, direction)
  for (const [name, before] of Object.entries(space.parameters)) {
    const profile = profiles.get(name)
    if (profile === undefined || isFlat(profile)) continue
    const remark = stoppedAt(before, lowestPlace(profile), viewOf(request, name, ranked, size))
    if (remark !== null) found.set(name, remark)
  }
  return found
}

function stoppedAt(before: Distribution, lowest: number, view: AxisView): StoppedAt | null {
  const near = edgeNear(before, lowest)
  const placed = placedTrials(view, before)
  const elite = placed.filter(({ isElite }) => isElite)
  if (near === null || elite.length < LEAST_ELITE) return null
  const [remark] = stoppingBound(view, before, elite[0]!, near)
  if (remark?.code !== 'hard-bound') return null
  const found = evidence(
    placed.map(({ place }) => place),
    placed.map(({ isElite }) => isElite),
    view.streamName,
  )
  return edgeOf(before, placed, lowest, found) === null ? null : remark
}
