import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberScale, numberTicks, tickText, valueScale } from '../../src/picture/axis.ts'
import { curvesData } from '../../src/picture/figures/curves.ts'
import { edfData, edfSteps } from '../../src/picture/figures/edf.ts'
import { historyData, historyFigure } from '../../src/picture/figures/history.ts'
import { lossData } from '../../src/picture/figures/loss.ts'
import { narrowingData, narrowingFigure } from '../../src/picture/figures/narrowing.ts'
import { pairsData } from '../../src/picture/figures/pairs.ts'
import { qualityRole } from '../../src/picture/figures/parallel.ts'
import { packLanes, timelineData } from '../../src/picture/figures/timeline.ts'
import { contrast, PALETTES } from '../../src/picture/palette.ts'
import { parameterAxis } from '../../src/picture/parameter-axis.ts'
import { PICTURES } from '../../src/picture/pictures.ts'
import { evenShare } from '../../src/picture/study.ts'
import { RATE, stage, study, trial, twoStages } from './studies.ts'

describe('the palette', () => {
  it.each(['light', 'dark'] as const)('%s: texts have a contrast of 4.5, marks of 3', (theme) => {
    const palette = PALETTES[theme]
    for (const role of ['text', 'dim', 'warn'] as const) {
      expect(contrast(palette[role], palette.ground), role).toBeGreaterThanOrEqual(4.5)
    }
    const marks = [
      's0',
      's1',
      's2',
      's3',
      'winner',
      'bad',
      'muted',
      'axis',
      'q0',
      'q1',
      'q2',
      'q3',
      'q4',
    ] as const
    for (const role of marks) {
      expect(contrast(palette[role], palette.ground), role).toBeGreaterThanOrEqual(3)
    }
    for (const step of [0, 1, 2, 3, 4] as const) {
      expect(
        contrast(palette[`k${step}`], palette[`c${step}`]),
        `k${step} on c${step}`,
      ).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('computes contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })
})

describe('the name of a conditional parameter', () => {
  it.each(Object.keys(PICTURES) as (keyof typeof PICTURES)[])('changes nothing in %s', (name) => {
    const drawn = (called: string) => {
      const named = JSON.parse(JSON.stringify(twoStages()).replaceAll('momentum', called))
      return JSON.stringify(PICTURES[name].figure(named, {})).replaceAll(called, 'momentum')
    }
    expect(drawn('constructor')).toBe(drawn('velocities'))
    expect(drawn('toString')).toBe(drawn('velocity'))
  })
})

describe('axes', () => {
  it('labels a log axis with powers of ten and no SI letters', () => {
    expect(numberTicks(numberScale(1e-6, 10, true), 4).map(({ text }) => text)).toEqual([
      '1e-6',
      '1e-4',
      '0.01',
      '1',
    ])
    expect(numberTicks(numberScale(1e-5, 1e5, true), 11).map(({ text }) => text)).toContain('1e-5')
    expect(numberTicks(numberScale(20, 300, true), 6).map(({ text }) => text)).toEqual([
      '20',
      '50',
      '100',
      '200',
    ])
  })

  it('writes numbers as people do', () => {
    expect([0, 0.1, 0.30000000000000004, 12345, 1e5, 1e-5, -0.25].map(tickText)).toEqual([
      ...['0', '0.1', '0.3', '12345', '1e5', '1e-5', '-0.25'],
    ])
  })

  it('cuts off the worst values where they stretch the axis, and counts them', () => {
    const values = [...Array.from({ length: 99 }, (_, i) => 0.5 + i / 1000), -1000]
    const scale = valueScale(values, 'maximize')
    expect(scale.low).toBeGreaterThan(0.4)
    expect(scale.clamped).toBe(5)
    expect(valueScale(values, 'minimize').low).toBeLessThan(-1000)
  })

  it('puts a trial without a parameter in a place of its own', () => {
    const axis = parameterAxis(twoStages(), 'momentum')
    expect(axis.hasAbsent).toBe(true)
    expect(axis.place(undefined)).toBeLessThan(axis.place(0))
    expect(axis.axis.ticks[0]!.text).toBe('absent')
  })

  it('spans all stages and all values that trials took', () => {
    const axis = parameterAxis(twoStages(), 'units')
    expect(axis.place(16)).toBe(0)
    expect(axis.place(1040)).toBe(1)
    expect(axis.log).toBe(true)
  })
})

describe('curves', () => {
  it('draw the metric as measured, not the ranked value', () => {
    const records = study({
      trials: [trial(0, 0.9, { epochs: 2 })],
      curves: [{ trial: 0, steps: [1, 2], values: [0.9, 0.9], metrics: { validAccuracy: [0.9, 0.7] } }],
    })
    expect(curvesData(records).curves[0]!.points).toEqual([
      [1, 0.9],
      [2, 0.7],
    ])
    expect(lossData(records).bestStep).toBe(1)
  })

  it('are an even share by rank, from the best to the worst', () => {
    const share = evenShare(
      Array.from({ length: 1001 }, (_, i) => i),
      201,
    )
    expect(share).toHaveLength(201)
    expect(share[0]).toBe(0)
    expect(share.at(-1)).toBe(1000)
    expect(share[100]).toBe(500)
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 2, max: 50 }), (length, most) => {
        const all = Array.from({ length }, (_, i) => i)
        const chosen = evenShare(all, most)
        expect(chosen).toHaveLength(Math.min(length, most))
        expect(new Set(chosen).size).toBe(chosen.length)
      }),
    )
  })
})

describe('the distribution of values', () => {
  const records = study({ trials: [trial(0, 1), trial(1, 2), trial(2, null), trial(3, 3)] })

  it('counts diverged trials at the worse end', () => {
    const [first] = edfData(records).stages
    expect(first!.trials).toBe(4)
    expect(edfSteps(first!, 'maximize').map(({ share }) => share)).toEqual([0.5, 0.75, 1])
    expect(edfSteps(first!, 'minimize').map(({ share }) => share)).toEqual([0.25, 0.5, 0.75])
  })
})

describe('the timeline', () => {
  it('packs intervals without overlap into as few lanes as run at once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 20, max: 300 })), { minLength: 1, maxLength: 60 }),
        (spans) => {
          const each = spans.map(([from, length]) => ({ from, to: from + length }))
          const lanes = packLanes(each)
          for (let i = 0; i < each.length; i++) {
            for (let j = 0; j < i; j++) {
              if (lanes[i] !== lanes[j]) continue
              const [a, b] = [each[i]!, each[j]!]
              expect(Math.min(a.to, b.to) - Math.max(a.from, b.from)).toBeLessThanOrEqual(2)
            }
          }
          const most = Math.max(
            ...each.map(({ from }) => each.filter((other) => other.from <= from && other.to > from).length),
          )
          expect(Math.max(...lanes) + 1).toBeLessThanOrEqual(most)
        },
      ),
    )
  })

  it('uses the worker of a trial where all of them are known', () => {
    const known = study({ trials: [trial(0, 1, { slot: 1 }), trial(1, 1, { slot: 0 })] })
    expect(timelineData(known)).toMatchObject({ packed: false, lanes: 2 })
    expect(timelineData(known).bars.map(({ lane }) => lane)).toEqual([1, 0])
    expect(timelineData(study({ trials: [trial(0, 1)] })).packed).toBe(true)
  })
})

describe('narrowing', () => {
  it('has a lane for each worker of each machine, without the names of machines', () => {
    const at = (number: number, host: number, slot: number) => trial(number, 0.5, { host, slot })
    const data = timelineData(study({ trials: [at(0, 977, 0), at(1, 31, 0), at(2, 977, 2), at(3, 31, 0)] }))
    expect(data.names).toEqual(['host 1 · 1', 'host 1 · 3', 'host 2 · 1'])
    expect(data.bars.map(({ lane }) => lane)).toEqual([0, 2, 1, 2])
    const alone = timelineData(study({ trials: [at(0, 977, 1), at(1, 977, 0)] }))
    expect(alone.names).toEqual(['1', '2'])
  })

  it('draws pruned trials as rings and imported ones as diamonds, and counts them', () => {
    const trials = [
      trial(0, 0.5),
      trial(1, 0.4, { state: 'pruned' }),
      trial(2, 0.3, { state: 'pruned' }),
      trial(3, 0.6, { imported: true }),
      trial(4, null),
    ]
    const figure = historyFigure(historyData(study({ trials })))
    const shapes = figure.panels[0]!.marks.flatMap((mark) =>
      mark.kind === 'dots' && mark.role === 's0' ? [[mark.shape, mark.points.length]] : [],
    )
    expect(shapes).toEqual([
      ['dot', 1],
      ['ring', 2],
      ['diamond', 1],
    ])
    expect(figure.legend.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['2 pruned', '1 imported', '1 diverged']),
    )
    expect(figure.notes.join(' ')).toContain('Pruned trials show the value at the rung that ended them')
  })

  it('marks the elite that the next stage came from, and the best of the last', () => {
    const { parameters } = narrowingData(twoStages())
    expect(parameters.map(({ name }) => name)).toEqual(['learningRate', 'units', 'optimizer', 'momentum'])
    expect(parameters[0]!.rows[0]!.elite).toEqual([6, 13, 15])
    expect(parameters[0]!.rows[1]!.elite).toHaveLength(1)
    expect(parameters[0]!.rows[0]!.mishaps).toEqual([5, 11])
  })

  it('says why some dots lie outside of their box, and warns of a range that left its edge', () => {
    const figure = narrowingFigure(narrowingData(twoStages()))
    expect(figure.notes.join(' ')).toContain('10 % of a later')
    expect(figure.panels[1]!.notes[1]).toEqual({ text: 'moved [30, 1040]', warning: true })
    expect(figure.panels[0]!.notes[1]!.warning).toBe(false)
  })

  it('names the parameters that it leaves out', () => {
    const parameters = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`p${i}`, RATE]))
    const wide = study({ stages: [stage(0, { space: { parameters, conditions: {}, constraints: [] } })] })
    expect(narrowingData(wide).notes).toEqual(['3 parameters not shown: p8, p9, p10.'])
    expect(narrowingData(wide, { all: true }).parameters).toHaveLength(11)
  })
})

describe('pairs', () => {
  it('stay within one stage', () => {
    const { trials, pairs } = pairsData(twoStages(), { params: ['learningRate', 'units'] })
    expect(trials).toHaveLength(16)
    expect(pairs).toHaveLength(1)
    expect(pairs[0]!.cells.reduce((sum, cell) => sum + cell.trials, 0)).toBe(16)
  })
})

describe('parallel coordinates', () => {
  it('have five steps of quality', () => {
    const roles = Array.from({ length: 10 }, (_, i) => qualityRole(i, 10))
    expect(roles).toEqual(['q4', 'q4', 'q3', 'q3', 'q2', 'q2', 'q1', 'q1', 'q0', 'q0'])
  })
})
