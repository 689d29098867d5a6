// exp, tanh and the logistic function on four lanes: the operations of plain/elementary-float32.ts, one by one.

/** a·b + c, each rounded: these functions are never fused. */
@inline function add(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c))
}

@inline export function exp(x: v128): v128 {
  const t = f32x4.max(f32x4.splat(-87), f32x4.min(f32x4.splat(88), x))
  const shifted = f32x4.add(f32x4.mul(t, f32x4.splat(1.44269504088896341)), f32x4.splat(12582912))
  const n = f32x4.sub(shifted, f32x4.splat(12582912))
  const r = f32x4.sub(
    f32x4.sub(t, f32x4.mul(n, f32x4.splat(0.693359375))),
    f32x4.mul(n, f32x4.splat(-2.12194440e-4)),
  )
  let p = add(f32x4.splat(1.9875691500e-4), r, 1.3981999507e-3)
  p = add(p, r, 8.3334519073e-3)
  p = add(p, r, 4.1665795894e-2)
  p = add(p, r, 1.6666665459e-1)
  p = add(p, r, 5.0000001201e-1)
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1))
  // The low bits of `shifted` hold n; a NaN has other bits there, but then y is NaN already.
  const power = i32x4.shl(i32x4.add(i32x4.sub(shifted, f32x4.splat(12582912)), i32x4.splat(127)), 23)
  return f32x4.mul(y, power)
}

@inline export function tanh(x: v128): v128 {
  const one = f32x4.splat(1)
  const sign = v128.and(x, i32x4.splat(0x80000000))
  const size = f32x4.abs(x)
  const z = f32x4.mul(x, x)
  let p = add(f32x4.splat(-5.70498872745e-3), z, 2.06390887954e-2)
  p = add(p, z, -5.37397155531e-2)
  p = add(p, z, 1.33314422036e-1)
  p = add(p, z, -3.33332819422e-1)
  const small = f32x4.add(f32x4.mul(f32x4.mul(p, z), x), x)
  const e = exp(f32x4.add(size, size))
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)))
  return v128.bitselect(small, v128.or(large, sign), f32x4.lt(size, f32x4.splat(0.625)))
}

@inline export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1)
  const e = exp(f32x4.neg(f32x4.abs(x)))
  return f32x4.div(v128.bitselect(one, e, f32x4.ge(x, f32x4.splat(0))), f32x4.add(one, e))
}
