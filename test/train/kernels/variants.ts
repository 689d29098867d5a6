import { setFlagsFromString } from 'node:v8'
import type { Arithmetic, Floats, Kernels } from '../../../src/train/kernels/kernels.ts'
import { openKernels } from '../../../src/train/kernels/open-kernels.ts'
import { describeVariant, load, openVariant, VARIANTS } from '../../../src/train/kernels/wasm/variants.ts'

// The optimising compiler from the first call: it is the one that widens vectors, so it is the one to be tested.
setFlagsFromString('--no-liftoff')

/** What the tests hold to the plain reference: every variant that this machine can run. */
export const RUNNABLE: readonly { name: string; arithmetic: Arithmetic; open: () => Kernels }[] =
  VARIANTS.filter((variant) => 'module' in load(variant))
    .filter((variant) => variant.arithmetic === 'muladd' || openKernels().arithmetic === 'fma')
    .map((variant) => ({
      name: describeVariant(variant),
      arithmetic: variant.arithmetic,
      open: () => openVariant(variant),
    }))

/** Reproducible numbers in [-1, 1) with bits in all places. */
export function numbers(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    let x = Math.imul(i + 1 + seed * 7919, 0x9e3779b9)
    x = Math.imul(x ^ (x >>> 15), 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
    return ((x ^ (x >>> 16)) >> 5) / 2 ** 26
  })
}

/** The first place where two lists of numbers differ in a bit; null if they are the same. NaN is NaN. */
export function difference(a: readonly Floats[], b: readonly Floats[]): string | null {
  if (a.length !== b.length) return `${a.length} lists against ${b.length}`
  for (const [i, list] of a.entries()) {
    const other = b[i] as Floats
    if (list.length !== other.length) return `list ${i}: length ${list.length} against ${other.length}`
    for (let j = 0; j < list.length; j++) {
      if (!Object.is(list[j], other[j])) return `list ${i}, number ${j}: ${list[j]} against ${other[j]}`
    }
  }
  return null
}
