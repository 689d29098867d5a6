import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { expectWinner } from '../../src/search/expected-value.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'
import { judgedStudy } from './noisy-studies.ts'

const space = searchSpace({ x: float(0, 1) })

/** A parabola measured with noise, at even places; low is good. */
function request(count: number, noise: number, scale = 1, direction: 'minimize' | 'maximize' = 'minimize') {
  const draws = fastGenerator(['expected value', count, noise])
  const sign = direction === 'minimize' ? 1 : -1
  const trials = Array.from({ length: count }, (_, i) => {
    const x = (i + 0.5) / count
    return pastTrial(i, { x }, sign * scale * ((x - 0.6) ** 2 + noise * (draws.next() - 0.5) * Math.sqrt(12)))
  })
  const best = trials.reduce((a, b) => (sign * b.value! < sign * a.value! ? b : a)).number
  return { space, trials, stages: [stage()], direction, best }
}

describe('what the winner is worth', () => {
  it('is nearer to the truth than the luckiest value, in noisy studies', () => {
    const names = ['additive', 'interacting', 'ruled']
    const judged = names.map((name) => judgedStudy(name, 3, 0.1))
    const mean = (of: (study: (typeof judged)[number]) => number) =>
      judged.reduce((sum, study) => sum + of(study), 0) / judged.length / 0.1
    expect(mean(({ winner, measured }) => winner - measured)).toBeGreaterThan(1.2)
    expect(Math.abs(mean(({ winner, expectation }) => winner - expectation.best.value))).toBeLessThan(0.35)
    for (const { winner, expectation } of judged) {
      expect(Math.abs(winner - expectation.best.value)).toBeLessThan(expectation.best.margin)
      expect(expectation.hasNoise).toBe(true)
      expect(expectation.noise).toBeGreaterThan(0.06)
      expect(expectation.noise).toBeLessThan(0.15)
    }
  })

  it('is not said of values whose difference is no number', () => {
    const given = request(24, 0.05)
    const spread = (value: number) => 1e308 * Math.max(-1.7, Math.min(1.7, 50 * (value - 0.05)))
    const trials = given.trials.map((trial) => ({ ...trial, value: spread(trial.value!) }))
    expect(expectWinner({ ...given, trials })).toBeNull()
  })

  it('has an interval for a new training: 1.96 deviations of noise and some doubt', () => {
    const { best, noise, trials } = expectWinner(request(96, 0.05))!
    expect(trials).toBe(96)
    expect(noise).toBeGreaterThan(0.04)
    expect(noise).toBeLessThan(0.065)
    expect(best.margin / noise).toBeGreaterThan(1.96)
    expect(best.margin / noise).toBeLessThan(2.6)
    expect(Math.abs(best.value)).toBeLessThan(0.04)
  })

  it('is the value itself where nothing is noisy', () => {
    const given = request(40, 0)
    const found = expectWinner(given)!
    expect(found.hasNoise).toBe(false)
    expect(found.likeliest).toEqual(found.best)
    expect(found.best.value).toBeCloseTo(given.trials[found.best.trial]!.value!, 3)
  })

  it('does not choose a lucky trial far from the others that are good', () => {
    const given = request(48, 0.02)
    const trials = given.trials.map((trial) => (trial.number === 2 ? { ...trial, value: -0.05 } : trial))
    const { best, likeliest } = expectWinner({ ...given, trials, best: 2 })!
    expect(best.value).toBeGreaterThan(0.05)
    expect(Math.abs((trials[likeliest.trial]!.params.x as number) - 0.6)).toBeLessThan(0.15)
  })

  it('does not depend on units, direction, or the order of the trials', () => {
    const plain = expectWinner(request(60, 0.05))!
    const scaled = expectWinner(request(60, 0.05, 1000, 'maximize'))!
    expect(scaled.best.value).toBeCloseTo(-1000 * plain.best.value, 6)
    expect(scaled.best.margin).toBeCloseTo(1000 * plain.best.margin, 6)
    const given = request(60, 0.05)
    const trials = shuffle([...given.trials], fastGenerator(['order']))
    expect(expectWinner({ ...given, trials })).toEqual(plain)
  })

  it('judges a trial among those of its own epochs', () => {
    const given = request(48, 0.02)
    const shallow = given.trials.map((trial) => ({
      ...trial,
      number: trial.number + 48,
      value: trial.value! - 10,
    }))
    const deep = given.trials.map((trial) => ({ ...trial, stage: 1 }))
    const found = expectWinner({
      ...given,
      trials: [...deep, ...shallow],
      stages: [stage(), stage({ epochs: 9 })],
    })!
    expect(found.trials).toBe(48)
    expect(found.best.value).toBeGreaterThan(-0.1)
    expect(found.likeliest.trial).toBeLessThan(48)
  })

  it('is nothing below twelve trials with a value, or where all values are equal', () => {
    expect(expectWinner(request(11, 0.1))).toBeNull()
    expect(expectWinner(request(12, 0.1))).not.toBeNull()
    const given = request(20, 0.1)
    expect(
      expectWinner({ ...given, trials: given.trials.map((trial) => ({ ...trial, value: 1 })) }),
    ).toBeNull()
  })
})
