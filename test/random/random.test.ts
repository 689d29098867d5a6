import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { normalFromUniform, normalQuantile } from '../../src/random/normal.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { seedFrom, stream } from '../../src/random/stream.ts'

test('the same name gives the same stream, another name another one', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.string())), (name) => {
      const first = stream(name)
      const again = stream(name)
      const other = stream([...name, 'other'])
      const draws = Array.from({ length: 5 }, () => first.next())
      expect(Array.from({ length: 5 }, () => again.next())).toEqual(draws)
      expect(Array.from({ length: 5 }, () => other.next())).not.toEqual(draws)
    }),
  )
})

test('what seed 42 draws is pinned: a release can not change it silently', () => {
  const drawn = stream([42, 'stage', 0, 'trial', 0])
  expect([drawn.next(), drawn.next(), drawn.next()]).toMatchInlineSnapshot(`
    [
      0.5248475665981384,
      0.6806505120117147,
      0.6896869990788301,
    ]
  `)
  const generator = fastGenerator([42, 'order'])
  expect([generator.nextUint32(), generator.nextUint32(), generator.below(10)]).toMatchInlineSnapshot(`
    [
      3630791007,
      3107933148,
      5,
    ]
  `)
  expect(seedFrom([42, 'trial', 0])).toMatchInlineSnapshot(`232220689409088`)
})

test('neighbouring streams are not correlated', () => {
  const n = 2000
  for (const make of [stream, fastGenerator]) {
    const firstDraws = Array.from({ length: n }, (_, i) => make([42, i]).next())
    let lagged = 0
    for (let i = 1; i < n; i++) lagged += (firstDraws[i]! - 0.5) * (firstDraws[i - 1]! - 0.5)
    // 12 · mean has a standard deviation of 1 / √n.
    expect(Math.abs((12 * lagged) / n)).toBeLessThan(4 / Math.sqrt(n))
  }
})

test('uniform draws fill their range evenly (chi-square over 20 bins)', () => {
  const generator = fastGenerator(['uniform'])
  const bins = new Array<number>(20).fill(0)
  for (let i = 0; i < 20_000; i++) bins[Math.floor(generator.next() * 20)]! += 1
  const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
  expect(chiSquare).toBeLessThan(43.8) // 99.9 % of 19 degrees of freedom
})

test('below(bound) is unbiased and stays below', () => {
  const generator = fastGenerator(['below'])
  const counts = [0, 0, 0]
  for (let i = 0; i < 30_000; i++) counts[generator.below(3)]! += 1
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400)
})

test('normal draws have the moments and tails of the standard normal', () => {
  const generator = fastGenerator(['normal'])
  const n = 100_000
  let sum = 0
  let squares = 0
  let beyondTwo = 0
  for (let i = 0; i < n; i++) {
    const z = normalFromUniform(generator.next())
    sum += z
    squares += z * z
    if (Math.abs(z) > 2) beyondTwo++
  }
  expect(Math.abs(sum / n)).toBeLessThan(0.015)
  expect(Math.abs(squares / n - 1)).toBeLessThan(0.02)
  expect(Math.abs(beyondTwo / n - 0.0455)).toBeLessThan(0.004)
})

test('the normal quantile has its published values', () => {
  // Wichura 1988, the check values of PPND16.
  expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 15)
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167814, 14)
  expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798408, 13)
  expect(normalFromUniform(0)).toBeLessThan(-8)
})

test('a shuffle is a permutation, and each place is as likely for each item', () => {
  const generator = fastGenerator(['shuffle'])
  const places = [0, 0, 0, 0]
  for (let round = 0; round < 8000; round++) {
    const order = shuffle(Uint32Array.of(0, 1, 2, 3), generator)
    expect([...order].sort()).toEqual([0, 1, 2, 3])
    places[order.indexOf(0)]! += 1
  }
  for (const count of places) expect(Math.abs(count - 2000)).toBeLessThan(200)
})
