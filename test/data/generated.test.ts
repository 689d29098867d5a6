import { describe, expect, it } from 'vitest'
import { hashDataSet } from '../../src/data/data-set.ts'
import { generateTextures } from '../../src/data/generated.ts'
import { TEXTURES } from '../../src/data/texture.ts'

describe('the generated set', () => {
  const small = generateTextures(60, 0)

  it('is the same bytes for the same seed, for ever', () => {
    expect(hashDataSet(small)).toBe('61e0e412286585f320666a913ad38783b99f7725e21f05f1543ac7964f9b2d95')
    expect(hashDataSet(generateTextures(60, 1))).toBe(
      '55272dba7de67a1d12e3c587c3520b9da9cf341f47f4bbfd530da48ced0548be',
    )
  })

  it('is of 12,000 images with the hash that studies of the default settings report', () => {
    expect(hashDataSet(generateTextures(12_000, 0))).toBe(
      'c3bbcab9b7d2d276744d040558f5341491286cea33c5857d4c11b9b7c731776d',
    )
  })

  it('makes image i from the seed and i alone', () => {
    const more = generateTextures(100, 0)
    expect(more.values.subarray(0, small.values.length)).toEqual(small.values)
    expect(generateTextures(60, 1).values).not.toEqual(small.values)
  })

  it('shows ten classes in turn, images of 32x32x3 bytes in shared memory', () => {
    expect([...small.labels]).toEqual(Array.from({ length: 60 }, (_, i) => i % 10))
    expect(small.classes).toEqual(TEXTURES)
    expect(small.shape).toEqual([32, 32, 3])
    expect(small.values.length).toBe(60 * 3072)
    expect(small.values.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  it('is of middling brightness and contrast, little of it clipped', () => {
    const { values } = generateTextures(300, 0)
    const mean = [...values].reduce((sum, value) => sum + value, 0) / values.length
    const clipped = [...values].filter((value) => value === 0 || value === 255).length / values.length
    expect(Math.abs(mean - 128)).toBeLessThan(8)
    expect(clipped).toBeLessThan(0.1)
  })

  it('leaves a classifier by the nearest class mean far from right, but above chance', () => {
    const { values, labels } = generateTextures(3000, 7)
    const trained = 2400
    const means = Array.from({ length: 10 }, () => new Float64Array(3072))
    for (let row = 0; row < trained; row++) {
      const mean = means[labels[row]!]!
      for (let c = 0; c < 3072; c++) mean[c] = mean[c]! + values[row * 3072 + c]! / (trained / 10)
    }
    let right = 0
    for (let row = trained; row < 3000; row++) {
      const distances = means.map((mean) =>
        mean.reduce((sum, m, c) => sum + (values[row * 3072 + c]! - m) ** 2, 0),
      )
      if (distances.indexOf(Math.min(...distances)) === labels[row]) right++
    }
    expect(right / 600).toBeGreaterThan(0.15)
    expect(right / 600).toBeLessThan(0.45)
  })
})
