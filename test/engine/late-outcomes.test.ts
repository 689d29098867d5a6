import { expect, test } from 'vitest'
import { LateOutcomes } from '../../src/engine/late-outcomes.ts'

const one = { trial: 3, attempt: 1, hash: 'aa', worker: 'rack-1', host: 'north' }
const other = { ...one, worker: 'rack-2', host: 'south' }

function compare(work: (late: LateOutcomes) => void): string[] {
  const said: string[] = []
  work(new LateOutcomes((sentence) => said.push(sentence)))
  return said
}

test('an outcome that comes twice with the same bits is not mentioned', () => {
  const said = compare((late) => {
    late.counts(one)
    late.cameLate(other)
  })
  expect(said).toEqual([])
})

test.for([
  ['after', false],
  ['before', true],
] as const)('other bits that come %s those that count name both workers', ([, isFirst]) => {
  const said = compare((late) => {
    if (isFirst) late.cameLate({ ...other, hash: 'bb' })
    late.counts(one)
    if (!isFirst) late.cameLate({ ...other, hash: 'bb' })
  })
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('Trial 3 gave different results on rack-2 (south) and rack-1 (north)')
})

test('attempts are compared with themselves alone', () => {
  const said = compare((late) => {
    late.cameLate({ ...other, hash: 'bb' })
    late.counts({ ...one, attempt: 2 })
  })
  expect(said).toEqual([])
})
