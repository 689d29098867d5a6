import { exp, log } from '../numerics/elementary.ts'
import { type FastGenerator, fastGenerator } from '../random/fast-generator.ts'
import type { StreamName } from '../random/stream.ts'

/**
 * The standard deviation of a layer's first weights: `weightScale`, or sqrt(2 / inputs) if it is null
 * (He et al. 2015, equation 10). Where a number is predicted it is sqrt(2 / (inputs + outputs)) (Glorot and Bengio 2010,
 * equation 12): of few inputs He's makes functions so rough that few rows are learned by heart.
 */
export function initialScale(
  inputs: number,
  weightScale: number | null,
  regressionOutputs: number | null = null,
): number {
  return weightScale ?? Math.sqrt(2 / (inputs + (regressionOutputs ?? 0)))
}

/**
 * Fills `target` with independent normal numbers of mean 0 and the given standard deviation, a function of `name`
 * alone, the same bits on every engine. About 10 ns a number: a ziggurat of 128 layers over 32-bit draws, the low 8
 * bits for layer and sign, the high 24 for the place within the layer, so that they are independent.
 * Source: Marsaglia and Tsang, "The Ziggurat Method", J. Stat. Software 5 (2000); Doornik (2005) for the split bits.
 */
export function fillNormal(target: Float32Array, standardDeviation: number, name: StreamName): void {
  const generator = fastGenerator(name)
  const edgeGenerator = fastGenerator([...name, 'edge'])
  const draws = new Uint32Array(Math.min(DRAWS, target.length))
  for (let i = 0; i < target.length; i++) {
    if (i % DRAWS === 0) generator.fill(draws)
    const draw = draws[i % DRAWS]!
    const layer = draw & 127
    const x = ((draw >>> 8) / 2 ** 24) * EDGES[layer]!
    // Inside the next layer's edge the whole height of this one lies below the curve.
    const size = x < EDGES[layer + 1]! ? x : drawNearEdge(layer, x, edgeGenerator)
    // The sign by arithmetic: a branch that nobody can predict costs more than the draw.
    target[i] = ((draw & 128) / 64 - 1) * size * standardDeviation
  }
}

/** The size of a draw that fell beside the safe part of its layer: the tail, the wedge, or another draw. */
function drawNearEdge(firstLayer: number, firstX: number, generator: FastGenerator): number {
  let layer = firstLayer
  let x = firstX
  for (;;) {
    if (x < EDGES[layer + 1]!) return x
    if (layer === 0) return drawTail(generator)
    const low = HEIGHTS[layer]!
    const high = HEIGHTS[layer + 1]!
    if (low + generator.next() * (high - low) < exp(-0.5 * x * x)) return x
    const draw = generator.nextUint32()
    layer = draw & 127
    x = ((draw >>> 8) / 2 ** 24) * EDGES[layer]!
  }
}

/** A draw beyond the ziggurat's base (Marsaglia 1964); 1 - u keeps the logarithm finite. */
function drawTail(generator: FastGenerator): number {
  for (;;) {
    const x = -log(1 - generator.next()) / TAIL
    const y = -log(1 - generator.next())
    if (2 * y > x * x) return TAIL + x
  }
}

const DRAWS = 4096

/** Where the base layer's rectangle ends, and the area of each of 128 layers under exp(-x²/2). */
const TAIL = 3.442619855899
const AREA = 9.91256303526217e-3

/**
 * EDGES[i] is the width of layer i, from the base (which is wider than TAIL: its tail is drawn apart) to 0 at the
 * top; HEIGHTS[i] is the curve at EDGES[i].
 */
const EDGES = new Float64Array(129)
const HEIGHTS = new Float64Array(129)
EDGES[0] = AREA / exp(-0.5 * TAIL * TAIL)
EDGES[1] = TAIL
for (let i = 1; i < 128; i++) {
  HEIGHTS[i] = exp(-0.5 * EDGES[i]! * EDGES[i]!)
  EDGES[i + 1] = i === 127 ? 0 : Math.sqrt(-2 * log(AREA / EDGES[i]! + HEIGHTS[i]!))
}
HEIGHTS[128] = 1
