import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson, encodeFlatRecord, encodeJson } from '../../src/store/exact-json.ts'

describe('exact JSON', () => {
  it('gives any plain data back, every number to the last bit', () => {
    fc.assert(
      fc.property(
        fc.anything({ values: [fc.double(), fc.string(), fc.boolean(), fc.constant(null)] }),
        (value) => {
          expect(decodeJson(encodeJson(value))).toEqual(value)
        },
      ),
    )
  })

  it('writes a flat record as any other', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.double(), fc.string(), fc.boolean())), (record) => {
        expect(encodeFlatRecord(record)).toBe(encodeJson(record))
      }),
    )
  })

  it('is plain JSON for ordinary numbers', () => {
    expect(encodeJson({ a: 0.1, b: [5e-324, 0] })).toBe('{"a":0.1,"b":[5e-324,0]}')
    expect(encodeJson([Number.NaN, -0])).toBe('[{"$number":"NaN"},{"$number":"-0"}]')
  })

  it.each([
    [Number.NaN, '{"$number":"NaN"}'],
    [Number.POSITIVE_INFINITY, '{"$number":"Infinity"}'],
    [Number.NEGATIVE_INFINITY, '{"$number":"-Infinity"}'],
    [-0, '{"$number":"-0"}'],
    [0, '0'],
    [-5e-324, '-5e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
  ])('writes %d as %s, in a flat record too', (number, text) => {
    expect(encodeJson(number)).toBe(text)
    expect(encodeFlatRecord({ a: 1, b: number })).toBe(`{"a":1,"b":${text}}`)
    expect(decodeJson(text)).toBe(number)
    expect(decodeJson(`[{"a":${text}}]`)).toEqual([{ a: number }])
  })

  it("takes a user's record of that key for what it is", () => {
    expect(decodeJson(encodeJson({ metrics: { $number: 5 } }))).toEqual({ metrics: { $number: 5 } })
    expect(decodeJson(encodeJson({ $number: Number.NaN }))).toEqual({ $number: Number.NaN })
    for (const record of [{ $number: 'NaN', other: 1 }, { $number: 'seven' }, { $number: null }, {}]) {
      expect(decodeJson(JSON.stringify([record, null, 'x']))).toEqual([record, null, 'x'])
      expect(decodeJson(JSON.stringify([record, { $number: 'NaN' }]))).toEqual([record, Number.NaN])
    }
  })
})
