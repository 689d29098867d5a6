import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { narrow } from '../../src/search/narrow.ts'
import { choice, searchSpace } from '../../src/space/constructors.ts'
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
