// Batch normalisation, eight columns at a time. The vectors have room for a whole number of eights.
import { madd } from './variant'

/** z normalised, scaled and moved in place; x̂ and 1 / deviation kept, running statistics moved. */
export function normForward(
  z: usize, stride: usize, normalised: usize, inverse: usize, mean: usize, variance: usize, gamma: usize, beta: usize,
  rows: i32, momentum: f32, rest: f32, epsilon: f32,
): void {
  const n = f32x4.splat(<f32>rows)
  const keep = f32x4.splat(momentum)
  const take = f32x4.splat(rest)
  for (let at: usize = 0; at < stride; at += 32) {
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let from = z + at
    for (let r = 0; r < rows; r++) {
      s0 = f32x4.add(s0, v128.load(from))
      s1 = f32x4.add(s1, v128.load(from, 16))
      from += stride
    }
    const m0 = f32x4.div(s0, n)
    const m1 = f32x4.div(s1, n)
    s0 = f32x4.splat(0)
    s1 = f32x4.splat(0)
    from = z + at
    for (let r = 0; r < rows; r++) {
      const d0 = f32x4.sub(v128.load(from), m0)
      const d1 = f32x4.sub(v128.load(from, 16), m1)
      s0 = madd(d0, d0, s0)
      s1 = madd(d1, d1, s1)
      from += stride
    }
    const v0 = f32x4.div(s0, n)
    const v1 = f32x4.div(s1, n)
    const i0 = inverseDeviation(v0, epsilon)
    const i1 = inverseDeviation(v1, epsilon)
    const g0 = v128.load(gamma + at)
    const g1 = v128.load(gamma + at, 16)
    const b0 = v128.load(beta + at)
    const b1 = v128.load(beta + at, 16)
    from = z + at
    let to = normalised + at
    for (let r = 0; r < rows; r++) {
      const x0 = f32x4.mul(f32x4.sub(v128.load(from), m0), i0)
      const x1 = f32x4.mul(f32x4.sub(v128.load(from, 16), m1), i1)
      v128.store(to, x0)
      v128.store(to, x1, 16)
      v128.store(from, madd(x0, g0, b0))
      v128.store(from, madd(x1, g1, b1), 16)
      from += stride
      to += stride
    }
    v128.store(inverse + at, i0)
    v128.store(inverse + at, i1, 16)
    v128.store(mean + at, madd(m0, take, f32x4.mul(keep, v128.load(mean + at))))
    v128.store(mean + at, madd(m1, take, f32x4.mul(keep, v128.load(mean + at, 16))), 16)
    v128.store(variance + at, madd(v0, take, f32x4.mul(keep, v128.load(variance + at))))
    v128.store(variance + at, madd(v1, take, f32x4.mul(keep, v128.load(variance + at, 16))), 16)
  }
}

@inline function inverseDeviation(variance: v128, epsilon: f32): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(epsilon))))
}

/** z normalised by the running statistics, scaled and moved in place. */
export function normInfer(
  z: usize, stride: usize, mean: usize, variance: usize, gamma: usize, beta: usize, rows: i32, epsilon: f32,
): void {
  for (let at: usize = 0; at < stride; at += 32) {
    const m0 = v128.load(mean + at)
    const m1 = v128.load(mean + at, 16)
    const i0 = inverseDeviation(v128.load(variance + at), epsilon)
    const i1 = inverseDeviation(v128.load(variance + at, 16), epsilon)
    const g0 = v128.load(gamma + at)
    const g1 = v128.load(gamma + at, 16)
    const b0 = v128.load(beta + at)
    const b1 = v128.load(beta + at, 16)
    let from = z + at
    for (let r = 0; r < rows; r++) {
      v128.store(from, madd(f32x4.mul(f32x4.sub(v128.load(from), m0), i0), g0, b0))
      v128.store(from, madd(f32x4.mul(f32x4.sub(v128.load(from, 16), m1), i1), g1, b1), 16)
      from += stride
    }
  }
}

/** dz in place from dy; gamma's and beta's gradients written. */
export function normBackward(
  dz: usize, stride: usize, normalised: usize, inverse: usize, gamma: usize, gammaGradient: usize, betaGradient: usize,
  rows: i32,
): void {
  const n = f32x4.splat(<f32>rows)
  for (let at: usize = 0; at < stride; at += 32) {
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let p0 = f32x4.splat(0)
    let p1 = f32x4.splat(0)
    let from = dz + at
    let x = normalised + at
    for (let r = 0; r < rows; r++) {
      const d0 = v128.load(from)
      const d1 = v128.load(from, 16)
      s0 = f32x4.add(s0, d0)
      s1 = f32x4.add(s1, d1)
      p0 = madd(d0, v128.load(x), p0)
      p1 = madd(d1, v128.load(x, 16), p1)
      from += stride
      x += stride
    }
    v128.store(betaGradient + at, s0)
    v128.store(betaGradient + at, s1, 16)
    v128.store(gammaGradient + at, p0)
    v128.store(gammaGradient + at, p1, 16)
    s0 = f32x4.div(s0, n)
    s1 = f32x4.div(s1, n)
    p0 = f32x4.neg(f32x4.div(p0, n))
    p1 = f32x4.neg(f32x4.div(p1, n))
    const f0 = f32x4.mul(v128.load(gamma + at), v128.load(inverse + at))
    const f1 = f32x4.mul(v128.load(gamma + at, 16), v128.load(inverse + at, 16))
    from = dz + at
    x = normalised + at
    for (let r = 0; r < rows; r++) {
      const d0 = madd(v128.load(x), p0, f32x4.sub(v128.load(from), s0))
      const d1 = madd(v128.load(x, 16), p1, f32x4.sub(v128.load(from, 16), s1))
      v128.store(from, f32x4.mul(d0, f0))
      v128.store(from, f32x4.mul(d1, f1), 16)
      from += stride
      x += stride
    }
  }
}
