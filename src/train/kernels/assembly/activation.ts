// Activations with dropout, forward and backward, over `bytes` bytes of rows without gaps; a mask of 0 means none.
import { sigmoid, tanh } from './elementary'

/** The larger, as `a < b ? b : a` has it: with zero for b a NaN stays a NaN. */
@inline function relu(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0))
}

export function reluForward(z: usize, h: usize, mask: usize, bytes: usize): void {
  const end = z + bytes
  if (mask == 0) {
    for (; z < end; z += 32) {
      v128.store(h, relu(v128.load(z)))
      v128.store(h, relu(v128.load(z, 16)), 16)
      h += 32
    }
  } else {
    for (; z < end; z += 32) {
      v128.store(h, f32x4.mul(relu(v128.load(z)), v128.load(mask)))
      v128.store(h, f32x4.mul(relu(v128.load(z, 16)), v128.load(mask, 16)), 16)
      h += 32
      mask += 32
    }
  }
}

export function reluBackward(h: usize, dh: usize, dz: usize, mask: usize, bytes: usize): void {
  const end = h + bytes
  const zero = f32x4.splat(0)
  if (mask == 0) {
    for (; h < end; h += 32) {
      v128.store(dz, v128.and(v128.load(dh), f32x4.gt(v128.load(h), zero)))
      v128.store(dz, v128.and(v128.load(dh, 16), f32x4.gt(v128.load(h, 16), zero)), 16)
      dh += 32
      dz += 32
    }
  } else {
    for (; h < end; h += 32) {
      const s0 = f32x4.mul(v128.load(dh), v128.load(mask))
      const s1 = f32x4.mul(v128.load(dh, 16), v128.load(mask, 16))
      v128.store(dz, v128.and(s0, f32x4.gt(v128.load(h), zero)))
      v128.store(dz, v128.and(s1, f32x4.gt(v128.load(h, 16), zero)), 16)
      dh += 32
      dz += 32
      mask += 32
    }
  }
}

/** z becomes the value before the mask, h the value after it. */
export function tanhForward(z: usize, h: usize, mask: usize, bytes: usize): void {
  const end = z + bytes
  for (; z < end; z += 16) {
    const value = tanh(v128.load(z))
    v128.store(z, value)
    v128.store(h, mask == 0 ? value : f32x4.mul(value, v128.load(mask)))
    h += 16
    if (mask != 0) mask += 16
  }
}

export function sigmoidForward(z: usize, h: usize, mask: usize, bytes: usize): void {
  const end = z + bytes
  for (; z < end; z += 16) {
    const value = sigmoid(v128.load(z))
    v128.store(z, value)
    v128.store(h, mask == 0 ? value : f32x4.mul(value, v128.load(mask)))
    h += 16
    if (mask != 0) mask += 16
  }
}

export function tanhBackward(z: usize, dh: usize, dz: usize, mask: usize, bytes: usize): void {
  const end = z + bytes
  const one = f32x4.splat(1)
  for (; z < end; z += 16) {
    const value = v128.load(z)
    let slope = v128.load(dh)
    if (mask != 0) slope = f32x4.mul(slope, v128.load(mask))
    v128.store(dz, f32x4.mul(slope, f32x4.sub(one, f32x4.mul(value, value))))
    dh += 16
    dz += 16
    if (mask != 0) mask += 16
  }
}

export function sigmoidBackward(z: usize, dh: usize, dz: usize, mask: usize, bytes: usize): void {
  const end = z + bytes
  const one = f32x4.splat(1)
  for (; z < end; z += 16) {
    const value = v128.load(z)
    let slope = v128.load(dh)
    if (mask != 0) slope = f32x4.mul(slope, v128.load(mask))
    v128.store(dz, f32x4.mul(slope, f32x4.mul(value, f32x4.sub(one, value))))
    dh += 16
    dz += 16
    if (mask != 0) mask += 16
  }
}

/** h (rows, units) = the largest of each `pieces` neighbours of z (rows, units · pieces), times the mask. */
export function maxoutForward(
  z: usize, zStride: usize, h: usize, hStride: usize, mask: usize, rows: i32, units: i32, pieces: i32,
): void {
  for (let r = 0; r < rows; r++) {
    let from = z
    let to = h
    let m = mask
    let u = 0
    if (pieces == 2) {
      for (; u + 4 <= units; u += 4) {
        const low = v128.load(from)
        const high = v128.load(from, 16)
        const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6)
        const odd = v128.shuffle<f32>(low, high, 1, 3, 5, 7)
        let value = f32x4.pmax(even, odd)
        if (mask != 0) {
          value = f32x4.mul(value, v128.load(m))
          m += 16
        }
        v128.store(to, value)
        from += 32
        to += 16
      }
    }
    for (; u < units; u++) {
      let value = load<f32>(from)
      for (let p = 1; p < pieces; p++) {
        const other = load<f32>(from + (<usize>p << 2))
        value = value < other ? other : value
      }
      if (mask != 0) {
        value *= load<f32>(m)
        m += 4
      }
      store<f32>(to, value)
      from += <usize>pieces << 2
      to += 4
    }
    z += zStride
    h += hStride
    if (mask != 0) mask += hStride
  }
}

/** dz: the gradient to the first largest piece, 0 to the others. */
export function maxoutBackward(
  z: usize, zStride: usize, dh: usize, dhStride: usize, dz: usize, mask: usize, rows: i32, units: i32, pieces: i32,
): void {
  for (let r = 0; r < rows; r++) {
    let from = z
    let d = dh
    let to = dz
    let m = mask
    let u = 0
    if (pieces == 2) {
      for (; u + 4 <= units; u += 4) {
        const low = v128.load(from)
        const high = v128.load(from, 16)
        const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6)
        const odd = v128.shuffle<f32>(low, high, 1, 3, 5, 7)
        let slope = v128.load(d)
        if (mask != 0) {
          slope = f32x4.mul(slope, v128.load(m))
          m += 16
        }
        const second = f32x4.lt(even, odd)
        const toOdd = v128.and(slope, second)
        const toEven = v128.andnot(slope, second)
        v128.store(to, v128.shuffle<f32>(toEven, toOdd, 0, 4, 1, 5))
        v128.store(to, v128.shuffle<f32>(toEven, toOdd, 2, 6, 3, 7), 16)
        from += 32
        d += 16
        to += 32
      }
    }
    for (; u < units; u++) {
      let value = load<f32>(from)
      let largest = 0
      for (let p = 1; p < pieces; p++) {
        const other = load<f32>(from + (<usize>p << 2))
        if (value < other) {
          value = other
          largest = p
        }
      }
      let slope = load<f32>(d)
      if (mask != 0) {
        slope *= load<f32>(m)
        m += 4
      }
      for (let p = 0; p < pieces; p++) store<f32>(to + (<usize>p << 2), p == largest ? slope : 0)
      from += <usize>pieces << 2
      d += 4
      to += <usize>pieces << 2
    }
    z += zStride
    dh += dhStride
    dz += zStride
    if (mask != 0) mask += dhStride
  }
}
