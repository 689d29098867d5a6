import { describe, expect, it } from 'vitest'
import type { AxisView } from '../../src/search/narrow-axis.ts'
import { narrowRange, placedTrials } from '../../src/search/narrow-range.ts'
import { choice, float, int } from '../../src/space/constructors.ts'
import type { Distribution } from '../../src/space/distribution.ts'
import { pastTrial } from '../../src/testing/requests.ts'

const unit = float(0, 1)

/** Trials at these places of x, best first; NaN for one without the parameter. */
function view(places: readonly number[], eliteSize: number, changes: Partial<AxisView> = {}): AxisView {
  const ranked = places.map((x, number) => pastTrial(number, Number.isNaN(x) ? { y: 1 } : { x }, number))
  return {
    ...{ name: 'x', root: unit, ranked, eliteSize, margin: 0.2, direction: 'minimize', early: null },
    streamName: [42],
    ...changes,
  }
}

/** Forty even places, those of `best` first. */
function evenly(best: readonly number[]): number[] {
  const others = Array.from({ length: 40 }, (_, i) => i).filter((i) => !best.includes(i))
  return [...best, ...others].map((i) => (i + 0.5) / 40)
}
const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i)

/** An effect that is 0 between these places of 21, and 1 elsewhere. */
const lowBetween = (first: number, last: number) =>
  Float64Array.from({ length: 21 }, (_, i) => (i >= first && i <= last ? 0 : 1))
const bounds = (distribution: Distribution) => {
  const { low, high } = distribution as { low: number; high: number }
  return [low, high]
}

describe('narrowing a range', () => {
  it('keeps the box of the best, widened by its margin and a trial on each side', () => {
    const result = narrowRange(view(evenly(from(14, 8)), 8), unit, lowBetween(9, 10))
    // The best lie from 14.5 / 40 to 21.5 / 40; a fifth of that and 1 / 40 are added, 0.295 before rounding.
    expect(result).toMatchObject({
      action: 'narrowed',
      reason: { code: 'concentrated', share: expect.closeTo(0.296, 9), best: 14.5 / 40 },
      remarks: [],
    })
    expect(bounds(result.after)).toEqual([0.302, 0.598])
    expect(result.before).toBe(unit)
    const bare = narrowRange(view(evenly(from(14, 8)), 8, { margin: 0 }), unit, lowBetween(9, 10))
    expect(bounds(bare.after)).toEqual([0.337, 0.563])
  })

  it('keeps all places where the effect is hardly above its lowest', () => {
    const result = narrowRange(view(evenly(from(14, 8)), 8), unit, lowBetween(6, 12))
    // From 0.3 to 0.6, and 0.06 + 1 / 40 on each side.
    expect(bounds(result.after)).toEqual([0.215, 0.685])
  })

  it('cuts an end where chance would hardly leave out so many trials, and no other', () => {
    // None of 12 among the 8 best of 40: C(28, 8) / C(40, 8) = 0.0404; none of 11: 0.0557.
    const cut = (first: number, lowest: number) => {
      const result = narrowRange(view(evenly(from(first, 8)), 8), unit, lowBetween(lowest, lowest))
      expect(result).toMatchObject({ action: 'narrowed', reason: { code: 'concentrated' } })
      return bounds(result.after)
    }
    expect(cut(12, 8)).toEqual([0.252, 0.548])
    expect(cut(11, 8)).toEqual([0, 0.523])
    expect(cut(20, 12)).toEqual([0.452, 0.748])
    expect(cut(21, 12)).toEqual([0.477, 1])
  })

  it('is left alone without a trend, without an effect, or where neither end can be cut', () => {
    const spread = [2, 7, 12, 17, 22, 27, 32, 37]
    const code = (best: readonly number[], profile: Float64Array) => {
      const result = narrowRange(view(evenly(best), 8), unit, profile)
      expect(result).toMatchObject({ action: 'kept', after: unit })
      return result.reason.code
    }
    expect(code(spread, lowBetween(9, 10))).toBe('no-trend')
    expect(code(from(14, 8), new Float64Array(21))).toBe('flat')
    expect(code(spread, new Float64Array(21))).toBe('no-trend')
    const slight = Float64Array.from({ length: 21 }, (_, i) => Math.abs(i - 10) / 50)
    expect(code(from(14, 8), slight)).toBe('ends-untested')
  })

  it('is left alone where fewer than three of the best have the parameter', () => {
    const few = (missing: number) => {
      const places = evenly(from(14, 8)).map((x, i) => (i < missing ? Number.NaN : x))
      return narrowRange(view(places, 8), unit, lowBetween(9, 10)).reason
    }
    expect(few(6)).toEqual({ code: 'too-few-elite', elite: 2 })
    expect(few(8)).toEqual({ code: 'too-few-elite', elite: 0 })
    expect(few(5).code).not.toBe('too-few-elite')
  })

  it('reaches out to the best trials that lie outside, and names the farthest', () => {
    const soft = float(10, 11, { soft: true })
    const at = (best: readonly number[]) => [...best, ...evenly([]).map((place) => 10 + place)]
    const result = (best: readonly number[]) =>
      narrowRange(view(at(best), best.length, { root: soft }), soft, lowBetween(9, 11))
    const above = result([10.5, 11.25, 11.75, 11.3, 11.4, 10.9, 10.95, 10.85])
    expect(above).toMatchObject({ action: 'extended', reason: { code: 'elite-outside', outermost: 11.75 } })
    expect(above.after).toMatchObject({ high: 11.75 })
    const below = result([10.5, 9.75, 9.25, 9.7, 9.6, 10.1, 10.05, 10.15])
    expect(below).toMatchObject({ action: 'extended', reason: { code: 'elite-outside', outermost: 9.25 } })
    expect(below.after).toMatchObject({ low: 9.25 })
  })
})

describe('going past an edge', () => {
  const soft = float(10, 11, { soft: true })
  const at = (best: readonly number[]) => evenly(best).map((place) => 10 + place)
  const past = (places: readonly number[], profile: Float64Array) =>
    narrowRange(view(places, 8, { root: soft }), soft, profile)

  it('moves the range if the far end is cut, and else extends it', () => {
    const down = past(at(from(0, 8)), lowBetween(0, 1))
    expect(down).toMatchObject({
      action: 'moved',
      reason: { code: 'past-edge', edge: 'lower', best: 10.0125, bestAtEdge: true },
    })
    expect(bounds(down.after)).toEqual([9.5, 10.25])
    const up = past(at([39, 38, 37, 36, 35, 34, 33, 32]), lowBetween(19, 20))
    expect(up).toMatchObject({ action: 'moved', reason: { edge: 'upper', best: 10.9875, bestAtEdge: true } })
    expect(bounds(up.after)).toEqual([10.75, 11.5])
    const wide = past(at([0, 1, 2, 3, 4, 5, 6, 39]), lowBetween(0, 1))
    expect(wide).toMatchObject({ action: 'extended', reason: { edge: 'lower' } })
    expect(bounds(wide.after)).toEqual([9.5, 11])
    const both = past(at([39, 38, 37, 36, 35, 34, 33, 0]), lowBetween(19, 20))
    expect(both).toMatchObject({ action: 'extended', reason: { edge: 'upper' } })
    expect(bounds(both.after)).toEqual([10, 11.5])
  })

  it('says which hard bound stops it, where a soft one would have been passed', () => {
    const hard = float(10, 11, { hard: true })
    const result = narrowRange(view(at(from(0, 8)), 8, { root: hard }), hard, lowBetween(0, 1))
    expect(result).toMatchObject({ action: 'narrowed', reason: { code: 'concentrated', best: 10.0125 } })
    expect(bounds(result.after)).toEqual([10, 10.25])
    expect(result.remarks).toEqual([{ code: 'hard-bound', edge: 'lower', bound: 10, bestAtEdge: true }])
  })

  it('goes as far as the best trials lie, if these are farther out', () => {
    const out = past([...at(from(0, 7)).slice(0, 7), 9.25, ...at(from(0, 7)).slice(7)], lowBetween(0, 1))
    expect(out.after).toMatchObject({ low: 9.25 })
    const best = [39, 38, 37, 36, 35, 34, 33]
    const up = past([...at(best).slice(0, 7), 11.75, ...at(best).slice(7)], lowBetween(19, 20))
    expect(up.after).toMatchObject({ high: 11.75 })
  })

  it('takes an effect: a flat one has no lowest end', () => {
    expect(past(at(from(0, 8)), new Float64Array(21))).toMatchObject({
      action: 'kept',
      reason: { code: 'flat' },
    })
  })
})

describe('narrowing a range of few values', () => {
  /** Trials that have each value as often as told, the best first. */
  const having = (best: Record<number, number>, others: Record<number, number>) =>
    [best, others].flatMap((counts) =>
      Object.entries(counts).flatMap(([x, count]) => Array.from({ length: count }, () => Number(x))),
    )

  it('says the share of the values that are left, not of the box before these are found', () => {
    const stepped = int(0, 10, { step: 4 })
    const low = narrowRange(
      view(having({ 0: 8 }, { 4: 12, 8: 20 }), 8, { root: stepped }),
      stepped,
      lowBetween(0, 2),
    )
    expect(low).toMatchObject({ action: 'narrowed', after: { low: 0, high: 4 }, reason: { share: 2 / 3 } })
    const sizes = choice([8, 16, 32, 64, 128], { ordered: true })
    const places = having({ 8: 4, 16: 4 }, { 8: 4, 16: 4, 32: 8, 64: 8, 128: 8 })
    const listed = narrowRange(view(places, 8, { root: sizes }), sizes, lowBetween(2, 8))
    expect(listed).toMatchObject({ after: { choices: [8, 16, 32] }, reason: { share: 3 / 5 } })
    const layers = int(1, 3, { log: true })
    const log = narrowRange(
      view(having({ 1: 8 }, { 2: 12, 3: 20 }), 8, { root: layers }),
      layers,
      lowBetween(0, 2),
    )
    expect(log).toMatchObject({
      after: { low: 1, high: 2 },
      reason: { share: expect.closeTo(Math.log(2.5 / 0.5) / Math.log(3.5 / 0.5), 9) },
    })
  })

  it('is none where only a part of a step would go', () => {
    const stepped = int(0, 10, { step: 4 })
    const places = having({ 0: 4, 4: 4 }, { 4: 12, 8: 20 })
    const result = narrowRange(view(places, 8, { root: stepped }), stepped, lowBetween(3, 13))
    expect(result).toMatchObject({ action: 'kept', after: stepped, reason: { code: 'ends-untested' } })
  })

  it('moves it only if values go at the far end', () => {
    const soft = int(1, 4, { soft: true })
    const past = (from: number) =>
      narrowRange(
        view(having({ 4: 8 }, { 1: 20, 2: 6, 3: 6 }), 8, { root: soft }),
        soft,
        lowBetween(from, 20).map((score, i) => score + (20 - i) / 100),
      )
    expect(past(5)).toMatchObject({ action: 'extended', after: { low: 1, high: 6 } })
    expect(past(9)).toMatchObject({ action: 'moved', after: { low: 2, high: 6 } })
  })
})

describe('what is said beside', () => {
  it('is the side that is spared because the best move towards it, if it would have been cut', () => {
    const places = evenly(from(14, 8))
    const drifting = (earlyBest: readonly number[], best = places) => {
      const isEarly = (x: number) => earlyBest.some((i) => (i + 0.5) / 40 === x)
      const values = new Map(best.map((x, number) => [number, isEarly(x) ? 0 : 1] as const))
      return narrowRange(view(best, 8, { early: { epoch: 1, epochs: 3, values } }), unit, lowBetween(9, 10))
    }
    const mean = (indices: readonly number[]) =>
      (indices.reduce((sum, i) => sum + i, 0) / indices.length + 0.5) / 40
    const low = drifting(from(30, 8))
    expect(bounds(low.after)).toEqual([0, 0.598])
    expect(low.remarks).toEqual([
      {
        ...{ code: 'drift', side: 'lower', fromEpoch: 1, toEpoch: 3 },
        moved: expect.closeTo(mean(from(30, 8)) - mean(from(14, 8)), 9),
      },
    ])
    const high = drifting(from(0, 8))
    expect(bounds(high.after)).toEqual([0.302, 1])
    expect(high.remarks).toMatchObject([{ code: 'drift', side: 'upper' }])
    // The low end is not cut anyway.
    const uncut = drifting(from(30, 8), evenly(from(10, 8)))
    expect(uncut.remarks).toEqual([])
    expect(bounds(uncut.after)).toEqual([0, 0.573])
    const highUncut = drifting(from(0, 8), evenly(from(22, 8)))
    expect(highUncut.remarks).toEqual([])
  })

  it('is where trials diverge, if that is on one side by more than chance', () => {
    const said = (
      diverges: readonly number[],
      range: Distribution = unit,
      valueAt = (x: number): unknown => x,
    ) => {
      const base = view(evenly(from(14, 8)), 8)
      const ranked = [...base.ranked.slice(0, 8), ...base.ranked.slice(8).toReversed()].map((trial) => {
        const x = trial.params.x as number
        const diverged = diverges.includes(Math.round(x * 40 - 0.5))
        const params = { x: valueAt(x) as number }
        return { ...trial, params, ...(diverged ? { state: 'diverged' as const, value: null } : {}) }
      })
      return narrowRange({ ...base, ranked }, range, lowBetween(9, 10)).remarks
    }
    expect(said([39])).toEqual([])
    expect(said([0])).toEqual([])
    expect(said([38, 39])).toEqual([{ code: 'diverged-side', count: 2, side: 'above', from: 38.5 / 40 }])
    expect(said([1, 0])).toEqual([{ code: 'diverged-side', count: 2, side: 'below', from: 1.5 / 40 }])
    // None of 30 trials among 2 of 40: C(10, 2) / C(40, 2) = 0.0577; of 31, 0.0462.
    expect(said([30, 39])).toEqual([])
    expect(said([31, 39])).toEqual([{ code: 'diverged-side', count: 2, side: 'above', from: 31.5 / 40 }])
    expect(said([0, 9])).toEqual([])
    expect(said([0, 8])).toEqual([{ code: 'diverged-side', count: 2, side: 'below', from: 8.5 / 40 }])
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN'.split('')
    expect(said([38, 39], choice(letters, { ordered: true }), (x) => letters[Math.floor(x * 40)])).toEqual([])
  })
})

describe('the trials on an axis', () => {
  it('are those that have the parameter at a place of it, the best marked by their rank among all', () => {
    const ranked = [{ x: 2 }, { y: 1 }, { x: 'none' }, { x: 4 }, { x: 9 }].map((params, number) =>
      pastTrial(number, params as { x: number }, number),
    )
    const placed = placedTrials(view([], 4, { ranked }), int(1, 4))
    expect(placed.map(({ trial, isElite, place }) => [trial.number, isElite, place])).toEqual([
      [0, true, 0.375],
      [3, true, 0.875],
      [4, false, 2.125],
    ])
  })
})
