import { describe, expect, it } from 'vitest'
import { axesView, placeOf, snap, unitOf } from '../../src/search/unit-view.ts'
import { choice, fixed, float, int, searchSpace, when } from '../../src/space/constructors.ts'

const space = searchSpace({
  rate: float(0.01, 100, { log: true }),
  same: fixed(3),
  layers: int(1, 4),
  kind: choice(['a', 'b', 'c']),
  size: choice([8, 16, 32, 64], { ordered: true }),
  width: when({ kind: 'a' }, float(0, 2)),
})
const axes = axesView(space)
const [rate, layers, kind, size] = axes

describe('the axes of a box', () => {
  it('are its parameters that vary, in its order, ordered choices as ranges', () => {
    expect(axes.map(({ name, kind, count }) => [name, kind, count])).toEqual([
      ['rate', 'range', Number.POSITIVE_INFINITY],
      ['layers', 'range', 4],
      ['kind', 'choice', 3],
      ['size', 'range', 4],
      ['width', 'range', Number.POSITIVE_INFINITY],
    ])
  })

  it('have a place for each value: in units of the box, or the index of a choice', () => {
    const places = placeOf(axes, { rate: 1, same: 3, layers: 2, kind: 'a', size: 64, width: 0.5 })
    expect([...places]).toEqual([0.5, 0.375, 0, 0.875, 0.25])
  })

  it('have a place outside of the box, -1 for a choice that it does not have, none for what does not exist', () => {
    const places = placeOf(axes, { rate: 1e4, layers: 5, kind: 'd', size: 8 })
    expect(places[0]).toBeCloseTo(1.5, 12)
    expect([...places].slice(1)).toEqual([1.125, -1, 0.125, Number.NaN])
  })

  it('have the place of the value that a coordinate gives', () => {
    expect([0, 0.3, 0.999].map((u) => snap(rate!, u))).toEqual([0, 0.3, 0.999])
    expect([0, 0.24, 0.25, 0.5, 0.999].map((u) => snap(layers!, u))).toEqual([
      0.125, 0.125, 0.375, 0.625, 0.875,
    ])
    expect([0, 0.33, 0.34, 0.67, 0.999, 1].map((u) => snap(kind!, u))).toEqual([0, 0, 1, 2, 2, 2])
    expect(snap(size!, 0.3)).toBe(0.375)
  })

  it('have a point of the unit cube for a place: the middle of a choice, and of what does not exist', () => {
    expect([...unitOf(axes, Float64Array.of(0.2, 0.375, 2, 0.875, Number.NaN))!]).toEqual([
      0.2,
      0.375,
      5 / 6,
      0.875,
      0.5,
    ])
    expect([...unitOf(axes, Float64Array.of(0, 1, 0, 0.125, 1))!]).toEqual([0, 1, 1 / 6, 0.125, 1])
  })

  it('have no point of the unit cube outside of the box', () => {
    const inside = [0.5, 0.5, 1, 0.5, 0.5]
    for (const [axis, place] of [
      [0, -1e-9],
      [0, 1 + 1e-9],
      [1, 1.125],
      [2, -1],
      [4, -0.5],
    ] as const) {
      expect(unitOf(axes, Float64Array.from(inside.with(axis, place)))).toBeNull()
    }
  })
})
