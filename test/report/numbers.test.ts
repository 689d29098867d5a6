import { describe, expect, it } from 'vitest'
import {
  countOf,
  formatBound,
  formatCount,
  formatDistribution,
  formatDuration,
  formatMetric,
  formatParam,
  formatPercent,
  formatSignificant,
} from '../../src/report/numbers.ts'
import type { Distribution, ParamValue } from '../../src/space/distribution.ts'

const float = (low: number, high: number, more: { log?: boolean; step?: number } = {}): Distribution => ({
  kind: 'float',
  low,
  high,
  log: more.log ?? false,
  step: more.step ?? null,
  hard: false,
})

describe('values for people', () => {
  it('gives parameters on a log scale two significant digits, small and large ones with an exponent', () => {
    const rate = float(1e-6, 10, { log: true })
    const shown = [1.234e-3, 1e-6, 0.0123, 0.0996, 0.1, 0.3125, 9.96, 12.3, 99.6, 1234, 0].map((value) =>
      formatParam(value, rate),
    )
    expect(shown).toEqual([
      '1.2e-3',
      '1.0e-6',
      '1.2e-2',
      '0.10',
      '0.10',
      '0.31',
      '10',
      '12',
      '1.0e2',
      '1.2e3',
      '0',
    ])
  })

  it('shows other floats in hundredths of their range, and stepped ones in the digits of their step', () => {
    expect(formatParam(0.0789, float(0, 0.95))).toBe('0.08')
    expect(formatParam(37.41, float(0, 100))).toBe('37')
    expect(formatParam(-0.0312, float(-1, 1))).toBe('-0.03')
    expect(formatParam(-0.0012, float(-1, 1))).toBe('0.00')
    expect(formatParam(7.61, float(0, 20))).toBe('7.6')
    expect(formatParam(0.00123, float(0, 0.01))).toBe('0.0012')
    expect(formatParam(0.5, float(0, 1, { step: 0.125 }))).toBe('0.500')
    expect(formatParam(2.5e-4, float(0, 1e-3, { step: 1e-5 }))).toBe('0.00025')
    expect(formatParam(3, float(3, 3))).toBe('3.0000')
    expect(formatParam(9.999999999981811e299, float(-1e300, 1e300))).toBe('1.0e300')
  })

  it('shows floats of tiny ranges with an exponent: decimals would be zeros', () => {
    expect(formatParam(3.21e-13, float(-1e-12, 1e-12))).toBe('3.2e-13')
    expect(formatParam(0, float(-1e-12, 1e-12))).toBe('0')
    expect(formatParam(2.5e-7, float(0, 1e-6, { step: 1e-8 }))).toBe('2.5e-7')
    expect(formatParam(5e-5, float(0, 9.9e-5))).toBe('5.0e-5')
    expect(formatParam(5e-5, float(0, 1e-4))).toBe('0.000050')
    expect(formatParam(-2e-5, float(-1e-4, 0))).toBe('-0.000020')
  })

  it('leaves whole numbers, words and switches as they are', () => {
    const width: Distribution = { kind: 'int', low: 1, high: 1e6, log: true, step: 1, hard: false }
    expect(formatParam(123456, width)).toBe('123456')
    expect(formatParam('relu', { kind: 'categorical', choices: ['relu'], ordered: false })).toBe('relu')
    expect(formatParam(true, undefined)).toBe('true')
    expect(formatParam(undefined, width)).toBe('-')
    expect(formatParam(0.123456, undefined)).toBe('0.12')
  })

  it('tells choices apart: by all their digits, and by quotes where they are written alike or are nothing', () => {
    const shown = (...choices: ParamValue[]) =>
      choices.map((choice) => formatParam(choice, { kind: 'categorical', choices, ordered: false }))
    expect(shown(0.9, 0.99, 0.999, 0.121, 0.124)).toEqual(['0.9', '0.99', '0.999', '0.121', '0.124'])
    expect(shown(1, '1', true, 'true', null, 'null', 'a')).toEqual([
      ...['1', '"1"', 'true', '"true"', 'null', '"null"', 'a'],
    ])
    expect(shown('', ' lead', '-', '1', 'null')).toEqual(['""', '" lead"', '"-"', '1', 'null'])
    expect(formatDistribution({ kind: 'categorical', choices: [1, '1', ''], ordered: false })).toBe(
      '{1, "1", ""}',
    )
    expect(formatParam(0.999, { kind: 'fixed', value: 0.999 })).toBe('0.999')
  })

  it('never gives a log parameter more than two significant digits', () => {
    for (let exponent = -12; exponent <= 12; exponent++) {
      for (const digits of [1, 1.04, 1.05, 2.5, 9.94, 9.95, 9.99]) {
        const value = digits * 10 ** exponent
        const shown = formatSignificant(value)
        expect(shown.replace(/e.*/, '').replace('.', '').replace(/^0+/, '').length).toBeLessThanOrEqual(2)
        expect(Math.abs(Number(shown) - value)).toBeLessThanOrEqual(0.0501 * value)
      }
    }
  })

  it('writes the bounds of a range as short as they are', () => {
    expect(formatDistribution(float(1e-6, 10, { log: true }))).toBe('[1e-6, 10]')
    expect(formatDistribution(float(1.876e-4, 8.8e-3, { log: true }))).toBe('[1.9e-4, 8.8e-3]')
    expect(formatDistribution(float(0, 0.95))).toBe('[0, 0.95]')
    expect(formatDistribution(float(0.9, 0.9999))).toBe('[0.9, 0.9999]')
    expect(formatDistribution(float(0.99991234, 1))).toBe('[0.99991, 1]')
    expect(formatDistribution(float(1000.123, 1000.568))).toBe('[1000.12, 1000.57]')
    expect(formatDistribution(float(1e-6, 1.004e-6, { log: true }))).toBe('[1e-6, 1.004e-6]')
    expect(formatDistribution(float(1 / 3, 1e5))).toBe('[0.33, 1e5]')
    expect(formatDistribution(float(0.9999, 1))).toBe('[0.9999, 1]')
    expect(formatDistribution(float(1000.4, 1000.9))).toBe('[1000.4, 1000.9]')
    expect(formatDistribution(float(1.91e-4, 1.94e-4))).toBe('[1.91e-4, 1.94e-4]')
    expect(formatDistribution(float(-1e308, 1e308))).toBe('[-1e308, 1e308]')
    expect(formatDistribution({ kind: 'fixed', value: 0.9 })).toBe('= 0.9')
    expect(formatDistribution({ kind: 'categorical', choices: ['a', 2, true], ordered: false })).toBe(
      '{a, 2, true}',
    )
    expect(formatBound(Number.NEGATIVE_INFINITY)).toBe('-inf')
  })

  it('gives accuracies four decimals and other metrics what they need', () => {
    expect(formatMetric('validAccuracy', 0.5)).toBe('0.5000')
    expect(formatMetric('validAccuracy', 0.00001)).toBe('0.0000')
    const losses = [2.312585, 12.345678, 123.45678, 1234.5678, 1.5e-5, 2.5e7, -3.25, 0]
    expect(losses.map((loss) => formatMetric('loss', loss))).toEqual([
      '2.3126',
      '12.346',
      '123.46',
      '1234.6',
      '1.500e-5',
      '2.500e7',
      '-3.2500',
      '0.0000',
    ])
    expect(formatMetric('loss', null)).toBe('-')
    expect(formatMetric('loss', Number.NaN)).toBe('NaN')
    expect(formatMetric('loss', Number.NEGATIVE_INFINITY)).toBe('-inf')
    expect(formatMetric('learningRate', 1e-3)).toBe('1.0e-3')
  })

  it('says times as people do, without an odd 60', () => {
    const times: [number, string][] = [
      [0, '0 ms'],
      [0.31, '0.3 ms'],
      [450, '450 ms'],
      [999.6, '1.0 s'],
      [6123, '6.1 s'],
      [9949, '9.9 s'],
      [9999, '10 s'],
      [41_000, '41 s'],
      [59_600, '1 min'],
      [79_000, '1 min 19 s'],
      [3_599_600, '1 h'],
      [7_500_000, '2 h 5 min'],
      [86_399_000, '1 d'],
      [86_400_000 * 3 + 3_600_000 * 4, '3 d 4 h'],
    ]
    for (const [ms, text] of times) expect(formatDuration(ms), `${ms} ms`).toBe(text)
    expect(formatDuration(null)).toBe('-')
  })

  it('counts with commas and the right noun', () => {
    expect(formatCount(1234567)).toBe('1,234,567')
    expect(countOf(1, 'trial')).toBe('1 trial')
    expect(countOf(5000, 'class', 'classes')).toBe('5,000 classes')
    expect(formatPercent(0.2)).toBe('20 %')
    expect(formatPercent(0.025)).toBe('2.5 %')
  })
})
