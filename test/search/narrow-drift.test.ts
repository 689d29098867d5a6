import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { narrow } from '../../src/search/narrow.ts'
import type { AxisView } from '../../src/search/narrow-axis.ts'
import { driftOf, earlyEpoch } from '../../src/search/narrow-drift.ts'
import { choice, float, searchSpace } from '../../src/space/constructors.ts'
import type { ParamValue } from '../../src/space/distribution.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'

/** Accuracies of networks after 2, 6, 18 and 50 epochs, on three tasks. */
const CURVES = JSON.parse(
  readFileSync(new URL('../fixtures/learning-curves.json', import.meta.url), 'utf8'),
) as {
  readonly epochs: readonly number[]
  readonly axes: Readonly<Record<string, readonly number[]>>
  readonly tasks: Readonly<Record<string, readonly (readonly [string, ...number[]])[]>>
}

const SPACE = searchSpace(
  Object.fromEntries(
    Object.entries(CURVES.axes).map(([name, values]) => [name, choice([...values], { ordered: true })]),
  ),
)

describe('the drift of the best', () => {
  /** Trials at these places, best first at the end, with their values early on; null for none. */
  function drift(
    places: readonly (number | null)[],
    early: readonly (number | null)[],
    changes: Partial<AxisView> = {},
  ) {
    const sign = changes.direction === 'maximize' ? -1 : 1
    const ranked = places.map((x, number) => pastTrial(number, x === null ? {} : { x }, sign * number))
    const values = new Map(
      early.flatMap((value, number) => (value === null ? [] : [[number, value] as const])),
    )
    const view = {
      name: 'x',
      ranked,
      eliteSize: 2,
      direction: 'minimize',
      early: { epoch: 3, epochs: 9, values },
    }
    return driftOf({ ...view, ...changes } as AxisView, float(0, 1))
  }

  it('is since a third of the epochs, if there is such an epoch', () => {
    expect([1, 2, 3, 5, 9, 50].map(earlyEpoch)).toEqual([null, 1, 1, 2, 3, 17])
  })

  it('is from the mean place of the best early on to that of the best at the end', () => {
    expect(drift([0.2, 0.3, 0.6, 0.9], [3, 2, 1, 0])).toEqual({
      ...{ side: 'lower', fromEpoch: 3, toEpoch: 9 },
      moved: expect.closeTo(0.5, 12),
    })
    expect(drift([0.9, 0.6, 0.3, 0.2], [3, 2, 1, 0])).toMatchObject({
      side: 'upper',
      moved: expect.closeTo(0.5, 12),
    })
    expect(drift([0.2, 0.3, 0.6, 0.9], [0, 1, 2, 3], { direction: 'maximize' })?.side).toBe('lower')
    expect(drift([0.2, 0.3, 0.6, 0.9], [3, 2, 1, 0], { direction: 'maximize' })).toBeNull()
  })

  it('is none up to a twentieth of the range, or without early values', () => {
    expect(drift([0.05, 0], [1, 0], { eliteSize: 1 })).toBeNull()
    expect(drift([0, 0.05], [1, 0], { eliteSize: 1 })).toBeNull()
    expect(drift([0.0501, 0], [1, 0], { eliteSize: 1 })).toMatchObject({ side: 'upper' })
    expect(drift([0.9, 0.1], [1, 0], { early: null })).toBeNull()
  })

  it('compares trials that have both values, and the parameter, within the range', () => {
    // Without the last trial the same two are the best at both times.
    expect(drift([0.2, 0.3, 0.9], [1, 2, 0])).toMatchObject({ moved: expect.closeTo(0.3, 12) })
    expect(drift([0.2, 0.3, 0.9], [1, 2, null])).toBeNull()
    expect(drift([null, 0.1, 0.5, null], [3, 2, 1, 0])).toMatchObject({
      side: 'lower',
      moved: expect.closeTo(0.4, 12),
    })
    expect(drift([null, null, 0.5, 0.6], [3, 2, 1, 0])).toBeNull()
    expect(drift([-5, 7, 0.25, 0.5], [3, 2, 1, 0])).toMatchObject({
      side: 'upper',
      moved: expect.closeTo(0.125, 12),
    })
  })

  it('leaves out trials without a value', () => {
    const ranked = [0.2, 0.3, 0.9].map((x, number) => ({
      ...pastTrial(number, { x }, number),
      ...(number === 2 ? { value: null } : {}),
    }))
    expect(drift([], [1, 2, 0], { ranked })).toBeNull()
  })
})

describe('narrowing by few epochs of real trainings', () => {
  it.each(Object.keys(CURVES.tasks).flatMap((task) => [0, 1].map((early) => [task, early] as const)))(
    'keeps the deep networks, which few epochs make look bad: task %s, from %i',
    (task, early) => {
      let kept = 0
      const seeds = 10
      for (let seed = 0; seed < seeds; seed++) {
        const chosen = shuffle([...CURVES.tasks[task]!], fastGenerator(['curves', task, seed])).slice(0, 64)
        const trials = chosen.map(([place, ...values], number) => {
          const params = Object.entries(CURVES.axes).map(([name, all], axis): [string, ParamValue] => [
            name,
            all[Number(place[axis])]!,
          ])
          return {
            ...pastTrial(number, Object.fromEntries(params), values[early + 1]!),
            early: values[early]!,
          }
        })
        const { space } = narrow({
          space: SPACE,
          root: SPACE,
          trials,
          early: {
            epoch: CURVES.epochs[early]!,
            epochs: CURVES.epochs[early + 1]!,
            values: new Map(trials.map((trial) => [trial.number, trial.early])),
          },
          direction: 'maximize',
          plan: stage(),
          streamName: [seed, 'narrow', 1],
        })
        const layers = space.parameters.layers
        if (layers?.kind === 'categorical' && layers.choices.includes(5)) kept++
      }
      expect(kept).toBeGreaterThanOrEqual(0.95 * seeds)
    },
  )
})
