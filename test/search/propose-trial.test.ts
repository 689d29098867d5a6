import { describe, expect, it } from 'vitest'
import {
  isAdaptive,
  isRootTrial,
  proposeTrial,
  takenBefore,
  visibleCount,
} from '../../src/search/propose-trial.ts'
import { randomSampler } from '../../src/search/random-sampler.ts'
import type { ProposalRequest } from '../../src/search/sampler.ts'
import { SAMPLER_NAMES } from '../../src/search/stage-plan.ts'
import { choice, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { contains } from '../../src/space/unit-scale.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'

const root = searchSpace({ learningRate: float(1e-6, 10, { log: true }), kind: choice(['a', 'b']) })
const box = { ...root, parameters: { ...root.parameters, learningRate: float(1e-3, 1e-2, { log: true }) } }

function asked(changes: Partial<ProposalRequest>): ProposalRequest {
  return {
    seed: 42,
    stages: [stage()],
    stage: 0,
    index: 0,
    space: root,
    root,
    direction: 'minimize',
    earlier: [],
    history: [],
    pending: [],
    taken: new Set(),
    ...changes,
  }
}

describe('proposing a trial', () => {
  it('lets trial n see 0 .. n - lag', () => {
    expect([0, 1, 7, 8, 9, 20].map((index) => visibleCount(index, 8))).toEqual([0, 0, 0, 1, 2, 13])
    expect([0, 1, 2].map((index) => visibleCount(index, 1))).toEqual([0, 1, 2])
  })

  it('waits for results where the sampler learns from them, but never to repeat points', () => {
    const adaptive = SAMPLER_NAMES.filter((sampler) => isAdaptive(stage({ sampler })))
    expect(adaptive).toEqual(['tpe', 'gp'])
    expect(isAdaptive(stage({ sampler: 'gp', replicate: { top: 2, seeds: 2 } }))).toBe(false)
    const mine = { ...randomSampler, name: 'mine', adaptive: true }
    expect(isAdaptive(stage({ sampler: 'mine' }), new Map([['mine', mine]]))).toBe(true)
  })

  it('spreads the draws of the whole range evenly, the first of them after as many others', () => {
    const roots = (share: number) =>
      Array.from({ length: 12 }, (_, index) => index).filter((index) => isRootTrial(index, share))
    expect(roots(0.25)).toEqual([3, 7, 11])
    expect(roots(0.4)).toEqual([2, 4, 7, 9])
    expect(roots(0)).toEqual([])
  })

  it('draws from the whole range in later stages alone, in place of what the sampler would propose', () => {
    const stages = [stage({ rootShare: 0.5 }), stage({ rootShare: 0.5, sampler: 'grid', trials: 8 })]
    const earlier: never[] = []
    const first = asked({ stages, index: 1, space: box, earlier })
    expect(contains(box.parameters.learningRate, proposeTrial(first).params.learningRate!)).toBe(true)
    const second = asked({ stages, stage: 1, index: 1, space: box })
    expect(proposeTrial(second).params).toEqual(randomSampler.propose({ ...second, space: root }))
    expect(proposeTrial({ ...second, index: 0 }).params).toEqual({ learningRate: 1e-3, kind: 'a' })
  })

  it('takes promotions after the points to start with, and starts these from scratch', () => {
    const earlier = [pastTrial(0, { learningRate: 1, kind: 'a' }, 1)]
    const startWith = [{ learningRate: 2, kind: 'b' }]
    const stages = [stage(), stage({ warmStart: true, startWith, trials: 4, rootShare: 0.5 })]
    const at = (index: number) => proposeTrial(asked({ stages, stage: 1, index, earlier, space: box }))
    expect(at(0)).toEqual({ params: startWith[0], continues: null })
    expect(at(1)).toEqual({ params: earlier[0]!.params, continues: 0 })
    expect(at(2).continues).toBeNull()
  })

  it('refuses a point to start with that no others go with', () => {
    const ruled = { ...root, constraints: ['learningRate < 1'] }
    const stages = [stage({ startWith: [{ learningRate: 2, kind: 'a' }] })]
    expect(() => proposeTrial(asked({ stages, root: ruled, space: ruled }))).toThrow(
      'require: no random point satisfied "learningRate < 1"',
    )
  })

  it('tries the points to start with first, the rest of them drawn', () => {
    const stages = [stage({ startWith: [{ learningRate: 0.1, kind: 'b' }, { learningRate: 0.2 }] })]
    expect(proposeTrial(asked({ stages })).params).toEqual({ learningRate: 0.1, kind: 'b' })
    const second = proposeTrial(asked({ stages, index: 1 })).params
    expect(second.learningRate).toBe(0.2)
    expect(['a', 'b']).toContain(second.kind)
    expect(proposeTrial(asked({ stages, index: 2 })).params).toEqual(
      expect.objectContaining({ learningRate: expect.any(Number), kind: expect.any(String) }),
    )
  })

  it('draws the parents of a parameter to start with among the values with which it exists, and theirs', () => {
    const space = searchSpace(
      {
        kind: choice(['plain', 'fast', 'x', 'y']),
        steps: when({ kind: ['fast', 'x'] }, int(1, 9)),
        beta: when({ kind: 'fast' }, float(0, 1)),
        decay: when({ steps: [2, 3, 5] }, float(0, 1)),
        rate: float(0, 1),
      },
      { require: ['kind != "x" or steps > 3', 'rate < 0.5'] },
    )
    const drawn = (startWith: Params, seed: number) =>
      proposeTrial(asked({ seed, stages: [stage({ startWith: [startWith] })], root: space, space })).params
    for (let seed = 0; seed < 20; seed++) {
      expect(drawn({ beta: 0.9 }, seed)).toMatchObject({ kind: 'fast', beta: 0.9 })
      expect(drawn({ beta: 0.9, decay: 0.1 }, seed)).toMatchObject({ kind: 'fast', beta: 0.9, decay: 0.1 })
      expect(drawn({ beta: 0.9, steps: 2 }, seed)).toMatchObject({ kind: 'fast', beta: 0.9, steps: 2 })
      const { kind, steps, rate } = drawn({ decay: 0.1 }, seed)
      expect(kind === 'x' ? [5] : [2, 3, 5]).toContain(steps)
      expect(rate).toBeLessThan(0.5)
    }
    const kinds = Array.from({ length: 20 }, (_, seed) => drawn({ decay: 0.1 }, seed).kind)
    expect(new Set(kinds)).toEqual(new Set(['fast', 'x']))
  })

  it('refuses a point to start with of parameters that do not exist together', () => {
    const space = searchSpace({
      kind: choice(['a', 'b']),
      one: when({ kind: 'a' }, float(0, 1)),
      other: when({ kind: 'b' }, float(0, 1)),
    })
    const stages = [stage({ startWith: [{ one: 0.1, other: 0.2 }] })]
    expect(() => proposeTrial(asked({ stages, root: space, space }))).toThrow(
      'startWith: no value of kind is compatible with all parameters of the point {"one":0.1,"other":0.2}',
    )
  })

  it('samples the whole root range with the share it is given, the box with the rest', () => {
    const stages = [stage(), stage({ rootShare: 0.25, trials: 40 })]
    const inside = Array.from({ length: 40 }, (_, index) => {
      const { params } = proposeTrial(asked({ stages, stage: 1, index, space: box }))
      return contains(box.parameters.learningRate, params.learningRate!)
    })
    const roots = inside.map((_, index) => isRootTrial(index, 0.25))
    expect(roots.filter(Boolean)).toHaveLength(10)
    for (const [index, isInside] of inside.entries()) if (!roots[index]) expect(isInside).toBe(true)
    expect(inside.filter((isInside) => !isInside).length).toBeGreaterThan(4)
  })

  it('continues the best trials of the stage before on a warm start, best first', () => {
    const earlier = [3, 1, Number.NaN, 2].map((value, number) =>
      pastTrial(number, { learningRate: number + 1, kind: 'a' }, value),
    )
    const stages = [stage({ trials: 4 }), stage({ warmStart: true, trials: 4, epochs: 5 })]
    const proposals = [0, 1, 2, 3].map((index) =>
      proposeTrial(asked({ stages, stage: 1, index, earlier, space: box })),
    )
    expect(proposals.map(({ continues }) => continues)).toEqual([1, 3, 0, null])
    expect(proposals[0]!.params).toEqual({ learningRate: 2, kind: 'a' })
  })

  it('does not try a point again after the same epochs, but does after others', () => {
    const two = searchSpace({ kind: choice(['a', 'b']) })
    const earlier = [pastTrial(0, { kind: 'a' }, 1)]
    const again = (epochs: number): Set<unknown> =>
      new Set(
        Array.from({ length: 20 }, (_, seed) => {
          const stages = [stage(), stage({ epochs })]
          const taken = takenBefore(stages, 1, earlier)
          return proposeTrial(asked({ seed, stages, stage: 1, root: two, space: two, earlier, taken })).params
            .kind
        }),
      )
    expect(again(1)).toEqual(new Set(['b']))
    expect(again(5)).toEqual(new Set(['a', 'b']))
  })

  it('gives what it gave: the first trials of every sampler, pinned for seed 42', () => {
    const space = searchSpace({
      learningRate: float(1e-6, 10, { log: true }),
      dropout: float(0, 0.95),
      kind: choice(['a', 'b', 'c']),
    })
    const first = Object.fromEntries(
      SAMPLER_NAMES.map((sampler) => {
        const points: Params[] = []
        for (let index = 0; index < 16; index++) {
          const history = points
            .slice(0, visibleCount(index, 4))
            .map((params, number) =>
              pastTrial(number, params, (params.dropout as number) + (params.kind === 'a' ? 0 : 1)),
            )
          const pending = points.slice(history.length)
          const stages = [stage({ sampler, trials: 16 })]
          points.push(proposeTrial(asked({ stages, index, root: space, space, history, pending })).params)
        }
        return [sampler, [points[0], points[15]]]
      }),
    )
    expect(first).toMatchInlineSnapshot(`
      {
        "gp": [
          {
            "dropout": 0.15228081099921836,
            "kind": "a",
            "learningRate": 0.00001335418183670535,
          },
          {
            "dropout": 0,
            "kind": "a",
            "learningRate": 0.26702106661922403,
          },
        ],
        "grid": [
          {
            "dropout": 0,
            "kind": "a",
            "learningRate": 0.000001,
          },
          {
            "dropout": 0.7716242758736453,
            "kind": "a",
            "learningRate": 0.00009958004805769383,
          },
        ],
        "random": [
          {
            "dropout": 0.6705078273099846,
            "kind": "b",
            "learningRate": 0.06343155148739284,
          },
          {
            "dropout": 0.44249060625619635,
            "kind": "b",
            "learningRate": 0.00003481871582062114,
          },
        ],
        "sobol": [
          {
            "dropout": 0.15228081099921836,
            "kind": "a",
            "learningRate": 0.00001335418183670535,
          },
          {
            "dropout": 0.21647460734238846,
            "kind": "b",
            "learningRate": 1.445775839607247,
          },
        ],
        "tpe": [
          {
            "dropout": 0.15228081099921836,
            "kind": "a",
            "learningRate": 0.00001335418183670535,
          },
          {
            "dropout": 0.42579305644442195,
            "kind": "a",
            "learningRate": 0.000001960428868235726,
          },
        ],
      }
    `)
  })
})
