import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../../src/train/safetensors.ts'

const file: TensorFile = {
  tensors: {
    a: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    b: { shape: [1], data: Float64Array.of(0.1) },
  },
  metadata: { made: 'by hand' },
}

describe('safetensors', () => {
  test('a file is what the format says, byte by byte', () => {
    const bytes = encodeSafetensors(file)
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(headerLength % 8).toBe(0)
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)))).toEqual({
      __metadata__: { made: 'by hand' },
      b: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
      a: { dtype: 'F32', shape: [2, 2], data_offsets: [8, 24] },
    })
    expect(bytes.length).toBe(8 + headerLength + 24)
    expect(new DataView(bytes.buffer).getFloat64(8 + headerLength, true)).toBe(0.1)
    expect(new DataView(bytes.buffer).getFloat32(8 + headerLength + 12, true)).toBe(2)
  })

  test('what is written is read back to the last bit, wherever the bytes lie', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
          fc.float32Array(),
        ),
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.string(),
        ),
        fc.integer({ min: 0, max: 7 }),
        (arrays, metadata, shift) => {
          const tensors = Object.fromEntries(
            Object.entries(arrays).map(([name, data]) => [name, { shape: [data.length], data }]),
          )
          const bytes = encodeSafetensors({ tensors, metadata })
          const moved = new Uint8Array(bytes.length + shift)
          moved.set(bytes, shift)
          expect(decodeSafetensors(moved.subarray(shift))).toEqual({ tensors, metadata })
        },
      ),
    )
  })

  test('a Buffer is as good as any bytes', () => {
    expect(decodeSafetensors(Buffer.from(encodeSafetensors(file)))).toEqual(file)
  })

  test.each([
    ['nothing', new Uint8Array(0), /8 bytes of header length, got 0 bytes/],
    [
      'a header longer than the file',
      encodeSafetensors(file).subarray(0, 40),
      /the header must end within the file/,
    ],
    ['values cut short', encodeSafetensors(file).subarray(0, -1), /tensor "a" needs 16 bytes of 23/],
    ['text', new TextEncoder().encode('hello, this is no such file'), /the header must/],
  ])('a file of %s is refused with the rule', (_, bytes, rule) => {
    expect(() => decodeSafetensors(bytes, 'net.safetensors')).toThrow(rule)
    expect(() => decodeSafetensors(bytes, 'net.safetensors')).toThrow(/^net\.safetensors: /)
  })

  test.each([
    [
      'other numbers',
      { a: { dtype: 'BF16', shape: [1], data_offsets: [0, 2] } },
      /must be of F32 or F64, got BF16/,
    ],
    [
      'offsets that do not fit the shape',
      { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } },
      /needs 8 bytes/,
    ],
    ['a negative offset', { a: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }, /whole numbers/],
    ['no shape', { a: { dtype: 'F32', data_offsets: [0, 4] } }, /whole numbers/],
    ['a tensor that is none', { a: null }, /must be of F32 or F64/],
    ['a list', [], /must be a JSON object/],
  ])('a header with %s is refused with the rule', (_, header, rule) => {
    const text = new TextEncoder().encode(JSON.stringify(header))
    const bytes = new Uint8Array(8 + text.length + 8)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
    bytes.set(text, 8)
    expect(() => decodeSafetensors(bytes)).toThrow(rule)
  })
})
