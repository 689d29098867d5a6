import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { normalFromUniform } from '../../src/random/normal.ts'
import { type ExpectationRequest, expectWinner } from '../../src/search/expected-value.ts'
import { fitSearchProcess } from '../../src/search/gaussian-process.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { standardScores } from '../../src/search/standard-scores.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'

const space = searchSpace({ x: float(0, 1) })
const stages = [stage({ epochs: 1 }), stage({ epochs: 3 })]

/** Of a parabola with noise, the best first: number n has the n-th lowest value. */
function ranked(count: number, noise: number, seed = 0): PastTrial[] {
  const draws = fastGenerator(['expected value', count, seed])
  return Array.from({ length: count }, () => {
    const x = draws.next()
    return { x, value: (x - 0.6) ** 2 + noise * normalFromUniform(draws.next()) }
  })
    .sort((a, b) => a.value - b.value)
    .map(({ x, value }, number) => pastTrial(number, { x }, value))
}

function asked(trials: readonly PastTrial[], changes: Partial<ExpectationRequest> = {}): ExpectationRequest {
  const others = trials.map(({ number }) => number)
  return { space, stages, trials, direction: 'minimize', best: 0, others, ...changes }
}

/** What the process says of each of the trials `judged`, in units of the values; it learns from `seen`, whose median is at `half`. */
function plainly(seen: readonly PastTrial[], scores: Float64Array, judged: number, half = seen.length >> 1) {
  const place = ({ params }: PastTrial) => Float64Array.of(params.x as number)
  const { process, noisy } = fitSearchProcess({
    places: seen.map(place),
    values: scores,
    groups: Float64Array.from(seen, (trial) => stages[trial.stage]!.epochs),
    isChoice: [false],
  })
  // Scores are a line over values for the better half.
  const unit = (seen[1]!.value! - seen[0]!.value!) / (scores[1]! - scores[0]!)
  const at = seen.slice(0, judged).map((trial, i) => {
    const { mean, deviation } = process.predict(place(trial), stages[seen[0]!.stage]!.epochs)
    return { residual: scores[i]! - mean, mean, deviation }
  })
  // For the others the logarithm of the distance from the best, in units of the median's.
  const beyond = (mean: number): number =>
    mean <= scores[half]! ? 1 : Math.exp((mean - scores[half]!) / (scores[half]! - scores[0]!))
  const value = (mean: number): number =>
    seen[0]!.value! +
    (mean <= scores[half]!
      ? unit * (mean - scores[0]!)
      : (seen[half]!.value! - seen[0]!.value!) * beyond(mean))
  const better = at.slice(0, Math.ceil(judged / 2))
  // A residual has lost as much freedom as the process is certain of its place.
  const freedom = better.reduce((sum, { deviation }) => {
    return sum + Math.max(0, 1 - deviation ** 2 / process.noise ** 2)
  }, 0)
  const squares = better.reduce((sum, { residual }) => sum + residual ** 2, 0)
  return {
    at,
    value,
    beyond,
    unit,
    freedom,
    byResiduals: Math.sqrt(squares / freedom),
    likeliest: process.noise,
    noisy,
  }
}

/** The 97.5 % quantiles of Student's distribution, by degrees of freedom. */
const STUDENT = [
  [3, 3.182],
  [8, 2.306],
  [10, 2.228],
  [12, 2.179],
  [15, 2.131],
  [20, 2.086],
  [30, 2.042],
  [60, 2],
  [120, 1.98],
] as const

function studentAt(freedom: number): number {
  const i = STUDENT.findIndex(([degrees]) => degrees >= freedom)
  const [[low, from], [high, to]] = [STUDENT[i - 1]!, STUDENT[i]!]
  return from + ((to - from) * (1 / freedom - 1 / low)) / (1 / high - 1 / low)
}

describe('what a trial is worth', () => {
  it('is what it measured where nothing is noisy, in the better half and far beyond it', () => {
    // Each point three times, as replicates have it: the process is certain there.
    const trials = [0.02, 0.1, 0.3, 1, 8, 90].flatMap((value, i) =>
      [0, 1, 2].map((again) => pastTrial(3 * i + again, { x: i / 5 }, value)),
    )
    for (const { trial, value, margin } of expectWinner(asked(trials))!.others.map((other) => other!)) {
      const measured = trials[trial]!.value!
      expect(Math.abs(value - measured), `trial ${trial}: ${value}, measured ${measured}`).toBeLessThan(
        Math.max(margin, 0.01 * measured),
      )
      expect(margin).toBeLessThan(0.1 * Math.max(measured, 0.3))
    }
  })

  it('is the mean of the process, with the interval of a new training', () => {
    for (const count of [30, 41, 128]) {
      const trials = ranked(count, 0.1)
      const found = expectWinner(asked(trials))!
      const plain = plainly(trials, standardScores(trials, 'minimize'), count)
      const noise = Math.max(plain.likeliest, plain.byResiduals)
      expect(plain.freedom).toBeGreaterThan(8)
      expect(found.noise).toBeCloseTo(plain.unit * noise, 9)
      for (const [i, { mean, deviation }] of plain.at.entries()) {
        expect(found.others[i]!.trial).toBe(i)
        expect(found.others[i]!.value).toBeCloseTo(plain.value(mean), 9)
        const deviations =
          found.others[i]!.margin / (plain.unit * plain.beyond(mean) * Math.hypot(deviation, noise))
        expect(Math.abs(deviations - studentAt(plain.freedom))).toBeLessThan(0.02)
      }
      expect(found.best).toEqual(found.others[0])
    }
  })

  it('has three degrees of freedom at least, and below them the noise of the process alone', () => {
    let few = 0
    for (let seed = 0; seed < 12; seed++) {
      const trials = ranked(12, 0.02, seed)
      const found = expectWinner(asked(trials))!
      const { at, unit, freedom, likeliest } = plainly(trials, standardScores(trials, 'minimize'), 12)
      if (freedom >= 3) continue
      few++
      expect(found.noise).toBeCloseTo(unit * likeliest, 9)
      const spread = unit * Math.hypot(at[0]!.deviation, likeliest)
      // Student's quantile is approximate here: 3.18.
      expect(found.best.margin / spread).toBeCloseTo(1.96 + 2.4 / 3 + 2.8 / 9, 9)
    }
    expect(few).toBeGreaterThan(3)
  })

  it('is judged by 128 trials: the better 64, and an even part of the others', () => {
    const trials = ranked(192, 0.1)
    const kept = Array.from({ length: 128 }, (_, i) => (i < 64 ? i : 64 + 2 * (i - 64)))
    const scores = standardScores(trials, 'minimize')
    const found = expectWinner(asked(trials))!
    const plain = plainly(
      kept.map((i) => trials[i]!),
      Float64Array.from(kept, (i) => scores[i]!),
      128,
      kept.indexOf(96),
    )
    expect(found.trials).toBe(192)
    for (const i of [0, 63, 100, 127]) {
      expect(found.others[kept[i]!]!.value).toBeCloseTo(plain.value(plain.at[i]!.mean), 9)
    }
  })

  it('is known for any of more trials than these, the best one too', () => {
    const found = expectWinner(asked(ranked(192, 0.1)))!
    const again = expectWinner(asked(ranked(192, 0.1), { best: 65 }))!
    expect(again.best).toEqual({ ...found.others[65]!, trial: 65 })
    expect(found.others.map((other) => other!.trial)).toEqual(Array.from({ length: 192 }, (_, i) => i))
    expect(expectWinner(asked(ranked(20, 0.1), { others: [20, 3] }))!.others[0]).toBeNull()
  })

  it('is that by 128 of 129 trials: the worst one has no say', () => {
    const trials = ranked(129, 0.1)
    const plain = plainly(trials.slice(0, 128), standardScores(trials, 'minimize').slice(0, 128), 128)
    const found = expectWinner(asked(trials))!
    expect(found.others[5]!.value).toBeCloseTo(plain.value(plain.at[5]!.mean), 9)
  })

  it('is judged by trials of other epochs as far as these are fewer than 128', () => {
    const now = ranked(88, 0.1).map((trial) => ({ ...trial, stage: 1 }))
    const before = ranked(80, 0.1).map((trial) => ({ ...trial, number: trial.number + 88 }))
    const kept = Array.from({ length: 40 }, (_, i) => (i < 20 ? i : 20 + 3 * (i - 20)))
    const scores = standardScores(before, 'minimize')
    const plain = plainly(
      [...now, ...kept.map((i) => before[i]!)],
      Float64Array.of(...standardScores(now, 'minimize'), ...kept.map((i) => scores[i]!)),
      88,
    )
    const found = expectWinner(asked([...now, ...before]))!
    expect(found.trials).toBe(88)
    expect(found.others[7]!.value).toBeCloseTo(plain.value(plain.at[7]!.mean), 9)
    expect(found.others[88]).toBeNull()
  })

  it('is counted from the worst trial where half of them are as good as the best', () => {
    const trials = ranked(20, 0.1).map((trial) => ({ ...trial, value: trial.number < 12 ? 3 : 4 }))
    const found = expectWinner(asked(trials))!
    expect(found.best.value).toBeGreaterThan(2.7)
    expect(found.best.value).toBeLessThan(3.8)
    const mean = found.others.reduce((sum, other) => sum + other!.value, 0) / 20
    expect(mean).toBeCloseTo(3.4, 1)
  })
})

describe('the trial to choose', () => {
  const studies = Array.from({ length: 60 }, (_, seed) => {
    const trials = ranked(16, 0.1, seed)
    const found = expectWinner(asked(trials))!
    const { noisy } = plainly(trials, standardScores(trials, 'minimize'), 16)
    const values = found.others.map((other) => other!.value)
    const rival = lowest(values.slice(0, 3))
    return { ...found, noisy, values, rival, gain: (values[0]! - values[rival]!) / found.noise }
  })

  function lowest(values: readonly number[]): number {
    return values.indexOf(Math.min(...values))
  }

  it('is where values are noisy the likeliest of the best three, if it gains a tenth of the noise', () => {
    for (const { chosen, best, noisy, rival, gain } of studies) {
      expect(chosen.trial).toBe(noisy && gain > 0.1 ? rival : 0)
      expect(best.trial).toBe(0)
    }
    const gains = studies.filter(({ noisy }) => noisy).map(({ gain }) => gain)
    expect(gains.some((gain) => gain > 0.05 && gain < 0.1)).toBe(true)
    expect(gains.some((gain) => gain > 0.1 && gain < 0.2)).toBe(true)
  })

  it('may be another one than the likeliest of all', () => {
    for (const { likeliest, values } of studies) expect(likeliest.trial).toBe(lowest(values))
    expect(studies.filter(({ likeliest, chosen }) => likeliest.trial > 2 && chosen.trial <= 2)).not.toEqual(
      [],
    )
  })

  it('is complete: one that was ended early has no network', () => {
    const seed = studies.findIndex(({ chosen }) => chosen.trial !== 0)
    const pruned = ranked(16, 0.1, seed).map((trial) => ({ ...trial, state: 'pruned' as const }))
    expect(expectWinner(asked(pruned))!.chosen.trial).toBe(0)
  })
})

describe('noise', () => {
  it('is worth a word above a fiftieth of the deviation of the scores', () => {
    const shares = [0.001, 0.0013, 0.0016, 0.002, 0.01].map((noise) => {
      const trials = ranked(40, noise)
      const scores = standardScores(trials, 'minimize')
      const unit = (trials[1]!.value! - trials[0]!.value!) / (scores[1]! - scores[0]!)
      const found = expectWinner(asked(trials))!
      expect(found.hasNoise).toBe(found.noise / unit > 0.02)
      return found.noise / unit
    })
    expect(shares.some((share) => share > 0.01 && share < 0.02)).toBe(true)
    expect(shares.some((share) => share > 0.02 && share < 0.04)).toBe(true)
  })
})
