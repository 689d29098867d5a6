// One optimiser step for each of a row of numbers; the formulas stand in docs/arithmetic.md.
// No vector is handed from function to function: V8's widening compiler fails on a widened one among a call's arguments.
import { madd, SMALLEST_KEPT } from './variant'

const SGD: i32 = 0
const MOMENTUM: i32 = 1
const NESTEROV: i32 = 2
const ADAM: i32 = 3

/**
 * Steps `bytes` bytes of numbers x with gradients g and states `first` and `second`. `constants`: rate, keep, take,
 * keepSquare, takeSquare, spread, epsilon, reg. With `weights` g gets + reg·x first. Optimizer -1 writes the gradient
 * to x, where `first` holds the weights.
 */
export function step(
  optimizer: i32, constants: usize, g: usize, x: usize, first: usize, second: usize, bytes: usize, weights: bool,
): void {
  const end = g + bytes
  if (optimizer == MOMENTUM) momentum(constants, weights, g, end, x, first)
  else if (optimizer == NESTEROV) nesterov(constants, weights, g, end, x, first)
  else if (optimizer == ADAM) adam(constants, weights, g, end, x, first, second)
  else if (optimizer == SGD) sgd(constants, weights, g, end, x)
  else gradient(constants, weights, g, end, x, first)
}

/** Numbers below SMALLEST_KEPT, which `smallest` holds in all lanes, become 0; NaN stays. */
@inline function flushed(x: v128, smallest: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), smallest))
}

@inline function slope(weights: bool, g: v128, x: v128, reg: v128): v128 {
  return weights ? madd(x, reg, g) : g
}

function gradient(constants: usize, weights: bool, g: usize, end: usize, x: usize, w: usize): void {
  const reg = v128.load_splat<f32>(constants, 28)
  for (; g < end; g += 16) {
    v128.store(x, slope(weights, v128.load(g), v128.load(w), reg))
    x += 16
    w += 16
  }
}

function sgd(constants: usize, weights: bool, g: usize, end: usize, x: usize): void {
  const reg = v128.load_splat<f32>(constants, 28)
  const smallest = f32x4.splat(SMALLEST_KEPT)
  const rate = v128.load_splat<f32>(constants)
  if (weights) {
    for (; g < end; g += 32) {
      const x0 = v128.load(x)
      const x1 = v128.load(x, 16)
      v128.store(x, flushed(madd(madd(x0, reg, v128.load(g)), rate, x0), smallest))
      v128.store(x, flushed(madd(madd(x1, reg, v128.load(g, 16)), rate, x1), smallest), 16)
      x += 32
    }
  } else {
    for (; g < end; g += 16) {
      v128.store(x, flushed(madd(v128.load(g), rate, v128.load(x)), smallest))
      x += 16
    }
  }
}

function momentum(constants: usize, weights: bool, g: usize, end: usize, x: usize, v: usize): void {
  const reg = v128.load_splat<f32>(constants, 28)
  const smallest = f32x4.splat(SMALLEST_KEPT)
  const rate = v128.load_splat<f32>(constants)
  const mu = v128.load_splat<f32>(constants, 4)
  if (weights) {
    for (; g < end; g += 32) {
      const x0 = v128.load(x)
      const x1 = v128.load(x, 16)
      const v0 = flushed(madd(madd(x0, reg, v128.load(g)), rate, f32x4.mul(mu, v128.load(v))), smallest)
      const v1 = flushed(madd(madd(x1, reg, v128.load(g, 16)), rate, f32x4.mul(mu, v128.load(v, 16))), smallest)
      v128.store(v, v0)
      v128.store(v, v1, 16)
      v128.store(x, flushed(f32x4.add(x0, v0), smallest))
      v128.store(x, flushed(f32x4.add(x1, v1), smallest), 16)
      x += 32
      v += 32
    }
  } else {
    for (; g < end; g += 16) {
      const v0 = flushed(madd(v128.load(g), rate, f32x4.mul(mu, v128.load(v))), smallest)
      v128.store(v, v0)
      v128.store(x, flushed(f32x4.add(v128.load(x), v0), smallest))
      x += 16
      v += 16
    }
  }
}

function nesterov(constants: usize, weights: bool, g: usize, end: usize, x: usize, v: usize): void {
  const reg = v128.load_splat<f32>(constants, 28)
  const smallest = f32x4.splat(SMALLEST_KEPT)
  const rate = v128.load_splat<f32>(constants)
  const mu = v128.load_splat<f32>(constants, 4)
  const ahead = v128.load_splat<f32>(constants, 8)
  if (weights) {
    for (; g < end; g += 32) {
      const x0 = v128.load(x)
      const x1 = v128.load(x, 16)
      const kept0 = f32x4.mul(mu, v128.load(v))
      const kept1 = f32x4.mul(mu, v128.load(v, 16))
      const v0 = flushed(madd(madd(x0, reg, v128.load(g)), rate, kept0), smallest)
      const v1 = flushed(madd(madd(x1, reg, v128.load(g, 16)), rate, kept1), smallest)
      v128.store(v, v0)
      v128.store(v, v1, 16)
      v128.store(x, flushed(madd(v0, ahead, f32x4.sub(x0, kept0)), smallest))
      v128.store(x, flushed(madd(v1, ahead, f32x4.sub(x1, kept1)), smallest), 16)
      x += 32
      v += 32
    }
  } else {
    for (; g < end; g += 16) {
      const kept = f32x4.mul(mu, v128.load(v))
      const v0 = flushed(madd(v128.load(g), rate, kept), smallest)
      v128.store(v, v0)
      v128.store(x, flushed(madd(v0, ahead, f32x4.sub(v128.load(x), kept)), smallest))
      x += 16
      v += 16
    }
  }
}

function adam(
  constants: usize, weights: bool, g: usize, end: usize, x: usize, first: usize, second: usize,
): void {
  const reg = v128.load_splat<f32>(constants, 28)
  const smallest = f32x4.splat(SMALLEST_KEPT)
  const rate = v128.load_splat<f32>(constants)
  const beta1 = v128.load_splat<f32>(constants, 4)
  const rest1 = v128.load_splat<f32>(constants, 8)
  const beta2 = v128.load_splat<f32>(constants, 12)
  const rest2 = v128.load_splat<f32>(constants, 16)
  const spread = v128.load_splat<f32>(constants, 20)
  const epsilon = v128.load_splat<f32>(constants, 24)
  if (weights) {
    for (; g < end; g += 32) {
      const x0 = v128.load(x)
      const x1 = v128.load(x, 16)
      const g0 = madd(x0, reg, v128.load(g))
      const g1 = madd(x1, reg, v128.load(g, 16))
      const m0 = flushed(madd(g0, rest1, f32x4.mul(beta1, v128.load(first))), smallest)
      const m1 = flushed(madd(g1, rest1, f32x4.mul(beta1, v128.load(first, 16))), smallest)
      const v0 = flushed(madd(f32x4.mul(g0, g0), rest2, f32x4.mul(beta2, v128.load(second))), smallest)
      const v1 = flushed(madd(f32x4.mul(g1, g1), rest2, f32x4.mul(beta2, v128.load(second, 16))), smallest)
      v128.store(first, m0)
      v128.store(first, m1, 16)
      v128.store(second, v0)
      v128.store(second, v1, 16)
      const d0 = madd(f32x4.sqrt(v0), spread, epsilon)
      const d1 = madd(f32x4.sqrt(v1), spread, epsilon)
      v128.store(x, flushed(f32x4.sub(x0, f32x4.div(f32x4.mul(m0, rate), d0)), smallest))
      v128.store(x, flushed(f32x4.sub(x1, f32x4.div(f32x4.mul(m1, rate), d1)), smallest), 16)
      x += 32
      first += 32
      second += 32
    }
  } else {
    for (; g < end; g += 16) {
      const g0 = v128.load(g)
      const m0 = flushed(madd(g0, rest1, f32x4.mul(beta1, v128.load(first))), smallest)
      const v0 = flushed(madd(f32x4.mul(g0, g0), rest2, f32x4.mul(beta2, v128.load(second))), smallest)
      v128.store(first, m0)
      v128.store(second, v0)
      const d0 = madd(f32x4.sqrt(v0), spread, epsilon)
      v128.store(x, flushed(f32x4.sub(v128.load(x), f32x4.div(f32x4.mul(m0, rate), d0)), smallest))
      x += 16
      first += 16
      second += 16
    }
  }
}
