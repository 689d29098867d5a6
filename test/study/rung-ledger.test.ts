import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lagsByRung } from '../../src/search/rungs.ts'
import type { EndedTrial } from '../../src/study/ended-trial.ts'
import { RungLedger, type StageRungs } from '../../src/study/rung-ledger.ts'
import type { Direction, TrialSpec } from '../../src/trial.ts'

const RUNGS = { at: [1, 3], reduce: 2 }
const ONE_RUNG = { at: [2], reduce: 3 }
const EPOCHS = 6
const LAG = 2
const FIRST = 40
const COUNT = 8

type End = 'complete' | 'pruned' | 'diverged' | 'failed'

/** What one trial did so far: what it measured, by step, and how it ended. */
interface Past {
  readonly measured: { readonly step: number; readonly value: number }[]
  end: End | null
}

function specOf(index: number): TrialSpec {
  const number = FIRST + index
  return { number, stage: 1, params: { x: index }, seed: index, budget: { epochs: EPOCHS }, continues: null }
}

function endedAs(index: number, { measured, end }: Past): EndedTrial {
  const last = measured.at(-1)
  const value = end === 'complete' || end === 'pruned' ? (last?.value ?? null) : null
  return { ...specOf(index), state: end!, value, tie: null, epochs: last?.step ?? 0 }
}

/** The rules of a ledger as its comments have them, worked out anew for each question. */
class PlainLedger {
  readonly #pasts: readonly Past[]
  readonly #direction: Direction
  readonly #rungs: StageRungs

  constructor(pasts: readonly Past[], direction: Direction, rungs: StageRungs) {
    this.#pasts = pasts
    this.#direction = direction
    this.#rungs = rungs
  }

  #reached(index: number, rung: number): { readonly step: number; readonly value: number } | undefined {
    return this.#pasts[index]!.measured.find(({ step }) => step >= this.#rungs.at[rung]!)
  }

  /** Whether the first `count` trials have come to a rung, or ended; the level after the last rung is the end. */
  #haveAllCome(count: number, level: number): boolean {
    return this.#pasts
      .slice(0, Math.max(0, count))
      .every(
        ({ end }, m) =>
          end !== null || (level < this.#rungs.at.length && this.#reached(m, level) !== undefined),
      )
  }

  peersAt(index: number, rung: number): { number: number; value: number | null }[] {
    return this.#pasts.slice(0, index).flatMap((past, m) => {
      const number = FIRST + m
      const there = this.#reached(m, rung)
      if (there !== undefined) return [{ number, value: there.value }]
      if (past.end === 'complete') return [{ number, value: endedAs(m, past).value }]
      return past.end === 'diverged' ? [{ number, value: null }] : []
    })
  }

  goesOn(index: number, step: number): boolean | null {
    const rung = this.#rungs.at.filter((at) => at <= step).length - 1
    if (rung < 0) return true
    if (!this.#haveAllCome(index, rung)) return null
    const own = this.#reached(index, rung)!.value
    const peers = this.peersAt(index, rung)
    const ahead = peers.filter(
      ({ value }) => value !== null && (this.#direction === 'minimize' ? value <= own : value >= own),
    ).length
    return peers.length < 2 || ahead < Math.ceil((peers.length + 1) / this.#rungs.reduce)
  }

  mayBegin(index: number, lags: readonly number[]): boolean {
    return lags.every((lag, level) => this.#haveAllCome(index - lag + 1, level))
  }

  /** State, value and epochs of each trial that the one of that index sees. */
  seenBy(index: number, lags: readonly number[]): (readonly [number, string, number | null, number])[] {
    return this.#pasts.flatMap((past, m) => {
      const level = lags.filter((lag) => m <= index - lag).length - 1
      if (level < 0) return []
      const there = level < this.#rungs.at.length ? this.#reached(m, level) : undefined
      if (there !== undefined) return [[FIRST + m, 'pruned', there.value, there.step] as const]
      const { number, state, value, epochs } = endedAs(m, past)
      return [[number, state, value, epochs] as const]
    })
  }
}

const event = fc.record({
  trial: fc.nat(COUNT - 1),
  /** How many steps on it measures; or how it ends. */
  does: fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 3 }), weight: 4 },
    fc.constantFrom<End>('complete', 'pruned', 'diverged', 'failed'),
  ),
  value: fc.integer({ min: 0, max: 4 }),
})

describe('the ledger of a stage with rungs', () => {
  it.each([
    ['minimize', RUNGS],
    ['maximize', RUNGS],
    ['maximize', ONE_RUNG],
  ] as const)(
    'answers as its rules do, worked out anew from all that happened (%s, %j)',
    (direction, rungs) => {
      const lags = lagsByRung(rungs.at, EPOCHS, rungs.reduce, LAG)
      fc.assert(
        fc.property(fc.array(event, { maxLength: 60 }), (events) => {
          const pasts = Array.from({ length: COUNT }, (): Past => ({ measured: [], end: null }))
          const plain = new PlainLedger(pasts, direction, rungs)
          const ledger = new RungLedger(rungs, EPOCHS, LAG, direction)
          for (let index = 0; index < COUNT; index++) ledger.add(specOf(index))
          for (const { trial, does, value } of events) {
            const past = pasts[trial]!
            if (past.end !== null) continue
            if (typeof does === 'string') {
              past.end = does
              ledger.finish(trial, endedAs(trial, past))
            } else {
              const step = (past.measured.at(-1)?.step ?? 0) + does
              if (step > EPOCHS) continue
              past.measured.push({ step, value })
              ledger.measured(trial, { step, value })
            }
            const ended = pasts.findIndex(({ end }) => end === null)
            expect(ledger.finished).toBe(ended === -1 ? COUNT : ended)
            for (const [index, { measured }] of pasts.entries()) {
              expect(ledger.hasEnded(index)).toBe(pasts[index]!.end !== null)
              const last = measured.at(-1)?.step ?? 0
              expect(ledger.goesOn(index, last)).toBe(plain.goesOn(index, last))
              expect(ledger.mayBegin(index)).toBe(plain.mayBegin(index, lags))
              for (const [rung, at] of rungs.at.entries()) {
                expect(ledger.peersAt(index, at)).toEqual(plain.peersAt(index, rung))
              }
              if (!ledger.mayBegin(index)) continue
              const seen = ledger.seenBy(index)
              expect(seen.map(({ number, state, value, epochs }) => [number, state, value, epochs])).toEqual(
                plain.seenBy(index, lags),
              )
            }
          }
        }),
        { numRuns: 40 },
      )
    },
  )

  function ledgerOf(...trials: readonly (readonly [number, number][])[]): RungLedger {
    const ledger = new RungLedger(RUNGS, EPOCHS, null, 'minimize')
    for (const [index, measured] of trials.entries()) {
      ledger.add(specOf(index))
      for (const [step, value] of measured) ledger.measured(index, { step, value })
    }
    return ledger
  }

  it('tells how a trial compared at each rung, as soon as all lower numbers have come as far', () => {
    const ledger = ledgerOf(
      [
        [1, 5],
        [3, 1],
      ],
      [[1, 4]],
      [
        [1, 4],
        [3, 2],
      ],
    )
    expect(ledger.standings(0)).toEqual([
      { at: 1, own: { step: 1, value: 5 }, peers: 0, ahead: 0, allowed: 1, goesOn: true },
      { at: 3, own: { step: 3, value: 1 }, peers: 0, ahead: 0, allowed: 1, goesOn: true },
    ])
    const atFirst = { at: 1, own: { step: 1, value: 4 }, peers: 2, ahead: 1, allowed: 2, goesOn: true }
    expect(ledger.standings(2)).toEqual([atFirst])
    ledger.finish(1, endedAs(1, { measured: [{ step: 1, value: 4 }], end: 'failed' }))
    const atSecond = { at: 3, own: { step: 3, value: 2 }, peers: 1, ahead: 1, allowed: 1, goesOn: true }
    expect(ledger.standings(2)).toEqual([atFirst, atSecond])
  })

  it('compares a step past several rungs at the last of them, and one at the end at none', () => {
    expect(
      ledgerOf([[4, 5]])
        .standings(0)
        .map(({ at, own }) => [at, own.step]),
    ).toEqual([[3, 4]])
    expect(
      ledgerOf([
        [2, 5],
        [5, 1],
      ])
        .standings(0)
        .map(({ at, own }) => [at, own.step]),
    ).toEqual([
      [1, 2],
      [3, 5],
    ])
    expect(ledgerOf([[EPOCHS, 5]]).standings(0)).toEqual([])
    expect(
      ledgerOf([
        [1, 5],
        [EPOCHS, 1],
      ])
        .standings(0)
        .map(({ at }) => at),
    ).toEqual([1])
  })

  it('keeps what was measured first, whatever a later attempt measures', () => {
    const ledger = ledgerOf([[1, 5]])
    ledger.measured(0, { step: 2, value: 9 })
    expect(ledger.standings(0)[0]?.own).toEqual({ step: 1, value: 5 })
  })

  it('shows a trial that goes on with its params and stage, as if it had ended at the rung', () => {
    const ledger = new RungLedger(RUNGS, EPOCHS, 1, 'minimize')
    ledger.add(specOf(0))
    ledger.measured(0, { step: 2, value: 7 })
    const [seen] = ledger.seenBy(1)
    expect(seen).toEqual({ number: FIRST, stage: 1, params: { x: 0 }, state: 'pruned', value: 7, epochs: 2 })
  })
})

describe('the ledger of a stage without rungs', () => {
  const without = (lag: number | null): RungLedger =>
    new RungLedger({ at: [], reduce: 3 }, EPOCHS, lag, 'minimize')
  const complete = (index: number): EndedTrial =>
    endedAs(index, { measured: [{ step: 6, value: index }], end: 'complete' })

  it('shows results up to the lag, in one array that grows', () => {
    const ledger = without(2)
    for (let index = 0; index < 4; index++) ledger.add(specOf(index))
    expect(ledger.size).toBe(4)
    expect([0, 1, 2].map((index) => ledger.mayBegin(index))).toEqual([true, true, false])
    expect(ledger.seenBy(1)).toEqual([])
    ledger.finish(1, complete(1))
    expect([ledger.finished, ledger.mayBegin(2)]).toEqual([0, false])
    ledger.finish(0, complete(0))
    expect([ledger.finished, ledger.mayBegin(3), ledger.mayBegin(4)]).toEqual([2, true, false])
    const seen = ledger.seenBy(2)
    expect(seen).toEqual([complete(0)])
    expect(ledger.seenBy(3)).toBe(seen)
    expect(seen).toEqual([complete(0), complete(1)])
    expect(ledger.goesOn(3, 6)).toBe(true)
  })

  it('shows nothing, and lets all begin, where no sampler looks', () => {
    const ledger = without(null)
    ledger.add(specOf(0))
    expect([ledger.mayBegin(0), ledger.mayBegin(9), ledger.seenBy(9)]).toEqual([true, true, []])
  })

  it('forgets a trial on demand, and still knows that it has ended', () => {
    const ledger = without(null)
    for (let index = 0; index < 2; index++) ledger.add(specOf(index))
    expect(() => ledger.ended(0)).toThrow('Nothing is kept of trial 0 of a stage.')
    ledger.finish(0, complete(0))
    expect(ledger.ended(0)).toEqual(complete(0))
    ledger.forget(0)
    expect([ledger.hasEnded(0), ledger.hasEnded(1), ledger.finished]).toEqual([true, false, 1])
    expect(() => ledger.ended(0)).toThrow('Nothing is kept of trial 0 of a stage.')
  })
})
