import { describe, expect, it } from 'vitest'
import {
  checkedText,
  checksumOf,
  checksumOfBytes,
  checksumOfText,
  DamagedRowError,
} from '../../src/store/checksum.ts'

/** CRC-32 as ISO 3309 defines it, bit by bit. */
function plainCrc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff
  for (const byte of bytes) {
    remainder ^= byte
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0)
  }
  return ~remainder >>> 0
}

describe('a checksum', () => {
  it.each([
    ['', 0],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('is the published CRC-32 of %o', (text, expected) => {
    expect(checksumOfText(text)).toBe(expected)
    expect(checksumOfBytes(new TextEncoder().encode(text))).toBe(expected)
    expect(plainCrc32(new TextEncoder().encode(text))).toBe(expected)
  })

  it('of cells is that of their text, each with a separator after it', () => {
    const cells = [7, 'relu', null, 0.1, -0, 0, '日']
    const text = '7\u001frelu\u001f\u0000\u001f0.1\u001f-0\u001f0\u001f日\u001f'
    expect(checkedText(cells)).toBe(text)
    expect(checksumOf(cells)).toBe(plainCrc32(new TextEncoder().encode(text)))
  })

  it('tells a number of any sign and size from any other', () => {
    const numbers = [0, -0, 1, -1, 5e-324, -5e-324, 1e21, Number.MAX_VALUE, 0.1, 0.1 + 2 ** -56]
    const texts = numbers.map((number) => checkedText([number]))
    expect(texts).toEqual(
      [
        '0',
        '-0',
        '1',
        '-1',
        '5e-324',
        '-5e-324',
        '1e+21',
        '1.7976931348623157e+308',
        '0.1',
        '0.10000000000000002',
      ].map((text) => `${text}\u001f`),
    )
    expect(new Set(numbers.map((number) => checksumOf([number]))).size).toBe(numbers.length)
  })

  it('tells nothing, an empty text, the word and a blob from each other', () => {
    const blob = Buffer.from('') as unknown as string
    expect(checkedText([null, '', 'null', blob])).toBe('\u0000\u001f\u001fnull\u001f\u0001\u001f')
  })

  it('is over the first cells alone where their number is given', () => {
    expect(checkedText(['a', 'b', 'c'], 2)).toBe('a\u001fb\u001f')
    expect(checkedText(['a', 'b', 'c'], 0)).toBe('')
    expect(checkedText(['a', 'b', 'c'], 3)).toBe(checkedText(['a', 'b', 'c']))
  })

  it('that differs names the row', () => {
    const error = new DamagedRowError('trial 7 of study "quickstart"')
    expect(error.message).toBe('trial 7 of study "quickstart" does not match its checksum')
    expect(error.name).toBe('DamagedRowError')
  })
})
