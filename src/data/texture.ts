import { cosPi } from '../numerics/elementary.ts'
import type { FastGenerator } from '../random/fast-generator.ts'

/** Textures are squares of 32x32 pixels. */
export const SIDE = 32
export const PIXELS = SIDE * SIDE

/** The kinds of texture, which are the classes of the generated set. */
export const TEXTURES = [
  'horizontal stripes',
  'vertical stripes',
  'rising diagonals',
  'falling diagonals',
  'checks',
  'diamonds',
  'weave',
  'rings',
  'rays',
  'spiral',
] as const

/** How far a wave's phase may lie from its class's own, in turns: 0.5 would leave a linear classifier nothing. */
const PHASE_SPREAD = 0.42
/** A texture is a sum of fixed maps, (32, 32) each, with coefficients that its phases decide. */
export interface Texture {
  readonly maps: readonly Float64Array[]
  coefficients(generator: FastGenerator): readonly number[]
}

/** Maps of cos 2πu and sin 2πu, from which any phase of the wave can be made: cos 2π(u + φ). */
type Wave = readonly [cosine: Float64Array, sine: Float64Array]

/** The texture of that name, at a contrast of about 1. */
export function textureOf(name: (typeof TEXTURES)[number]): Texture {
  switch (name) {
    case 'horizontal stripes':
      return single(wave((_x, y) => 3 * y))
    case 'vertical stripes':
      return single(wave((x) => 3 * x))
    case 'rising diagonals':
      return single(wave((x, y) => 2 * (x + y)))
    case 'falling diagonals':
      return single(wave((x, y) => 2 * (x - y)))
    case 'checks':
      return product(
        wave((x) => 3 * x),
        wave((_x, y) => 3 * y),
      )
    case 'diamonds':
      return product(
        wave((x, y) => 2.5 * (x + y)),
        wave((x, y) => 2.5 * (x - y)),
      )
    case 'weave':
      return sum(
        wave((x) => 4 * x),
        wave((_x, y) => 4 * y),
      )
    case 'rings':
      return single(wave((x, y) => 4 * radius(x, y)))
    case 'rays':
      return single(
        turned(
          wave(() => 0),
          4,
        ),
      )
    case 'spiral':
      return single(
        turned(
          wave((x, y) => 4 * radius(x, y)),
          2,
        ),
      )
  }
}

function single(w: Wave): Texture {
  return { maps: w, coefficients: (generator) => phase(generator) }
}

function product(a: Wave, b: Wave): Texture {
  return {
    maps: a.flatMap((p) => b.map((q) => p.map((value, i) => Math.SQRT2 * value * q[i]!))),
    coefficients(generator) {
      const [p, q] = [phase(generator), phase(generator)]
      return p.flatMap((c) => q.map((d) => c * d))
    },
  }
}

function sum(a: Wave, b: Wave): Texture {
  return {
    maps: [...a, ...b].map((map) => map.map((value) => Math.SQRT1_2 * value)),
    coefficients: (generator) => [...phase(generator), ...phase(generator)],
  }
}

/** A random phase φ, as the coefficients of a wave's two maps. */
function phase(generator: FastGenerator): [number, number] {
  const turns = PHASE_SPREAD * (2 * generator.next() - 1)
  return [cosTurns(turns), -sinTurns(turns)]
}

/** The wave over the image whose turns at (x, y) are given; x to the right, y down, both in (0, 1). */
function wave(turns: (x: number, y: number) => number): Wave {
  return [eachPixel((x, y) => cosTurns(turns(x, y))), eachPixel((x, y) => sinTurns(turns(x, y)))]
}

/** The wave with its turns raised by `times` a turn around the image's centre. */
function turned([cosine, sine]: Wave, times: number): Wave {
  const turn = eachPixel((x, y, i) => real(x, y, cosine[i]!, sine[i]!))
  const quarter = eachPixel((x, y, i) => real(x, y, sine[i]!, -cosine[i]!))
  return [turn, quarter]

  /** The real part of (c + s·i)·((dx + dy·i) / r)^times: powers need no arc tangent. */
  function real(x: number, y: number, c: number, s: number): number {
    const r = radius(x, y)
    const [dx, dy] = [(x - 0.5) / r, (y - 0.5) / r]
    let [re, im] = [c, s]
    for (let n = 0; n < times; n++) [re, im] = [re * dx - im * dy, re * dy + im * dx]
    return re
  }
}

/** The distance from the image's centre, which lies between pixels: never 0. */
function radius(x: number, y: number): number {
  return Math.sqrt((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5))
}

function eachPixel(value: (x: number, y: number, i: number) => number): Float64Array {
  return new Float64Array(PIXELS).map((_, i) =>
    value(((i % SIDE) + 0.5) / SIDE, (Math.floor(i / SIDE) + 0.5) / SIDE, i),
  )
}

/** cos 2πt for any t. */
function cosTurns(t: number): number {
  const rest = t - Math.floor(t)
  return cosPi(rest <= 0.5 ? 2 * rest : 2 - 2 * rest)
}

/** sin 2πt for any t. */
function sinTurns(t: number): number {
  return cosTurns(t - 0.25)
}

/** Adds the texture to `pattern` (32, 32) with phases of its own, `contrast` times as strong. */
export function addTexture(
  pattern: Float64Array,
  texture: Texture,
  contrast: number,
  generator: FastGenerator,
): void {
  const coefficients = texture.coefficients(generator)
  texture.maps.forEach((map, m) => {
    const factor = contrast * coefficients[m]!
    for (let i = 0; i < PIXELS; i++) pattern[i] = pattern[i]! + factor * map[i]!
  })
}
