import type { FastGenerator } from '../random/fast-generator.ts'
import { fastGenerator } from '../random/fast-generator.ts'
import { normalQuantile } from '../random/normal.ts'
import { type DataSet, sharedBytes, sharedLabels } from './data-set.ts'
import { addTexture, PIXELS, SIDE, TEXTURES, textureOf } from './texture.ts'

const CHANNELS = 3
/** A second texture lies under the first, at most so strong; the stronger one is the class. */
const DISTRACTOR = 0.95
/** Grey levels: the amplitude of the textures, at most, and the standard deviation of the pixel noise. */
const CONTRAST = 25
const NOISE = 60

/**
 * Makes `count` colour images of 32x32 pixels in ten classes of texture, the same bytes for the same seed anywhere.
 *
 * Each image is a texture at a random phase and tint, over a fainter texture of another class, a sloping
 * background and pixel noise. The random phases leave the classes' means close together, so that a linear
 * classifier does badly and a network has to learn products of features. Image i shows class i mod 10, and depends
 * on the seed and i alone.
 */
export function generateTextures(count: number, seed: number): DataSet {
  const textures = TEXTURES.map(textureOf)
  const values = sharedBytes(count * PIXELS * CHANNELS)
  const rounded = new Uint8ClampedArray(values.buffer)
  const labels = new Uint8Array(count)
  const pattern = new Float64Array(PIXELS)
  for (let i = 0; i < count; i++) {
    const generator = fastGenerator(['generated textures', seed, i])
    const label = i % TEXTURES.length
    labels[i] = label
    const other = (label + 1 + generator.below(TEXTURES.length - 1)) % TEXTURES.length
    pattern.fill(0)
    addTexture(pattern, textures[label]!, 1, generator)
    addTexture(pattern, textures[other]!, DISTRACTOR * generator.next(), generator)
    paint(rounded.subarray(i * PIXELS * CHANNELS, (i + 1) * PIXELS * CHANNELS), pattern, generator)
  }
  return {
    source: 'generated',
    shape: [SIDE, SIDE, CHANNELS],
    values,
    columns: PIXELS * CHANNELS,
    labels: sharedLabels(labels, TEXTURES.length),
    classes: TEXTURES,
    testRows: 0,
    usualSplit: null,
    layout: null,
    remarks: [],
    cautions: [],
  }
}

/** Writes one image (32, 32, 3): the pattern in a tint of its own, on a sloping background, with noise. */
function paint(image: Uint8ClampedArray, pattern: Float64Array, generator: FastGenerator): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    const contrast = CONTRAST * (0.5 + 0.5 * generator.next())
    const base = 128 + 40 * (2 * generator.next() - 1)
    const slopeX = (60 / SIDE) * (2 * generator.next() - 1)
    const slopeY = (60 / SIDE) * (2 * generator.next() - 1)
    for (let y = 0; y < SIDE; y++) {
      let level = base + slopeY * (y - SIDE / 2) - slopeX * (SIDE / 2)
      for (let x = 0; x < SIDE; x += 4) {
        const word = generator.nextUint32()
        for (let shift = 0; shift < 4; shift++) {
          const i = y * SIDE + x + shift
          image[i * CHANNELS + channel] =
            level + contrast * pattern[i]! + NOISES[(word >>> (8 * shift)) & 255]!
          level += slopeX
        }
      }
    }
  }
}

/** The 256 equally likely values that a pixel's noise may have: a normal distribution's. */
const NOISES = Float64Array.from({ length: 256 }, (_, i) => NOISE * normalQuantile((i + 0.5) / 256))
