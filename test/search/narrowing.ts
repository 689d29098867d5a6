import { fastGenerator } from '../../src/random/fast-generator.ts'
import { narrow } from '../../src/search/narrow.ts'
import type { ParameterDecision } from '../../src/search/narrow-decision.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { sampleUniform } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'

/** Uniform trials of a space; a value of NaN diverges. */
export function trialsOf(
  space: SearchSpace,
  count: number,
  seed: number,
  value: (params: Params) => number,
): PastTrial[] {
  const draws = fastGenerator(['narrow test', seed])
  return Array.from({ length: count }, (_, number) => {
    const params = sampleUniform(space, draws)
    return pastTrial(number, params, value(params))
  })
}

export function narrowed(
  space: SearchSpace,
  trials: readonly PastTrial[],
  direction: 'minimize' | 'maximize' = 'minimize',
) {
  return narrow({
    space,
    root: space,
    trials,
    direction,
    plan: stage({ rootShare: 0.1 }),
    streamName: [42, 'narrow', 1],
  })
}

export const away = (value: unknown, optimum: number): number =>
  Math.abs(Math.log10(value as number) - optimum)

export const space = searchSpace({
  learningRate: float(1e-6, 10, { log: true, soft: true }),
  reg: float(1e-5, 1e5, { log: true, soft: true }),
  dropout: float(0, 0.95),
})

export function decision(result: ReturnType<typeof narrow>, name: string): ParameterDecision {
  return result.decision.parameters.find((parameter) => parameter.name === name)!
}
