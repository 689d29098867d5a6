import { exp, log } from '../numerics/elementary.ts'
import type { Params } from '../space/distribution.ts'
import type { ProposalRequest } from './sampler.ts'
import { type Axis, placeOf, snap } from './unit-view.ts'

/** Two points are the same to a stage if they differ by less than this part of its spacing on every axis. */
const SAME = 0.01

/**
 * Whether a point of the unit cube all but repeats one that was tried after the same epochs or is on its way: on every
 * continuous axis it lies within a hundredth of the spacing that the stage's trials would have on a grid, and on every
 * other axis it has the same value.
 */
export function nearVisited(
  request: ProposalRequest,
  axes: readonly Axis[],
): (unit: Float64Array) => boolean {
  const { stages, stage, earlier, history, pending } = request
  const { epochs, trials } = stages[stage]!
  const spacing = exp(-log(Math.max(2, trials)) / Math.max(1, axes.length))
  const repeats = (params: Params, unit: Float64Array): boolean =>
    axes.every((axis, i) => {
      const at = placeOf([axis], params)[0]!
      // A parameter that does not exist at a point that was tried has no say.
      if (Number.isNaN(at)) return true
      return Math.abs(at - snap(axis, unit[i]!)) < (axis.count === Infinity ? SAME * spacing : 1e-9)
    })
  return (unit) =>
    pending.some((params) => repeats(params, unit)) ||
    history.some(({ params }) => repeats(params, unit)) ||
    earlier.some((trial) => stages[trial.stage]?.epochs === epochs && repeats(trial.params, unit))
}
