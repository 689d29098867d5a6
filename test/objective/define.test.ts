import { expect, expectTypeOf, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { defineObjective } from '../../src/objective/define.ts'
import { choice, fixed, float, int, when } from '../../src/space/constructors.ts'

const space = {
  lr: float(1e-5, 1, { log: true }),
  width: int(16, 256),
  optimizer: choice(['sgd', 'adam']),
  beta: when({ optimizer: 'adam' }, float(0.8, 0.99)),
  layers: fixed(3),
}

test('the types of params follow from the space', () => {
  defineObjective(space, function* ({ params, budget, seed }) {
    expectTypeOf(params.lr).toEqualTypeOf<number>()
    expectTypeOf(params.width).toEqualTypeOf<number>()
    expectTypeOf(params.optimizer).toEqualTypeOf<'sgd' | 'adam'>()
    expectTypeOf(params.beta).toEqualTypeOf<number | undefined>()
    expectTypeOf(params.layers).toEqualTypeOf<3>()
    expectTypeOf(budget.epochs).toEqualTypeOf<number>()
    expectTypeOf(seed).toEqualTypeOf<number>()
    // @ts-expect-error: there is no such parameter.
    params.dropout
    yield { step: 1, value: params.lr }
  })
})

test('a generator may be asynchronous, leave metrics out, and return an artifact or nothing', () => {
  defineObjective({ lr: float(0, 1) }, async function* ({ params }) {
    yield { step: 1, value: params.lr, metrics: { loss: 1 } }
    return { artifact: new Uint8Array(1) }
  })
  // @ts-expect-error: a measurement has a step.
  defineObjective({ lr: float(0, 1) }, function* ({ params }) {
    yield { value: params.lr }
  })
})

test('an objective brings its space along, with the rules between parameters', () => {
  const objective = defineObjective(space, function* () {}, { require: 'lr <= width' })
  expect(Object.keys(objective.space!.parameters)).toEqual(['lr', 'width', 'optimizer', 'beta', 'layers'])
  expect(objective.space!.conditions).toEqual({ beta: { optimizer: 'adam' } })
  expect(objective.space!.constraints).toEqual(['lr <= width'])
  expect(Object.isFrozen(objective)).toBe(true)
})

test('an unsound space and a missing function are refused', () => {
  const when2 = { beta: when({ optimiser: 'adam' }, float(0, 1)) }
  expect(() => defineObjective(when2, function* () {})).toThrow(UserError)
  expect(() => defineObjective({ lr: float(0, 1) }, undefined as never)).toThrow(/must be a function/)
})
