import { expect, expectTypeOf, test } from 'vitest'
import {
  type CategoricalDistribution,
  choice,
  defineObjective,
  type FixedDistribution,
  type FloatDistribution,
  float,
  type IntDistribution,
  int,
  type Objective,
  type Params,
  type Study,
  study,
  when,
} from '../../src/index.ts'

const rest = { direction: 'minimize', stages: [{ trials: 4, epochs: 1 }] } as const

const declared = defineObjective(
  { lr: float(1e-5, 1, { log: true }), kind: choice(['a', 'b']), depth: when({ kind: 'a' }, int(1, 4)) },
  ({ params }) => params.lr + (params.depth ?? 0),
)

test('params have the types of the space that an objective declares', async () => {
  const tuning = study({ ...rest, objective: declared })
  const { best } = await tuning.run({
    onTrial: ({ params }) => expectTypeOf(params.kind).toEqualTypeOf<'a' | 'b'>(),
  })
  expectTypeOf(best!.params.lr).toEqualTypeOf<number>()
  expectTypeOf(best!.params.depth).toEqualTypeOf<number | undefined>()
  // @ts-expect-error: there is no such parameter
  void best!.params.reg
  expect(['a', 'b']).toContain(best!.params.kind)
})

/** The params of what a study gives. */
type ParamsOfStudy<T> = T extends Study<infer P> ? P : never

test('a space in the settings goes before that of an objective', () => {
  const space = { lr: float(0, 1), kind: choice(['b']), depth: int(1, 2) }
  const tuning = study({ ...rest, space, objective: declared })
  type Given = ParamsOfStudy<typeof tuning>
  expectTypeOf<Given['kind']>().toEqualTypeOf<'b'>()
  expectTypeOf<Given['depth']>().toEqualTypeOf<number>()
})

test('a function has the params of the space, whatever it says of them', () => {
  const space = { x: float(0, 1), n: int(1, 4) }
  const first = study({ ...rest, objective: ({ params, seed }) => params.x + params.n + seed, space })
  expectTypeOf<ParamsOfStudy<typeof first>['n']>().toEqualTypeOf<number>()
  const some = study({ ...rest, space, objective: ({ params }: { params: { x: number } }) => params.x })
  expectTypeOf<ParamsOfStudy<typeof some>['n']>().toEqualTypeOf<number>()
  // @ts-expect-error: the space has no y
  study({ ...rest, space, objective: ({ params }: { params: { y: number } }) => params.y })
})

test('params are of any type where nothing in code says what they are', () => {
  const elsewhere = () => study({ ...rest, objective: './module.ts' })
  expectTypeOf<ReturnType<typeof elsewhere>>().toEqualTypeOf<Study<Params>>()
  const own: Objective = { space: null, *run() {} }
  const named = study({ ...rest, space: { x: float(0, 1) }, objective: own })
  expectTypeOf<ParamsOfStudy<typeof named>['x']>().toEqualTypeOf<number>()
  expectTypeOf(declared).toExtend<Objective>()
})

test('the types of a space can be named', () => {
  expectTypeOf(float(0, 1)).toExtend<FloatDistribution | FixedDistribution>()
  expectTypeOf(int(0, 1)).toExtend<IntDistribution | FixedDistribution>()
  expectTypeOf(choice(['a'])).toExtend<CategoricalDistribution>()
})
